"""Images to latents and back, as Stable Diffusion XL scales them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor


class LatentCodec:
    """A VAE with the scaling of ``StableDiffusionXLPipeline``: (z - latents_mean) / latents_std x scaling_factor.

    Where the VAE's configuration says ``force_upcast`` it runs in float32 even in mixed precision: in float16 its activations
    overflow.
    """

    def __init__(self, vae: Any) -> None:
        self._vae = vae
        self._scale = vae.config.scaling_factor
        self._mean, self._std = (
            None if values is None else torch.tensor(values, dtype=torch.float32).view(1, -1, 1, 1)
            for values in (vae.config.latents_mean, vae.config.latents_std)
        )

    @property
    def factor(self) -> int:
        """Pixels for each latent along one side."""
        return 2 ** (len(self._vae.config.block_out_channels) - 1)

    def moments(self, images: Tensor) -> Tensor:
        """Mean and standard deviation of the latents of images [B,3,H,W] in [-1,1]: float32 [B,2,C,h,w], not yet scaled."""
        with self._precision(images):
            posterior = self._vae.encode(images).latent_dist
        return torch.stack([posterior.mean.float(), posterior.std.float()], dim=1)

    def sample(self, moments: Tensor, generator: torch.Generator) -> Tensor:
        """Draws scaled latents [B,C,h,w] from ``moments``; the random numbers are made on the CPU."""
        mean, std = moments.unbind(dim=1)
        return self._scaled(mean + std * torch.randn(mean.shape, generator=generator).to(mean.device))

    def decode(self, latents: Tensor) -> Tensor:
        """Images float32 [B,3,H,W], about in [-1,1], of scaled latents [B,C,h,w]."""
        unscaled = latents / self._scale
        if self._mean is not None and self._std is not None:
            unscaled = latents * self._std.to(latents.device) / self._scale + self._mean.to(latents.device)
        with self._precision(latents):
            return self._vae.decode(unscaled).sample.float()

    def _scaled(self, latents: Tensor) -> Tensor:
        if self._mean is not None and self._std is not None:
            return (latents - self._mean.to(latents.device)) * self._scale / self._std.to(latents.device)
        return latents * self._scale

    def _precision(self, tensor: Tensor) -> AbstractContextManager:
        if self._vae.config.force_upcast:
            return torch.autocast(tensor.device.type, enabled=False)
        return nullcontext()
