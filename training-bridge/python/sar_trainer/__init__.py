"""The Python side of sar-diffusion: exports (and later trains) Stable Diffusion XL models for SAR images."""

__version__ = "0.1.0"
