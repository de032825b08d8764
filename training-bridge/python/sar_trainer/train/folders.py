"""A finished model as a folder: the one that training began with, but for what was trained."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path


def copy_without(source: Path, target: Path, left_out: Collection[str]) -> Path:
    """Copies the folder ``source`` to ``target``, which must not exist, but not the entries ``left_out``; returns it."""
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        if entry.name in left_out or entry.name.startswith("."):
            continue
        if entry.is_dir():
            shutil.copytree(entry, target / entry.name)
        else:
            shutil.copyfile(entry, target / entry.name)
    return target
