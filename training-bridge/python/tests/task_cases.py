"""Makes the task of a configuration, whatever kind it is."""

from __future__ import annotations

from contextlib import nullcontext
from importlib import import_module
from typing import Any

import torch

from sar_trainer.train.batches import Batch, Sampler
from sar_trainer.train.command import TASKS
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.data import ImageFolder
from sar_trainer.train.draws import Draws
from sar_trainer.train.task import Setting


def task(config: TrainingConfig) -> Any:
    validation = None if config.data.validation is None else ImageFolder.open(config.data.validation)
    setting = Setting(
        device=torch.device("cpu"),
        dtype=torch.float32,
        train=ImageFolder.open(config.data.train),
        validation=validation,
        progress=lambda line: None,
        autocast=nullcontext,
    )
    return import_module(TASKS[config.task]).create(config, setting)


def first_batch(config: TrainingConfig, count: int = 3, column: str = "") -> Batch:
    """The first images of the training data."""
    sampler = Sampler(ImageFolder.open(config.data.train), config.data, config.seed, column)
    return sampler.batch(tuple(range(count)), 0)


def take_steps(trained: Any, batch: Batch, steps: int) -> list[float]:
    """Plain steps of every trainable on one batch, as in the loop; the losses of the first, always with the same draws."""
    trainables = [(p, {n: v for g in p.groups for n, v in g.parameters.items()}) for p in trained.trainables]
    rates = {name: group.learning_rate for p, _ in trainables for group in p.groups for name in group.parameters}
    everything = [parameter for _, own in trainables for parameter in own.values()]
    losses = []
    for _ in range(steps):
        for trainable, own in trainables:
            for parameter in everything:
                parameter.requires_grad_(any(parameter is one for one in own.values()))
            loss = trained.loss(trainable.name, batch, Draws(0, 0)).total
            if trainable is trainables[0][0]:
                losses.append(float(loss.detach()))
            loss.backward()
            with torch.no_grad():
                for name, parameter in own.items():
                    parameter.sub_(rates[name] * parameter.grad.sign())
                    parameter.grad = None
    return losses
