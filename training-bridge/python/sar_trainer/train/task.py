"""What the training loop asks of a task.

A module per task (``diffusion``, ``autoencoder``, ``controlnet``, ``sar_clip``) has a function ``create`` that makes it:
``create(config: TrainingConfig, setting: Setting) -> Task``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import torch
from torch import nn

if TYPE_CHECKING:
    from sar_trainer.train.batches import Batch
    from sar_trainer.train.config import ExportConfig
    from sar_trainer.train.data import ImageFolder
    from sar_trainer.train.draws import Draws

#: Tells people one line about what is going on.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Setting:
    """Where a task runs and what it may look at.

    ``autocast()`` is the context of mixed precision; the loop is already in it when it calls ``loss``, ``validate`` and
    ``save``. Trainable weights must be float32 on ``device``; frozen ones may have ``dtype`` (that of ``training.precision``).
    """

    device: torch.device
    dtype: torch.dtype
    train: ImageFolder
    validation: ImageFolder | None
    progress: Progress
    autocast: Callable[[], AbstractContextManager]
    cache: Path | None = None
    """Folder for what is expensive to compute and depends on the run's configuration, data and base model only."""


@dataclass(frozen=True)
class ParameterGroup:
    """Parameters with a learning rate of their own.

    ``parameters`` maps unique, lasting names (``unet.conv_in.weight``) to leaf tensors that require gradients: checkpoints file
    the optimizer's state under these names. ``decay``: whether ``training.optimizer.weight_decay`` applies.
    """

    name: str
    parameters: Mapping[str, nn.Parameter]
    learning_rate: float
    decay: bool = True


@dataclass(frozen=True)
class Trainable:
    """What one optimizer trains: nearly always the model; a discriminator is a second one.

    In each step the trainables take turns: while one does, only its own parameters require gradients.
    """

    name: str
    groups: tuple[ParameterGroup, ...]


@dataclass(frozen=True)
class Loss:
    """``total``, a scalar tensor to differentiate, and its terms (unweighted) for the records."""

    total: torch.Tensor
    terms: Mapping[str, float | torch.Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """The finished model in its native format.

    ``export`` writes the bundle of ONNX graphs; the usual one is ``export_pipeline``.
    """

    model: Path
    adapters: tuple[Path, ...]
    export: Exporter


#: ``(saved, config.export, name of the model, bundle to write, progress)``.
Exporter = Callable[["Saved", "ExportConfig", str, Path, Progress], None]


class Task(Protocol):
    """One kind of training."""

    @property
    def trainables(self) -> list[Trainable]:
        """What is trained, in the order of the optimizer steps."""

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        """The modules that hold trained parameters or changing buffers, by name: those are what a checkpoint keeps of them."""

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        """The loss of ``trainable`` on ``batch`` (already on the device), with random numbers from ``draws`` only."""

    def validate(self, folder: Path, step: int) -> dict[str, float]:
        """Writes images (PNG) into the existing ``folder``, returns numbers; draws nothing but from fixed seeds.

        Runs without gradients, on the averaged weights if there are some. The task itself switches its modules to evaluation
        mode and back.
        """

    def save(self, folder: Path) -> Saved:
        """Writes the finished model into the existing, empty ``folder``: ``model/`` and ``adapters/``."""


def export_pipeline(saved: Saved, settings: ExportConfig, name: str, bundle: Path, progress: Progress) -> None:
    """Exports a diffusers pipeline folder (``saved.model``) to ``bundle``, replacing an old one."""
    from sar_trainer.export import ExportRequest, export_bundle
    from sar_trainer.export.card import Card

    card = Card.read(settings.card) if settings.card else Card()
    if "name" not in card.values:
        card = card.with_values(name=name)
    export_bundle(ExportRequest(saved.model, bundle, settings.dtype, overwrite=True, card=card), progress)
