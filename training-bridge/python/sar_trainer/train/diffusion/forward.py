"""The forward diffusion process: noise added to latents, and what the UNet is asked to say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sar_trainer.errors import SarTrainerError

PREDICTIONS = ("epsilon", "v_prediction", "sample")


@dataclass(frozen=True)
class ForwardProcess:
    """z_t = sqrt(a_t) z_0 + sqrt(1 - a_t) noise (the paper's equation 3), for a scheduler's noise schedule.

    ``alphas_cumprod`` is a_t, float32 [T], falling from nearly 1; ``prediction`` is what the UNet predicts.
    """

    alphas_cumprod: Tensor
    prediction: str

    @classmethod
    def of(cls, scheduler: dict[str, Any]) -> ForwardProcess:
        """Reads ``scheduler_config.json``; any diffusers scheduler of the DDPM family says the same there.

        The alpha products, also those with zero terminal SNR, are those of ``diffusers/schedulers/scheduling_ddpm.py``.
        """
        from diffusers import DDPMScheduler

        prediction = scheduler.get("prediction_type", "epsilon")
        if prediction not in PREDICTIONS:
            raise SarTrainerError(
                f"The model's scheduler_config.json says prediction_type {prediction!r}; this trainer knows "
                f"{', '.join(PREDICTIONS)}."
            )
        known = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "rescale_betas_zero_snr")
        try:
            ddpm = DDPMScheduler(**{key: scheduler[key] for key in known if key in scheduler})
        except NotImplementedError as error:
            raise SarTrainerError(f"The model's scheduler_config.json can't be used for training: {error}") from error
        return cls(ddpm.alphas_cumprod.float(), prediction)

    def to(self, device: torch.device) -> ForwardProcess:
        return ForwardProcess(self.alphas_cumprod.to(device), self.prediction)

    def timesteps(self, count: int, part: tuple[float, float], generator: torch.Generator) -> Tensor:
        """Draws ``count`` timesteps, int64 on the CPU, evenly from a part of the forward process.

        ``part`` is (from, to) as fractions in [0,1] of all timesteps: (0, 0.15) is the last 15 % of the reverse process.
        """
        total = len(self.alphas_cumprod)
        first, end = round(part[0] * total), round(part[1] * total)
        return torch.randint(first, max(end, first + 1), (count,), generator=generator)

    def noised(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """z_t; all [B,C,h,w] with timesteps [B]."""
        signal, spread = self._coefficients(timesteps)
        return signal * latents + spread * noise

    def target(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """What the UNet should predict: the noise, the velocity (Salimans and Ho 2022, appendix D) or z_0."""
        if self.prediction == "epsilon":
            return noise
        if self.prediction == "sample":
            return latents
        signal, spread = self._coefficients(timesteps)
        return signal * noise - spread * latents

    def clean(self, noisy: Tensor, prediction: Tensor, timesteps: Tensor) -> Tensor:
        """The z_0 that a prediction implies."""
        if self.prediction == "sample":
            return prediction
        signal, spread = self._coefficients(timesteps)
        if self.prediction == "v_prediction":
            return signal * noisy - spread * prediction
        return (noisy - spread * prediction) / signal

    def noise(self, noisy: Tensor, clean: Tensor, timesteps: Tensor) -> Tensor:
        """The noise in z_t when z_0 is ``clean``."""
        signal, spread = self._coefficients(timesteps)
        return (noisy - signal * clean) / spread

    def min_snr_weights(self, timesteps: Tensor, gamma: float) -> Tensor:
        """Weights [B] of the squared error (Hang et al. 2023, "Efficient Diffusion Training via Min-SNR Weighting Strategy").

        min(SNR, gamma) for z_0, divided by SNR for the noise and by SNR + 1 for the velocity, as in diffusers'
        ``examples/text_to_image/train_text_to_image_sdxl.py``; at SNR 0 the noise has its limit 1 instead of 0/0.
        """
        alphas = self.alphas_cumprod[timesteps]
        ratio = alphas / (1 - alphas)
        if self.prediction == "epsilon":
            return gamma / ratio.clamp(min=gamma)
        capped = ratio.clamp(max=gamma)
        return capped if self.prediction == "sample" else capped / (ratio + 1)

    def _coefficients(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        alphas = self.alphas_cumprod[timesteps].view(-1, 1, 1, 1)
        return alphas.sqrt(), (1 - alphas).sqrt()


def offset_noise(shape: torch.Size, gamma: float, generator: torch.Generator) -> Tensor:
    """Normal noise plus ``gamma`` times one normal number for each sample and channel (the paper's equation 8), on the CPU."""
    noise = torch.randn(shape, generator=generator)
    if gamma:
        noise += gamma * torch.randn((*shape[:2], 1, 1), generator=generator)
    return noise
