"""The distance of amplitude distributions as a loss (the paper's equation 10)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

#: What rounds to the largest of 256 grey levels is saturated and left out, as in the evaluation of finished models.
SATURATION = 254.5 / 255
#: Added to each bin before the logarithm. It bounds the gradient where the generated images leave a bin empty; the evaluation,
#: which needs no gradient, takes 1e-10.
EPSILON = 1e-4
_FINER = 16


def amplitude(image: Tensor) -> Tensor:
    """The amplitude [B,1,H,W] in [0,1] of an image [B,3,H,W] in [-1,1]: the mean of its channels."""
    return (image.float().mean(dim=1, keepdim=True) + 1) / 2


@dataclass(frozen=True)
class AmplitudeHistogram:
    """A histogram over [0,1] through which gradients flow.

    Without a ``bandwidth`` each amplitude is shared by the two bins whose centres it lies between, in proportion (linear
    binning; Jones and Lotwick 1984). With one, it is spread by a Gaussian of that standard deviation (in amplitude), cut
    off at [0,1]. Saturated amplitudes are left out.
    """

    bins: int = 64
    bandwidth: float | None = None

    def probabilities(self, amplitudes: Tensor, weights: Tensor) -> Tensor:
        """The probability of each bin, float32 [bins]; zeros if every amplitude is saturated or has weight 0.

        ``amplitudes``: any shape, clipped at 0; ``weights``: the same shape, 0 where a pixel doesn't count.
        """
        values = amplitudes.float().flatten()
        weights = (weights.flatten() * (values < SATURATION)).float()
        counts = self._counts(values.clamp(min=0), weights)
        return counts / counts.sum().clamp(min=torch.finfo(counts.dtype).tiny)

    def divergence(self, real: Tensor, generated: Tensor, weights: Tensor) -> Tensor:
        """KL(real || generated) in nats of the amplitudes of two batches of the same shape; the real ones get no gradient."""
        with torch.no_grad():
            reference = self.probabilities(real, weights)
        return divergence(reference, self.probabilities(generated, weights), EPSILON)

    def _counts(self, values: Tensor, weights: Tensor) -> Tensor:
        if self.bandwidth is None:
            return _shared(values, weights, self.bins)
        # A fine histogram, then the Gaussian between its cells and the bins: millions of pixels times 64 bins would not fit.
        cells = _FINER * self.bins
        centres = (torch.arange(cells, device=values.device) + 0.5) / cells
        edges = torch.linspace(0, 1, self.bins + 1, device=values.device)
        spread = torch.special.ndtr((edges - centres[:, None]) / self.bandwidth).diff(dim=1)
        spread = spread / spread.sum(dim=1, keepdim=True)
        # No matrix product: autocast would round it to bfloat16.
        return (_shared(values, weights, cells)[:, None] * spread).sum(dim=0)


def _shared(values: Tensor, weights: Tensor, bins: int) -> Tensor:
    """Linear binning: counts float32 [bins]."""
    position = (values * bins - 0.5).clamp(0, bins - 1)
    lower = position.detach().floor().clamp(max=bins - 2).long()
    upper_share = position - lower
    counts = values.new_zeros(bins).index_add(0, lower, weights * (1 - upper_share))
    return counts.index_add(0, lower + 1, weights * upper_share)


def measured_divergence(real: Tensor, generated: Tensor) -> float:
    """KL(real || generated) in nats as the evaluation measures it: 64 hard bins, 8-bit amplitudes, epsilon 1e-10."""
    distributions = []
    for values in (real, generated):
        levels = (values.double() * 255).round() / 255
        counts = torch.histc(levels[levels < SATURATION], 64, 0, 1)
        distributions.append(counts / counts.sum().clamp(min=1))
    return divergence(*distributions, epsilon=1e-10).item()


def divergence(p: Tensor, q: Tensor, epsilon: float) -> Tensor:
    """sum p log(p/q) in nats, both renormalised with ``epsilon`` added to each bin (``scipy.stats.entropy(p + e, q + e)``)."""
    p = (p + epsilon) / (p + epsilon).sum()
    q = (q + epsilon) / (q + epsilon).sum()
    return (p * (p.log() - q.log())).sum()
