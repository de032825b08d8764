"""Latents of an autoencoder that is not trained."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from sar_trainer.train.batches import Batch
from sar_trainer.train.config import DataConfig
from sar_trainer.train.diffusion.cache import TensorCache, TensorFile
from sar_trainer.train.diffusion.latents import LatentCodec


class FrozenLatents:
    """The encoder's means and deviations, kept where an image comes back in the same place.

    ``folder`` keeps them for a later process of the same run; None: only this one.
    """

    def __init__(self, codec: LatentCodec, data: DataConfig, folder: Path | None) -> None:
        self._codec = codec
        self._repeated = data.crop == "centre" or data.places is not None
        self._kept = TensorCache(file=TensorFile(folder / "latents") if folder is not None and self._repeated else None)

    @torch.no_grad()
    def moments(self, batch: Batch, stream: str = "") -> Tensor:
        """``LatentCodec.moments`` of the batch, on its device; ``stream`` keeps samples of other data apart."""
        if not self._repeated:
            return self._codec.moments(batch.image)
        keys = [(stream, *sample) for sample in zip(batch.index, batch.crops, batch.target_sizes, batch.mirrored, strict=True)]
        found = self._kept.get(keys, lambda missing: self._codec.moments(batch.image[missing]))
        return found.to(batch.image.device)
