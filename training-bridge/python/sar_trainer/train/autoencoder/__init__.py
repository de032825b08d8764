"""Training of the VAE: the autoencoder between amplitude images and the latents that the UNet works on."""

from sar_trainer.train.autoencoder.task import AutoencoderTask, create

__all__ = ["AutoencoderTask", "create"]
