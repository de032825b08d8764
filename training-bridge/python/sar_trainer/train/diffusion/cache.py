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
        """The rows of ``keys``, [B,...] on the CPU; ``compute`` returns the rows at the positions that it is given.

        It is given one at a time: the last bits of a row depend on what else is in its batch, and what is missing here depends
        on when the process was started. A run that was interrupted must see the same rows as one that was not.
        """
        return torch.stack([self._row(key, lambda k=k: compute([k])[0]) for k, key in enumerate(keys)])

    def _row(self, key: Hashable, compute: Callable[[], Tensor]) -> Tensor:
        row = self._rows.get(key)
        if row is None:
            row = compute().detach().cpu()
            self._keep(key, row)
        return row

    def _keep(self, key: Hashable, row: Tensor) -> None:
        size = row.numel() * row.element_size()
        if self._bytes + size <= self._limit:
            self._rows[key] = row.clone()
            self._bytes += size
