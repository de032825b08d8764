"""Where the control images of training come from."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from sar_trainer.train.batches import Batch
from sar_trainer.train.config import ControlNetConfig, Edges, LowResolution
from sar_trainer.train.controlnet.degradation import brought_back, circular_noise, degrade, normalised
from sar_trainer.train.controlnet.edges import ratio_edges
from sar_trainer.train.controlnet.resampling import spacing_ratio
from sar_trainer.train.draws import Draws


class Condition(Protocol):
    """Makes control images [B,3,H,W] in [0,1] for a batch, on the batch's device."""

    def images(self, batch: Batch, draws: Draws) -> Tensor: ...


class LowResolutionCondition:
    """The training image as a coarser sensor would have seen it, on the pixels of the image to be made."""

    def __init__(self, settings: LowResolution) -> None:
        self._coarser = spacing_ratio(settings.image_spacing, settings.spacing)
        self._finer = spacing_ratio(settings.spacing, settings.image_spacing)
        self._looks = max(1, round(settings.looks))

    def images(self, batch: Batch, draws: Draws) -> Tensor:
        amplitudes = ((batch.image.float().mean(dim=1) + 1) / 2).cpu().numpy()
        controls = [
            self.control(amplitude, np.random.default_rng(draws.key(f"control {k}"))) for k, amplitude in enumerate(amplitudes)
        ]
        control = torch.from_numpy(np.stack(controls))[:, None].expand(-1, 3, -1, -1)
        return control.to(batch.image.device)

    def control(self, amplitude: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """The control image [H,W] of an amplitude image of the same size, float32 in [0,1].

        Single-look images are brought back as complex ones or after detection, each for half of the images: TerraSAR-X comes
        as the former, most simulators' and detected products as the latter. Several looks are always detected.
        """
        looks = [degrade(amplitude, self._coarser, circular_noise(amplitude.shape, generator)) for _ in range(self._looks)]
        detected = self._looks > 1 or generator.random() < 0.5
        coarse = np.sqrt(np.mean([np.abs(look) ** 2 for look in looks], axis=0)) if detected else looks[0]
        return normalised(brought_back(coarse, self._finer, amplitude.shape))


class EdgeCondition:
    """The edge map of the training image."""

    def __init__(self, settings: Edges) -> None:
        self._window = settings.window

    def images(self, batch: Batch, draws: Draws) -> Tensor:
        amplitudes = (batch.image.float().mean(dim=1, keepdim=True) + 1) / 2
        return ratio_edges(amplitudes, self._window).expand(-1, 3, -1, -1)


class FileCondition:
    """An image of the data set: a segmentation map, or a paired one. It was read, cropped and mirrored with the batch."""

    def images(self, batch: Batch, draws: Draws) -> Tensor:
        return batch.control


def condition_of(settings: ControlNetConfig) -> Condition:
    match settings.condition:
        case LowResolution():
            return LowResolutionCondition(settings.condition)
        case Edges():
            return EdgeCondition(settings.condition)
        case _:
            return FileCondition()
