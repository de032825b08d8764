"""Exponential moving average of the trained weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn


class Average:
    """Averages ``parameters`` over the steps: average += (1 - d) (weight - average).

    In step k (from 0), d = min(decay, (1 + k) / (10 + k)), so that the first weights are soon forgotten, and d = 0 in step 0
    (diffusers, ``training_utils.py``, ``EMAModel.get_decay``).
    """

    def __init__(self, parameters: Mapping[str, nn.Parameter], decay: float) -> None:
        self._parameters = parameters
        self._decay = decay
        self.values = {name: parameter.detach().clone() for name, parameter in parameters.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the weights after step ``step``."""
        decay = min(self._decay, (1 + step) / (10 + step)) if step else 0.0
        for name, parameter in self._parameters.items():
            self.values[name].lerp_(parameter, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Inside, the parameters have the averaged values."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        for name, parameter in self._parameters.items():
            parameter.data, self.values[name] = self.values[name], parameter.data
