"""Optimizers, their state under lasting names, and learning rates as functions of the step."""

from __future__ import annotations

import math
from typing import Any

import torch

from sar_trainer.errors import SarTrainerError
from sar_trainer.train.config import OptimizerConfig, ScheduleConfig
from sar_trainer.train.task import Trainable


def make_optimizer(trainable: Trainable, config: OptimizerConfig) -> torch.optim.Optimizer:
    """The optimizer of ``trainable``, with one parameter group for each of its groups."""
    groups = [
        {
            "params": list(group.parameters.values()),
            "lr": group.learning_rate,
            "weight_decay": config.weight_decay if group.decay else 0.0,
        }
        for group in trainable.groups
    ]
    if config.name == "adamw":
        return torch.optim.AdamW(groups, betas=config.betas, eps=config.epsilon)
    if not torch.cuda.is_available():
        raise SarTrainerError(
            "adamw-8bit needs an NVIDIA GPU, and there is none here. Use adamw.", key="training.optimizer.name"
        )
    try:
        from bitsandbytes.optim import AdamW8bit
    except ImportError as error:
        raise SarTrainerError(
            "adamw-8bit needs the package bitsandbytes, which is not installed. Install it into the trainer's environment "
            "(pip install bitsandbytes), or use adamw.",
            key="training.optimizer.name",
        ) from error
    return AdamW8bit(groups, betas=config.betas, eps=config.epsilon)


def rate_factor(schedule: ScheduleConfig, step: int, steps: int) -> float:
    """What the learning rates are multiplied with in step ``step`` (from 0) of ``steps``.

    Warm-up: (step + 1) / (warmup + 1). Afterwards 1, or from 1 down towards 0 after the last step: linear 1 - x, cosine
    (1 + cos(pi x)) / 2, where x goes from 0 (first step after the warm-up) towards 1.
    """
    if step < schedule.warmup:
        return (step + 1) / (schedule.warmup + 1)
    x = (step - schedule.warmup) / max(1, steps - schedule.warmup)
    match schedule.name:
        case "linear":
            return 1 - x
        case "cosine":
            return (1 + math.cos(math.pi * x)) / 2
        case _:
            return 1.0


def set_rates(optimizer: torch.optim.Optimizer, trainable: Trainable, factor: float) -> dict[str, float]:
    """Sets the learning rates of a step; returns them by parameter group."""
    rates = {}
    for group, state in zip(trainable.groups, optimizer.param_groups, strict=True):
        state["lr"] = group.learning_rate * factor
        rates[group.name] = state["lr"]
    return rates


def state_of(optimizer: torch.optim.Optimizer, trainable: Trainable) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The optimizer's state: tensors, and plain numbers, by ``parameter|entry``."""
    tensors: dict[str, torch.Tensor] = {}
    numbers: dict[str, Any] = {}
    for group in trainable.groups:
        for name, parameter in group.parameters.items():
            for entry, value in optimizer.state.get(parameter, {}).items():
                (tensors if isinstance(value, torch.Tensor) else numbers)[f"{name}|{entry}"] = value
    return tensors, numbers


def restore_state(
    optimizer: torch.optim.Optimizer, trainable: Trainable, tensors: dict[str, torch.Tensor], numbers: dict[str, Any]
) -> None:
    """Puts back what ``state_of`` gave."""
    parameters = {name: parameter for group in trainable.groups for name, parameter in group.parameters.items()}
    for key, value in {**tensors, **numbers}.items():
        name, _, entry = key.rpartition("|")
        if name not in parameters:
            raise SarTrainerError(f"The checkpoint has optimizer state of {name}, which this configuration does not train.")
        # AdamW counts its steps on the CPU.
        moves = isinstance(value, torch.Tensor) and entry != "step"
        optimizer.state[parameters[name]][entry] = value.to(parameters[name].device) if moves else value
