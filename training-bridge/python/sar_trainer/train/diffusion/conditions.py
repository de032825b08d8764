"""What the UNet is told beside the noisy latents: the micro-conditioning and which pixels count."""

from __future__ import annotations

import torch
from torch import Tensor

from sar_trainer.train.batches import Batch


def time_ids(batch: Batch, device: torch.device) -> Tensor:
    """SDXL's micro-conditioning, float32 [B,6]: original height and width, crop top and left, target height and width
    (``StableDiffusionXLPipeline._get_add_time_ids``)."""
    rows = [
        (original[1], original[0], crop[1], crop[0], target[1], target[0])
        for original, crop, target in zip(batch.original_sizes, batch.crops, batch.target_sizes, strict=True)
    ]
    return torch.tensor(rows, dtype=torch.float32, device=device)


def latent_mask(mask: Tensor, factor: int) -> Tensor:
    """The mask [B,1,H,W] of the pixels as one of latents [B,1,h,w]: a latent counts when all its pixels do."""
    return 1 - torch.nn.functional.max_pool2d(1 - mask, factor)


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """The mean of each sample's values [B,C,h,w] where ``mask`` [B,1,h,w] is 1; 0 for a sample without any. [B]"""
    counted = (values * mask).sum(dim=(1, 2, 3))
    return counted / (mask.sum(dim=(1, 2, 3)) * values.shape[1]).clamp(min=1)
