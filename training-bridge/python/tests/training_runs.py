"""Small runs for the tests of training: data, configurations, and processes to kill."""

from __future__ import annotations

import json
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image
from safetensors.numpy import load_file

from sar_trainer.cli import main


def imagefolder(folder: Path, count: int = 10, size: tuple[int, int] = (48, 40), **columns: Any) -> Path:
    """An imagefolder of one-look speckle; ``size`` is (width, height)."""
    random = np.random.default_rng(7)
    (folder / "images").mkdir(parents=True)
    rows = []
    for k in range(count):
        amplitude = random.rayleigh(60, size[::-1]).clip(0, 255).astype(np.uint8)
        Image.fromarray(amplitude).save(folder / "images" / f"{k}.png")
        rows.append({"file_name": f"images/{k}.png", "text": f"a field left of tree {k}", **columns})
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def tiny_values(**changes: Any) -> dict[str, Any]:
    """A configuration of the task of ``tiny_task``; ``section__key=value`` changes or adds one key."""
    values: dict[str, Any] = {
        "version": 1,
        "name": "tiny",
        "task": "autoencoder",
        "model": "model",
        "seed": 3,
        "data": {"train": "data", "resolution": 32, "crop": "random", "mirror": True},
        "components": {
            "vae_encoder": {"train": "full", "learning_rate": 1e-3},
            "vae_decoder": {"train": "full", "learning_rate": 1e-3},
        },
        "autoencoder": {"crop": 32},
        "training": {
            "steps": 12,
            "batch": 2,
            "accumulation": 2,
            "device": "cpu",
            "ema": {},
            "schedule": {"name": "cosine", "warmup": 2},
        },
        "validation": {"every": 4},
        "checkpoints": {"every": 3},
    }
    for key, value in changes.items():
        *parents, last = key.split("__")
        section = values
        for parent in parents:
            section = section.setdefault(parent, {})
        section[last] = value
    return values


@dataclass(frozen=True)
class Workplace:
    """A folder with data, a base model and configurations."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Workplace:
        imagefolder(folder / "data")
        (folder / "model").mkdir()
        (folder / "model" / "config.json").write_text("{}")
        return cls(folder)

    def configuration(self, **changes: Any) -> Path:
        file = self.folder / "training.yaml"
        file.write_text(yaml.safe_dump(tiny_values(**changes), sort_keys=False))
        return file

    def train(self, run: Path, *options: str, **changes: Any) -> int:
        """Trains in this process; returns the exit code."""
        return main(["train", str(self.configuration(**changes)), "--run", str(run), *options])


def forked(function: Any, *arguments: Any) -> multiprocessing.Process:
    """Starts a copy of this process: torch is loaded already, so that killing and starting again takes no time."""

    def run() -> None:
        code = 70
        try:
            code = function(*arguments)
        finally:
            os._exit(code)  # without pytest's own endings

    process = multiprocessing.get_context("fork").Process(target=run, daemon=True)
    process.start()
    return process


def events(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]


def only(run: Path, event: str) -> list[dict[str, Any]]:
    return [found for found in events(run) if found["event"] == event]


def final_weights(run: Path) -> dict[str, np.ndarray]:
    """Everything that the newest checkpoint and the finished model hold."""
    newest = sorted((run / "checkpoints").iterdir())[-1]
    files = [*sorted(newest.glob("*.safetensors")), *sorted((run / "model").rglob("*.safetensors"))]
    assert len(files) > 1
    return {f"{file.relative_to(run)}:{name}": value for file in files for name, value in load_file(file).items()}


def assert_same_weights(found: Path, expected: Path) -> None:
    """The two runs ended with the same bits."""
    left, right = final_weights(found), final_weights(expected)
    assert left.keys() == right.keys()
    different = [name for name in left if left[name].tobytes() != right[name].tobytes()]
    assert not different, different
