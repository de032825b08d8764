"""Tensors that are computed once and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

#: What a cache holds at most; an image of 1024 x 1024 takes 0.5 MiB of it.
DEFAULT_BYTES = 2 << 30


class TensorCache:
    """Float32 rows by key, in main memory; once ``limit`` bytes are reached nothing more is kept.

    With a ``file`` they outlast the process.
    """

    def __init__(self, limit: int = DEFAULT_BYTES, file: TensorFile | None = None) -> None:
        self._limit = limit
        self._bytes = 0
        self._rows: dict[str, Tensor] = {}
        self._file = file
        if file is not None:
            for key, row in file.rows():
                self._keep(key, row)

    def get(self, keys: Sequence[Hashable], compute: Callable[[list[int]], Tensor]) -> Tensor:
        """The rows of ``keys``, [B,...] on the CPU; ``compute`` returns the rows at the positions that it is given.

        It is given one at a time: the last bits of a row depend on what else is in its batch, and what is missing here depends
        on when the process was started. A run that was interrupted must see the same rows as one that was not.
        """
        return torch.stack([self._row(json.dumps(key), lambda k=k: compute([k])[0]) for k, key in enumerate(keys)])

    def _row(self, key: str, compute: Callable[[], Tensor]) -> Tensor:
        row = self._rows.get(key)
        if row is None:
            row = compute().detach().float().cpu()
            if self._keep(key, row) and self._file is not None:
                self._file.append(key, row)
        return row

    def _keep(self, key: str, row: Tensor) -> bool:
        size = row.numel() * row.element_size()
        if self._bytes + size > self._limit:
            return False
        self._rows[key] = row.clone()
        self._bytes += size
        return True


class TensorFile:
    """Rows in a folder: ``rows.bin``, float32 one after the other, and ``rows.jsonl``, the key and shape of each.

    A line is written after its row: what a killed process leaves unfinished is not in it, and is written over.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._data, self._index = folder / "rows.bin", folder / "rows.jsonl"
        for file in (self._data, self._index):
            file.touch()

    def rows(self) -> list[tuple[str, Tensor]]:
        """Every whole row with its key; drops what is unfinished behind them."""
        lines, found, end, read = self._index.read_bytes().splitlines(keepends=True), [], 0, 0
        values = np.fromfile(self._data, dtype="<f4")
        for line in lines:
            entry = _entry(line)
            count = -1 if entry is None else int(np.prod(entry[1]))
            if count < 0 or end + count > len(values):
                break
            found.append((entry[0], torch.from_numpy(values[end : end + count].reshape(entry[1]).copy())))
            end, read = end + count, read + len(line)
        for file, length in ((self._data, 4 * end), (self._index, read)):
            with file.open("r+b") as stream:
                stream.truncate(length)
        return found

    def append(self, key: str, row: Tensor) -> None:
        """Adds one row."""
        with self._data.open("ab") as stream:
            stream.write(row.contiguous().numpy().astype("<f4").tobytes())
        with self._index.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps([key, list(row.shape)]) + "\n")


def _entry(line: bytes) -> tuple[str, list[int]] | None:
    try:
        key, shape = json.loads(line)
    except ValueError:
        return None
    return (key, shape) if line.endswith(b"\n") else None
