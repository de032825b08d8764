"""A finished model as a folder: the one that training began with, some components replaced."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def copy_with(source: Path, target: Path, replaced: Mapping[str, Any]) -> Path:
    """Copies the diffusers or transformers folder ``source`` to ``target``, which must not exist, and returns ``target``.

    ``replaced`` maps names of subfolders to models with ``save_pretrained``, which are written there as safetensors instead.
    """
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        if entry.name in replaced or entry.name.startswith("."):
            continue
        if entry.is_dir():
            shutil.copytree(entry, target / entry.name)
        else:
            shutil.copyfile(entry, target / entry.name)
    for name, model in replaced.items():
        model.save_pretrained(target / name, safe_serialization=True)
    return target
