"""What reconstructions are judged by: the distribution of amplitudes, the strength of speckle, and its texture.

Images are float amplitudes [N,1,H,W] in [0,1] and masks of the same shape, 1 where pixels count.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

#: Windows of this side are taken to be homogeneous enough for looks and contrast: 6.4 m at 0.40 m.
WINDOW = 16
BINS = 64
_SATURATION = 254.5 / 255
_EPSILON = 1e-10


def texture_measures(real: Tensor, made: Tensor, mask: Tensor) -> dict[str, float]:
    """How far ``made`` is from ``real``:

    * ``kl_amplitude``: KL(real || made) in nats of the amplitudes, 64 bins, saturated pixels left out;
    * ``enl`` and ``enl_real``: equivalent number of looks, mean(I)^2 / var(I) of intensity I, median over windows;
    * ``contrast`` and ``contrast_real``: local mean over standard deviation of amplitude (Rayleigh: 1.91), median over windows;
    * ``local_mean`` and ``local_deviation``: mean absolute error of the windows' means and standard deviations;
    * ``glcm_contrast``: GLCM contrast (256 levels, distance 1, mean over 0 and 90 degrees) relative to the real one's, less 1;
    * ``grid``: share of the texture's power that repeats from window to window, less the real one's; about 0 without a grid.

    What needs whole windows is left out where there is none.
    """
    from sar_trainer.train.autoencoder.losses import repeating_share

    a, b = _windows(real, mask), _windows(made, mask)
    found = {
        "kl_amplitude": _divergence(real[mask == 1], made[mask == 1]),
        "enl": _looks(b),
        "enl_real": _looks(a),
        "contrast": _contrast(b),
        "contrast_real": _contrast(a),
        "local_mean": float((b.mean(-1) - a.mean(-1)).abs().mean()),
        "local_deviation": float((b.std(-1) - a.std(-1)).abs().mean()),
        "glcm_contrast": glcm_contrast(made, mask) / glcm_contrast(real, mask) - 1,
        "grid": float(repeating_share(made, mask) - repeating_share(real, mask)),
    }
    return {name: value for name, value in found.items() if math.isfinite(value)}


def glcm_contrast(image: Tensor, mask: Tensor) -> float:
    """The contrast sum P(i,j) (i - j)^2 of the grey level co-occurrence matrices of the right and the upper neighbour.

    Haralick et al. 1973; for contrast the matrix need not be made: it is the mean squared difference of the neighbours' levels
    (``skimage.feature.graycoprops``, 256 levels).
    """
    levels = (image.clamp(0, 1) * 255).round()
    both_x, both_y = mask[..., 1:] * mask[..., :-1], mask[..., 1:, :] * mask[..., :-1, :]
    x = ((levels[..., 1:] - levels[..., :-1]) ** 2 * both_x).sum() / both_x.sum().clamp(min=1)
    y = ((levels[..., 1:, :] - levels[..., :-1, :]) ** 2 * both_y).sum() / both_y.sum().clamp(min=1)
    return float(x + y) / 2


def _divergence(real: Tensor, made: Tensor) -> float:
    p, q = (torch.histc(values[values < _SATURATION].clamp(0, 1), BINS, 0, 1).double() for values in (real, made))
    p, q = (counts / counts.sum().clamp(min=1) + _EPSILON for counts in (p, q))
    p, q = p / p.sum(), q / q.sum()
    return float((p * (p / q).log()).sum())


def _windows(image: Tensor, mask: Tensor) -> Tensor:
    """The windows [K,256] all of whose pixels count."""
    windows = functional.unfold(image, WINDOW, stride=WINDOW).transpose(1, 2).flatten(0, 1)
    whole = functional.unfold(mask, WINDOW, stride=WINDOW).transpose(1, 2).flatten(0, 1).amin(1) == 1
    return windows[whole]


def _looks(windows: Tensor) -> float:
    intensity = windows.double() ** 2
    return float((intensity.mean(1) ** 2 / intensity.var(1, correction=0).clamp(min=1e-12)).nanmedian())


def _contrast(windows: Tensor) -> float:
    return float((windows.mean(1) / windows.std(1, correction=0).clamp(min=1e-6)).nanmedian())
