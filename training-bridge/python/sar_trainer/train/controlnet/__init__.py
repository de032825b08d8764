"""Training of a ControlNet: the diffusion learns to follow a control image, the rest of the model stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sar_trainer.train.config import TrainingConfig
    from sar_trainer.train.controlnet.task import ControlNetTask
    from sar_trainer.train.task import Setting


def create(config: TrainingConfig, setting: Setting) -> ControlNetTask:
    """The task ``controlnet``: reads the model, and makes the ControlNet or reads it."""
    from sar_trainer.train.controlnet.task import ControlNetTask

    return ControlNetTask.create(config, setting)
