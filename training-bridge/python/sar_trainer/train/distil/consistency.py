"""The consistency function and the solver of latent consistency models (Luo et al. 2023, arXiv 2310.04378)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sar_trainer.train.diffusion.forward import ForwardProcess

#: Standard deviation of the data, and what timesteps are multiplied by, as in diffusers' ``LCMScheduler``.
SIGMA_DATA = 0.5
TIMESTEP_SCALING = 10.0
_HUBER = 1e-3


@dataclass(frozen=True)
class Solver:
    """DDIM over ``steps`` timesteps of the forward process: t_i = (i + 1) T / steps - 1, i from 0 (the paper's section 4.2)."""

    process: ForwardProcess
    steps: int

    @property
    def interval(self) -> int:
        return len(self.process.alphas_cumprod) // self.steps

    def timesteps(self, count: int, generator: torch.Generator) -> Tensor:
        """Draws ``count`` of them, int64 on the CPU."""
        return (torch.randint(self.steps, (count,), generator=generator) + 1) * self.interval - 1

    def earlier(self, timesteps: Tensor) -> Tensor:
        """Where a step from ``timesteps`` leads; 0 from the first."""
        return (timesteps - self.interval).clamp(min=0)

    def step(self, clean: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """z at ``earlier(timesteps)``, for what z_0 and the noise are thought to be (Song et al. 2020, equation 12, eta 0)."""
        return self.process.noised(clean, noise, self.earlier(timesteps))


def consistent(noisy: Tensor, clean: Tensor, timesteps: Tensor) -> Tensor:
    """f(z_t, t) = c_skip(t) z_t + c_out(t) z_0: z_0 itself but near t = 0, where it is z_t (the paper's equation 9)."""
    scaled = (timesteps.float() * TIMESTEP_SCALING).view(-1, 1, 1, 1)
    total = scaled**2 + SIGMA_DATA**2
    return SIGMA_DATA**2 / total * noisy + scaled / total.sqrt() * clean


def huber(a: Tensor, b: Tensor) -> Tensor:
    """The pseudo-Huber distance sqrt((a - b)^2 + c^2) - c of each number, c = 0.001
    (diffusers, ``examples/consistency_distillation/train_lcm_distill_sdxl_wds.py``)."""
    return ((a - b) ** 2 + _HUBER**2).sqrt() - _HUBER
