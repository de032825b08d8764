"""Training of the VAE: the autoencoder between amplitude images and the latents that the UNet works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sar_trainer.train.autoencoder.task import AutoencoderTask
    from sar_trainer.train.config import TrainingConfig
    from sar_trainer.train.task import Setting


def create(config: TrainingConfig, setting: Setting) -> AutoencoderTask:
    """The task ``autoencoder``: reads the VAE of the model, and prepares what the configuration trains of it."""
    from sar_trainer.train.autoencoder.task import AutoencoderTask

    return AutoencoderTask.create(config, setting)
