"""A toy diffusion from its configuration to the finished model, killed at random moments."""

from __future__ import annotations

import os
import random
import time
from multiprocessing import Process
from pathlib import Path

import pytest
import yaml
from diffusers import StableDiffusionXLPipeline
from diffusion_cases import SIZE, write_images, write_model
from training_runs import assert_same_weights, forked, only

from sar_trainer.cli import main
from sar_trainer.clip_folder import ClipArchitecture

COMMON = {
    "version": 1,
    "name": "toy",
    "model": "model",
    "data": {
        "train": "data",
        "validation": "validation",
        "resolution": SIZE,
        "crop": "centre",
        "masked": "exclude",
        "prompt": {"replace": {"A satellite view of": "A <SAR> image of"}},
    },
    "training": {"batch": 2, "accumulation": 2, "ema": {}, "device": "cpu"},
    "validation": {"every": 4, "prompts": ["a <SAR> image of a forest"], "steps": 2, "images": 2},
    "checkpoints": {"every": 2},
    "export": {"bundle": False},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    write_model(folder / "model")
    ClipArchitecture(16, 8, 16, 16, 2, 2, 2, 8).write(folder / "model" / "tokenizer", folder / "clip")
    write_images(folder / "data", 8)
    write_images(folder / "validation", 2, seed=1)
    return folder


#: What each task adds to ``COMMON``; the diffusion has everything that a run can have.
TASKS = {
    "diffusion": {
        "components": {
            "unet": {"train": "full", "learning_rate": 1e-3},
            "vae_decoder": {"train": "full", "learning_rate": 1e-3},
            "text_encoder": {"train": "lora", "rank": 4, "learning_rate": 1e-3},
            "text_encoder_2": {"train": "lora", "rank": 4, "learning_rate": 1e-3},
        },
        "token": {"initialise": "forest"},
        "diffusion": {"kl": {"weight": 0.1}, "min_snr": 5.0},
    },
    "autoencoder": {
        "components": {"vae_encoder": {"train": "full"}, "vae_decoder": {"train": "full"}},
        "autoencoder": {"crop": SIZE},
    },
    "controlnet": {"components": {"controlnet": {"train": "full"}}},
    "distil": {
        "components": {"unet": {"train": "lora", "rank": 4, "learning_rate": 1e-3}},
        "distil": {"solver_steps": 10},
    },
    "sar-clip": {
        "model": "clip",
        "initialise": "random",
        "components": {"image_encoder": {"train": "full"}, "text_encoder": {"train": "full"}},
    },
}


def train(place: Path, run: Path, task: str, steps: int, *options: str, model: str = "model") -> int:
    file = run.with_suffix(".yaml")
    values = {**COMMON, "model": model, "task": task, **TASKS[task]}
    values["model"] = str(place / values["model"])
    values["data"] = {**values["data"], "train": str(place / "data"), "validation": str(place / "validation")}
    values["training"] = {**values["training"], "steps": steps}
    file.write_text(yaml.safe_dump(values))
    return main(["train", str(file), "--run", str(run), *options])


@pytest.mark.parametrize("task", TASKS)
def test_a_run_in_two_parts_ends_as_in_one(task: str, place: Path, tmp_path: Path) -> None:
    """The second part starts in the middle of an epoch, with nothing computed before."""
    assert train(place, tmp_path / "one", task, 5) == 0
    assert train(place, tmp_path / "two", task, 3) == 0
    assert train(place, tmp_path / "two", task, 5, "--resume") == 0
    assert_same_weights(tmp_path / "two", tmp_path / "one")


def test_a_bundle_can_be_trained_like_the_folder_that_it_was_exported_from(place: Path, tmp_path: Path) -> None:
    assert main(["export", str(place / "model"), str(place / "bundle")]) == 0
    assert train(place, tmp_path / "folder", "diffusion", 5) == 0
    assert train(place, tmp_path / "bundle", "diffusion", 3, model="bundle") == 0
    assert train(place, tmp_path / "bundle", "diffusion", 5, "--resume", model="bundle") == 0
    assert_same_weights(tmp_path / "bundle", tmp_path / "folder")


def test_killed_at_random_moments_it_ends_as_if_nothing_had_been(place: Path, tmp_path: Path) -> None:
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}")
    moments = random.Random(seed)
    assert train(place, tmp_path / "whole", "diffusion", 8) == 0
    run = tmp_path / "run"
    for _ in range(4):
        process = forked(train, place, run, "diffusion", 8, *(["--resume"] if run.exists() else []))
        _kill_after(process, run, moments.randrange(4), moments.uniform(0, 0.1))
    assert train(place, run, "diffusion", 8, "--resume") == 0
    assert_same_weights(run, tmp_path / "whole")
    assert train(place, run, "diffusion", 8, "--resume") == 0
    assert "nothing is left to do" in only(run, "message")[-1]["text"]
    validated = only(run, "validation")
    assert {event["step"] for event in validated} == {4, 8}
    assert all(len(event["images"]) >= 1 and event["metrics"]["denoising"] > 0 for event in validated)
    pipeline = StableDiffusionXLPipeline.from_pretrained(run / "model")
    assert len(pipeline.tokenizer("<SAR>").input_ids) == 3, "one token, between start and end"
    finished = only(run, "finished")[-1]
    assert len(finished["adapters"]) >= 1 and all(Path(path).is_file() for path in finished["adapters"])


def _kill_after(process: Process, run: Path, steps: int, seconds: float) -> None:
    """SIGKILL, ``seconds`` after the process has started and done ``steps`` steps (or all)."""

    def done() -> int:
        return len(only(run, "started") + only(run, "step")) if (run / "events.jsonl").exists() else 0

    before = done()
    while process.is_alive() and done() <= before + steps:
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    process.join()
