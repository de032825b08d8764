"""Fine-tuning of Stable Diffusion XL: UNet, text encoders and VAE, fully or by LoRA, with a token of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sar_trainer.train.config import TrainingConfig
    from sar_trainer.train.diffusion.task import DiffusionTask
    from sar_trainer.train.task import Setting


def create(config: TrainingConfig, setting: Setting) -> DiffusionTask:
    """The task ``diffusion``: reads the model, and prepares what the configuration trains of it."""
    from sar_trainer.train.diffusion.task import DiffusionTask

    return DiffusionTask.create(config, setting)
