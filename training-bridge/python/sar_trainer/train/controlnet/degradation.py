"""What a sensor of lower resolution would have seen of a training image, as the control image of an upscaling ControlNet.

The Java classes that make the control images of use are ``org.sardiffusion.conditioning.speckle.Degradation`` and
those of ``org.sardiffusion.conditioning.spectrum`` and ``.amplitude``; the functions here give the same numbers for the same
noise.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sar_trainer.train.controlnet.resampling import AxisPlan, resample


def degrade(amplitude: np.ndarray, ratio: Fraction, noise: np.ndarray) -> np.ndarray:
    """The complex image [h,w] that a coarser sensor would have taken of the scene with this ``amplitude`` [H,W].

    The intensity, freed of speckle by a mean over a box as large as the coarse pixel, is the reflectivity of independent
    scatterers: sqrt(I) n with ``noise`` n [H,W], white circular Gaussian of unit power (Goodman's fully developed speckle). Of
    that scene the middle of the spectrum is cut out, so the speckle is single-look and coherent with the scene. The mean
    intensity is kept; a black image stays black. ``ratio``: coarse pixels for each fine one, under 1.
    """
    rows, columns = (AxisPlan.of(length, ratio) for length in amplitude.shape)
    intensity = amplitude.astype(np.float64) ** 2
    # The running sums of the box mean may leave a trace of rounding below zero where the image is black.
    reflectivity = np.maximum(0, box_mean(intensity, _box_side(rows), _box_side(columns)))
    scene = np.sqrt(reflectivity) * noise
    coarse = resample(scene, rows, columns)
    before, after = np.mean(np.abs(scene) ** 2), np.mean(np.abs(coarse) ** 2)
    return coarse * np.sqrt(before / after) if after > 0 else coarse


def brought_back(coarse: np.ndarray, ratio: Fraction, size: tuple[int, int]) -> np.ndarray:
    """The amplitude of a coarse image, complex or amplitude, on ``size`` (H, W) fine pixels; ``ratio``: fine for one coarse.

    A complex image is resampled, then detected; an amplitude image is resampled as it is and clamped at 0, which leaves its
    speckle a little too smooth. Products come in both kinds.
    """
    rows, columns = (AxisPlan.of(length, ratio, output) for length, output in zip(coarse.shape, size, strict=True))
    fine = resample(coarse, rows, columns)
    return np.abs(fine) if np.iscomplexobj(fine) else np.maximum(0, fine)


def normalised(amplitude: np.ndarray) -> np.ndarray:
    """Amplitude divided by mean + 3 sigma, clipped to [0,1] (the paper's equation 1), float32; a black image stays black."""
    divisor = amplitude.mean() + 3 * amplitude.std()
    return np.clip(amplitude / divisor if divisor > 0 else amplitude, 0, 1).astype(np.float32)


def circular_noise(shape: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """White circular complex Gaussian noise of unit power."""
    real, imaginary = generator.standard_normal((2, *shape))
    return (real + 1j * imaginary) / np.sqrt(2)


def box_mean(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The mean over boxes of odd sides around every pixel, the image mirrored in its border (edge pixel repeated)."""
    return _line_mean(_line_mean(image, columns).T, rows).T


def _line_mean(lines: np.ndarray, box: int) -> np.ndarray:
    reach = box // 2
    padded = np.pad(lines, ((0, 0), (reach + 1, reach)), mode="symmetric")
    sums = np.cumsum(padded, axis=1)
    return (sums[:, box:] - sums[:, :-box]) / box


def _box_side(plan: AxisPlan) -> int:
    """The odd number of fine pixels nearest to a coarse one."""
    return max(1, 2 * int(np.floor((plan.padded_input / plan.padded_output - 1) / 2 + 0.5)) + 1)
