"""Training of SAR-CLIP: images and captions in one space, to judge whether a generated image shows what its prompt says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sar_trainer.train.config import TrainingConfig
    from sar_trainer.train.sar_clip.task import SarClipTask
    from sar_trainer.train.task import Setting


def create(config: TrainingConfig, setting: Setting) -> SarClipTask:
    """The task ``sar-clip``: reads the CLIP, and prepares what the configuration trains of it."""
    from sar_trainer.train.sar_clip.task import SarClipTask

    return SarClipTask.create(config, setting)
