"""What a reconstruction of a radar image is measured by while the autoencoder learns.

An autoencoder can't keep every grain of speckle, and a loss that compares pixel with pixel makes it paint the mean of all
possible speckles: a smooth surface. So the pixel losses hold the structure, and the others compare statistics of the texture,
which true speckle of another realisation satisfies as well.

All functions take amplitudes [B,1,H,W], about [0,1], and a mask [B,1,H,W] that is 1 where pixels count.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

MOMENT_WINDOWS = (8, 16)
SPECTRUM_WINDOW = 32
SPECTRUM_STRIDE = 16
#: Relative to the local mean; keeps shadows, where there is next to nothing to divide by, from dominating.
_DARKEST = 0.05
_LEAST_POWER = 1e-2


def l1(real: torch.Tensor, made: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean absolute difference over the pixels that count."""
    return _mean((made - real).abs(), mask)


def multiscale_l1(
    real: torch.Tensor, made: torch.Tensor, mask: torch.Tensor, scales: Sequence[int] = (2, 4, 8)
) -> torch.Tensor:
    """``l1`` of the images averaged over blocks of ``scales`` pixels: where speckle averages out."""
    total = real.new_zeros(())
    for scale in scales:
        share = functional.avg_pool2d(mask, scale)
        total = total + _mean((_pooled(made, mask, scale) - _pooled(real, mask, scale)).abs(), share)
    return total / len(scales)


def local_moments(real: torch.Tensor, made: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean absolute differences of local mean and local standard deviation, over windows of 8 and of 16 pixels.

    Their ratio is the speckle's contrast: 1.91 for Rayleigh amplitude, sqrt(pi / (4 - pi)).
    """
    total = real.new_zeros(())
    for window in MOMENT_WINDOWS:
        share = functional.avg_pool2d(mask, window, window // 2)
        mean_real, deviation_real = _moments(real, mask, window)
        mean_made, deviation_made = _moments(made, mask, window)
        total = total + _mean((mean_made - mean_real).abs() + (deviation_made - deviation_real).abs(), share)
    return total / len(MOMENT_WINDOWS)


def spectrum(real: torch.Tensor, made: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Whether the texture has the power spectrum of the real one, and is as random.

    Over windows of 32 x 32 pixels (Hann-weighted, of amplitude relative to the window's mean), for every frequency:

    * the mean of log |X|^2 over the windows: how the power is spread over the frequencies;
    * the second moment of |X|^2 over its squared mean: 2 for speckle, whose coefficients are circular Gaussian (Goodman,
      "Speckle Phenomena in Optics", section 2.2), and 1 for a pattern that is the same in every window;
    * the share of power that the mean of X has, phase included: what repeats from window to window. Windows lie a multiple
      of the latents' pitch apart, so that the upsampling's grid shows up here and random speckle does not.

    Windows with pixels that do not count are left out. The absolute differences are averaged over the frequencies; the three
    terms are added. 0 when there are fewer than 2 whole windows.
    """
    whole = _windows(mask).amin((-1, -2)) == 1
    if int(whole.sum()) < 2:
        return made.sum() * 0
    log_real, fourth_real, locked_real = _spectral_statistics(_windows(real)[whole])
    log_made, fourth_made, locked_made = _spectral_statistics(_windows(made)[whole])
    spread = (log_made - log_real).abs().mean()
    randomness = (fourth_made.log() - fourth_real.log()).abs().mean()
    return spread + randomness + (locked_made - locked_real).abs()


def repeating_share(image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The share in [0,1] of the texture's power that repeats from window to window, phase included (see ``spectrum``).

    About 1/N for N windows of random texture; 0 when there are fewer than 2 whole windows.
    """
    whole = _windows(mask).amin((-1, -2)) == 1
    if int(whole.sum()) < 2:
        return image.new_zeros(())
    return _spectral_statistics(_windows(image)[whole])[2]


def discriminator_hinge(real_scores: Sequence[torch.Tensor], made_scores: Sequence[torch.Tensor]) -> torch.Tensor:
    """The discriminator's loss (Lim and Ye, "Geometric GAN", equations 17 and 18): real scores over 1, made ones under -1.

    Arguments: the scores of each scale; the scales weigh the same.
    """
    pairs = zip(real_scores, made_scores, strict=True)
    return _scales_mean([functional.relu(1 - real).mean() + functional.relu(1 + made).mean() for real, made in pairs]) / 2


def generator_hinge(made_scores: Sequence[torch.Tensor]) -> torch.Tensor:
    """The other side (equation 19): what was made should score high at every scale."""
    return -_scales_mean([made.mean() for made in made_scores])


def _scales_mean(values: Sequence[torch.Tensor]) -> torch.Tensor:
    return torch.stack(list(values)).mean()


def latent_kl(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """D_KL of the encoder's Gaussian from the standard one, in nats, summed over a latent and averaged over the batch.

    Kingma and Welling, "Auto-Encoding Variational Bayes", appendix B. Arguments [B,C,h,w].
    """
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum((1, 2, 3)).mean()


def _mean(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1e-6)


def _pooled(image: torch.Tensor, mask: torch.Tensor, window: int, stride: int | None = None) -> torch.Tensor:
    share = functional.avg_pool2d(mask, window, stride).clamp(min=1e-6)
    return functional.avg_pool2d(image * mask, window, stride) / share


def _moments(image: torch.Tensor, mask: torch.Tensor, window: int) -> tuple[torch.Tensor, torch.Tensor]:
    mean = _pooled(image, mask, window, window // 2)
    square = _pooled(image**2, mask, window, window // 2)
    # The root's gradient is infinite at 0: black windows stay a little away from it.
    return mean, (square - mean**2).clamp(min=1e-6).sqrt()


def _windows(image: torch.Tensor) -> torch.Tensor:
    """Windows [N,32,32] of images [B,1,H,W]; smaller images give none."""
    if min(image.shape[-2:]) < SPECTRUM_WINDOW:
        return image.new_zeros(0, SPECTRUM_WINDOW, SPECTRUM_WINDOW)
    cut = image.unfold(2, SPECTRUM_WINDOW, SPECTRUM_STRIDE).unfold(3, SPECTRUM_WINDOW, SPECTRUM_STRIDE)
    return cut.reshape(-1, SPECTRUM_WINDOW, SPECTRUM_WINDOW)


def _spectral_statistics(windows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    hann = torch.hann_window(SPECTRUM_WINDOW, periodic=False, device=windows.device, dtype=windows.dtype)
    weight = hann[:, None] * hann
    mean = (windows * weight).sum((-1, -2), keepdim=True) / weight.sum()
    x = torch.fft.rfft2((windows / mean.clamp(min=_DARKEST) - mean / mean.clamp(min=_DARKEST)) * weight)
    power = x.real**2 + x.imag**2 + _LEAST_POWER
    first, second = power.mean(0), (power**2).mean(0)
    locked = (x.real.mean(0) ** 2 + x.imag.mean(0) ** 2).sum() / first.sum()
    return power.log().mean(0), second / first**2, locked
