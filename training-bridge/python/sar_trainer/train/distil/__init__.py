"""Latent consistency distillation: a model that makes an image in a few evaluations, without guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sar_trainer.train.config import TrainingConfig
    from sar_trainer.train.distil.task import DistilTask
    from sar_trainer.train.task import Setting


def create(config: TrainingConfig, setting: Setting) -> DistilTask:
    """The task ``distil``: reads the model as teacher and as student, and prepares what is trained of the student."""
    from sar_trainer.train.distil.task import DistilTask

    return DistilTask.create(config, setting)
