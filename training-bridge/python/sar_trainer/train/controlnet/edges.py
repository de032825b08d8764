"""Edges by the ratio of averages (Touzi, Lopes and Bousquet, IEEE TGRS 26(6), 1988).

Speckle is multiplicative: a ratio of means does not grow with brightness as a difference does.
``upscale`` and ``refine`` show a ControlNet the resampled image, never its edges: one that was trained on edges is given an
edge map as the control image of ``generate`` or ``batch``.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def ratio_edges(amplitude: Tensor, window: int) -> Tensor:
    """Edge strength [B,1,H,W] in [0,1] of amplitudes [B,1,H,W], not negative; ``window`` is odd.

    The window around each pixel is halved in four directions; with m1 and m2 the means of the halves, the strength is the
    largest 1 - min(m1/m2, m2/m1): 0 where both are alike or black. The image is mirrored in its border.
    """
    reach = window // 2
    padded = amplitude
    for axis in (2, 3):
        length = amplitude.shape[axis]
        index = torch.arange(-reach, length + reach, device=amplitude.device) % (2 * length)
        padded = padded.index_select(axis, torch.minimum(index, 2 * length - 1 - index))
    # Both halves have the same number of pixels: sums do for means.
    sums = functional.conv2d(padded, _halves(window).to(padded))
    one, other = sums[:, ::2], sums[:, 1::2]
    larger = torch.maximum(one, other)
    ratio = torch.where(larger > 0, torch.minimum(one, other) / larger.clamp(min=torch.finfo(larger.dtype).tiny), 1)
    return (1 - ratio).amax(dim=1, keepdim=True).clamp(0, 1)


def _halves(window: int) -> Tensor:
    """The two halves of the window for each direction: [8,1,window,window], 1 inside."""
    y, x = torch.meshgrid(*[torch.arange(window) - window // 2] * 2, indexing="ij")
    return torch.stack([half for side in (x, y, x + y, x - y) for half in (side < 0, side > 0)])[:, None].float()
