"""Tensors that are computed once and kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import torch
from torch import Tensor

#: What a cache holds at most; an image of 1024 x 1024 takes 0.5 MiB of it.
DEFAULT_BYTES = 2 << 30


class TensorCache:
    """Rows by key, in main memory; once ``limit`` bytes are reached nothing more is kept."""

    def __init__(self, limit: int = DEFAULT_BYTES) -> None:
        self._limit = limit
        self._bytes = 0
        self._rows: dict[Hashable, Tensor] = {}

    def get(self, keys: Sequence[Hashable], compute: Callable[[list[int]], Tensor]) -> Tensor:
        """The rows of ``keys``, [B,...] on the CPU; ``compute`` returns the rows of the missing ones, given their positions."""
        missing = [k for k, key in enumerate(keys) if key not in self._rows]
        fresh = dict(zip(missing, compute(missing).detach().cpu(), strict=True)) if missing else {}
        rows = torch.stack([fresh[k] if k in fresh else self._rows[key] for k, key in enumerate(keys)])
        for k, row in fresh.items():
            self._keep(keys[k], row)
        return rows

    def _keep(self, key: Hashable, row: Tensor) -> None:
        size = row.numel() * row.element_size()
        if key not in self._rows and self._bytes + size <= self._limit:
            self._rows[key] = row.clone()
            self._bytes += size
