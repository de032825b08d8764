"""Checkpoints: safetensors and JSON, complete or not there.

A checkpoint is a folder ``step-0000500``: ``weights.safetensors`` (trained parameters, and the buffers of the modules that hold
them), ``optimizer-NAME.safetensors``, ``average.safetensors`` with EMA, and ``state.json``. It is written under a temporary
name, flushed to the disk and renamed. There is no other state: random numbers depend on the step alone (``draws``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from sar_trainer.errors import SarTrainerError
from sar_trainer.export.source import check_safetensors

FORMAT_VERSION = 1
_NAME = re.compile(r"step-(\d{7,})")
_STATE = "state.json"


class CheckpointError(SarTrainerError):
    """A checkpoint can't be read, or belongs to another model."""


@dataclass(frozen=True)
class Checkpoint:
    """What a run is after ``step`` optimizer steps: named tensors by file, and plain values."""

    step: int
    tensors: Mapping[str, Mapping[str, torch.Tensor]]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckpointFolder:
    """The checkpoints of one run."""

    folder: Path

    def write(self, checkpoint: Checkpoint, keep: int) -> Path:
        """Writes one, then removes all but the ``keep`` newest. Raises ``OSError``; the older ones are whole then."""
        self.folder.mkdir(exist_ok=True)
        self.tidy()
        target = self.folder / f"step-{checkpoint.step:07d}"
        staged = self.folder / f".{target.name}.tmp"
        staged.mkdir()
        try:
            for name, tensors in checkpoint.tensors.items():
                _save(
                    {key: value.detach().cpu().contiguous() for key, value in tensors.items()}, staged / f"{name}.safetensors"
                )
            state = {
                "version": FORMAT_VERSION,
                "step": checkpoint.step,
                "files": {file.name: file.stat().st_size for file in sorted(staged.iterdir())},
                **checkpoint.values,
            }
            (staged / _STATE).write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
            for file in staged.iterdir():
                flush(file)
            flush(staged)
            if target.exists():
                self._remove(target)
            staged.rename(target)
            flush(self.folder)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        for old in self.paths()[:-keep]:
            self._remove(old)
        return target

    def paths(self) -> list[Path]:
        """The complete checkpoints, oldest first."""
        if not self.folder.is_dir():
            return []
        found = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and (path / _STATE).is_file()]
        return sorted(found, key=lambda path: int(path.name.removeprefix("step-")))

    def newest(self) -> Checkpoint | None:
        """The newest complete checkpoint, on the CPU; None before the first."""
        paths = self.paths()
        return read(paths[-1]) if paths else None

    def tidy(self) -> None:
        """Removes what an earlier process left unfinished."""
        for path in self.folder.glob(".step-*"):
            shutil.rmtree(path)

    def _remove(self, path: Path) -> None:
        """Out of sight first: a checkpoint that is half removed must not look like one."""
        hidden = path.with_name(f".{path.name}.old")
        path.rename(hidden)
        shutil.rmtree(hidden)


def read(path: Path) -> Checkpoint:
    """Reads one checkpoint. Raises ``CheckpointError`` with what is wrong with it."""
    try:
        state = json.loads((path / _STATE).read_text(encoding="utf-8"))
        version, step, files = state.pop("version"), state.pop("step"), state.pop("files")
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path / _STATE} can't be read: {error}. {_REMEDY}") from error
    if version != FORMAT_VERSION:
        raise CheckpointError(f"{path} has version {version}; this trainer reads version {FORMAT_VERSION}.")
    tensors = {}
    for name, size in files.items():
        file = path / name
        if not file.is_file() or file.stat().st_size != size:
            raise CheckpointError(f"{file} is missing or damaged. {_REMEDY}")
        check_safetensors(file)
        tensors[file.stem] = load_file(file)
    return Checkpoint(step, tensors, state)


_REMEDY = "Remove this checkpoint's folder to go on from the one before."


def _save(tensors: dict[str, torch.Tensor], file: Path) -> None:
    try:
        save_file(tensors, file)
    except Exception as error:
        # safetensors wraps the system's error in one of its own, as text: "... (os error 28)".
        number = re.search(r"\(os error (\d+)\)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(file)) from error


def flush(path: Path) -> None:
    """Has the system write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
