"""The numbers of a run: CSV tables, and TensorBoard's files."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from pathlib import Path


class Table:
    """A CSV file whose first column is ``step``; columns are added when they first have a value."""

    def __init__(self, file: Path, last_step: int) -> None:
        """Goes on with ``file`` after ``last_step``: later rows, of steps that will be done again, are dropped."""
        self._file = file
        self._columns: list[str] = []
        if file.is_file():
            self._rewrite([row for row in self._read() if _step(row) <= last_step])

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Appends a row."""
        row = {"step": str(step), **{name: repr(value) for name, value in values.items()}}
        new = [name for name in row if name not in self._columns]
        if new:
            rows = self._read()
            self._columns += new
            self._rewrite([*rows, row])
        else:
            with self._file.open("a", newline="", encoding="utf-8") as stream:
                csv.DictWriter(stream, self._columns, restval="").writerow(row)

    def _read(self) -> list[dict[str, str]]:
        if not self._file.is_file():
            return []
        with self._file.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream)
            self._columns = list(reader.fieldnames or [])
            # A row may be cut short where the process was killed.
            return [row for row in reader if None not in row.values()]

    def _rewrite(self, rows: list[dict[str, str]]) -> None:
        staged = self._file.with_name(f".{self._file.name}.tmp")
        with staged.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, self._columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        os.replace(staged, self._file)


def _step(row: Mapping[str, str]) -> float:
    try:
        return int(row["step"])
    except (KeyError, TypeError, ValueError):
        return float("inf")


class Records:
    """``metrics.csv``, ``validation.csv`` and ``tensorboard/`` of a run that goes on after ``last_step``."""

    def __init__(self, folder: Path, last_step: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._metrics = Table(folder / "metrics.csv", last_step)
        self._validation = Table(folder / "validation.csv", last_step)
        self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=last_step + 1)

    def step(self, step: int, values: Mapping[str, float]) -> None:
        self._metrics.add(step, values)
        for name, value in values.items():
            self._board.add_scalar(name.replace(".", "/", 1), value, step)

    def validation(self, step: int, metrics: Mapping[str, float], images: list[Path]) -> None:
        import numpy as np
        from PIL import Image

        self._validation.add(step, metrics)
        for name, value in metrics.items():
            self._board.add_scalar(f"validation/{name}", value, step)
        for file in images:
            with Image.open(file) as image:
                self._board.add_image(f"validation/{file.stem}", np.asarray(image.convert("RGB")), step, dataformats="HWC")
        self._board.flush()

    def close(self) -> None:
        self._board.close()
