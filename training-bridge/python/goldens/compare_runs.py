"""Toy trainings from their configuration to the Java runtime, compared with diffusers on the finished model.

    python goldens/compare_runs.py [--work FOLDER] [-- COMMAND ...]

COMMAND starts sar-diffusion (default: the launcher of this repository). Three runs are trained, each exported at its end: the
UNet and the VAE's decoder in full; LoRAs on the UNet and both text encoders, with the new token <SAR>; a ControlNet.
``sar-diffusion generate`` then makes an image with each run's ``bundle``, and diffusers makes it from its ``model``, from the
same seed. Compared are the final latents and the decoded image: max |Java - diffusers| / std(diffusers) must be at most 1e-4.
That the training shows in the result at all is checked as well: what the base model gives, without a control image, must be
at least ten times further away. The exit code is 1 otherwise.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from diffusers import ControlNetModel, StableDiffusionXLControlNetPipeline, StableDiffusionXLPipeline

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests")]

from diffusion_cases import SIZE, write_images, write_model  # noqa: E402
from make_goldens import amplitude  # noqa: E402

from sar_trainer.cli import main as sar_trainer  # noqa: E402

TOLERANCE = 1e-4
SIDE, STEPS, GUIDANCE, SEED = 32, 6, 4.0, 11
PROMPT, NEGATIVE = "a <SAR> image of a forest left of a river", "water"
LORA = {"train": "lora", "rank": 4, "learning_rate": 3e-3}
FULL = {"train": "full", "learning_rate": 3e-3}


@dataclass(frozen=True)
class Run:
    """One training: its task, and what its configuration adds."""

    name: str
    task: str
    components: dict[str, dict[str, Any]]
    more: dict[str, Any] = field(default_factory=dict)


RUNS = (
    Run("full", "diffusion", {"unet": FULL, "vae_decoder": FULL}, {"diffusion": {"kl": {"weight": 0.1}}}),
    Run(
        "lora-token",
        "diffusion",
        {"unet": LORA, "text_encoder": LORA, "text_encoder_2": LORA},
        {"token": {"initialise": "forest"}},
    ),
    Run("controlnet", "controlnet", {"controlnet": {"train": "full", "learning_rate": 3e-2}}),
)


def train(run: Run, place: Path) -> Path:
    """Trains ``run``, and returns its folder, with ``model/`` and ``bundle/``."""
    folder, file = place / run.name, place / f"{run.name}.yaml"
    values = {
        "version": 1,
        "name": run.name,
        "task": run.task,
        "model": str(place / "model"),
        "data": {
            "train": str(place / "data"),
            "resolution": SIZE,
            "crop": "centre",
            "prompt": {"replace": {"A satellite view of": "A <SAR> image of"}},
        },
        "components": run.components,
        "training": {"steps": 6, "batch": 2, "device": "cpu"},
        "validation": {"prompts": [], "images": 0},
        "export": {"bundle": True, "dtype": "fp32"},
        **run.more,
    }
    file.write_text(yaml.safe_dump(values))
    if sar_trainer(["train", str(file), "--run", str(folder)]) != 0:
        raise SystemExit(f"The training {run.name} failed.")
    return folder


def by_java(command: list[str], bundle: Path, control: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Final latents [1,4,h,w] and amplitude [H,W]."""
    with tempfile.TemporaryDirectory() as scratch:
        latents, image = Path(scratch) / "latents.npy", Path(scratch) / "image.npy"
        options = {
            "model": bundle,
            "prompt": PROMPT,
            "negative-prompt": NEGATIVE,
            "scheduler": "euler",
            "steps": STEPS,
            "guidance": GUIDANCE,
            "seed": SEED,
            "width": SIDE,
            "height": SIDE,
            "threads": 1,
            "save-latents": latents,
            "out": image,
        }
        if control is not None:
            options["control-image"] = control
        arguments = [f"--{key}={value}" for key, value in options.items()]
        subprocess.run([*command, "generate", "--quiet", *arguments], check=True)
        return np.load(latents), np.load(image).squeeze()


def by_diffusers(model: Path, control: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """The same from a diffusers folder."""
    request: dict[str, Any] = {}
    if control is None:
        pipeline = StableDiffusionXLPipeline.from_pretrained(model, local_files_only=True)
    else:
        controlnet = ControlNetModel.from_pretrained(model / "controlnet", local_files_only=True)
        pipeline = StableDiffusionXLControlNetPipeline.from_pretrained(model, controlnet=controlnet, local_files_only=True)
        request["image"] = torch.from_numpy(np.load(control)).expand(1, 3, -1, -1)
    pipeline.set_progress_bar_config(disable=True)
    with torch.no_grad():
        latents = pipeline(
            prompt=PROMPT,
            negative_prompt=NEGATIVE,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            width=SIDE,
            height=SIDE,
            generator=torch.Generator().manual_seed(SEED),
            output_type="latent",
            **request,
        ).images
        return latents.numpy(), amplitude(pipeline, latents)[0].numpy()


def deviation(found: np.ndarray, expected: np.ndarray) -> float:
    """max |found - expected| / std(expected)."""
    if found.shape != expected.shape:
        raise SystemExit(f"Shapes differ: {found.shape} and {expected.shape}.")
    return float(np.abs(found.astype(np.float64) - expected).max() / expected.std())


def compare(command: list[str], place: Path) -> bool:
    """Trains, compares and prints; whether everything is within the tolerance."""
    write_model(place / "model")
    write_images(place / "data", 6)
    control = place / "control.npy"
    np.save(control, np.random.default_rng(5).rayleigh(0.3, (SIDE, SIDE)).clip(0, 1).astype(np.float32))
    good = True
    for run in RUNS:
        folder = train(run, place)
        image = control if run.task == "controlnet" else None
        pairs = list(zip(by_java(command, folder / "bundle", image), by_diffusers(folder / "model", image), strict=True))
        base = by_diffusers(place / "model", None)
        for name, (found, expected), untrained in zip(("latents", "image"), pairs, base, strict=True):
            error, effect = deviation(found, expected), deviation(untrained, expected)
            passed = error <= TOLERANCE and effect >= 10 * TOLERANCE
            good &= passed
            print(
                f"{run.name:12} {name:8} {error:.1e} off diffusers; the base model {effect:.1e}"
                + ("" if passed else "  FAILED"),
                flush=True,
            )
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares trained toy models in Java with diffusers.")
    parser.add_argument("--work", type=Path, help="empty folder to keep the runs in (default: one that is removed)")
    parser.add_argument("command", nargs="*", default=[str(HERE.parents[2] / "sar-diffusion")], help="starts sar-diffusion")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.work is not None:
        options.work.mkdir(parents=True, exist_ok=True)
        return 0 if compare(options.command, options.work.resolve()) else 1
    with tempfile.TemporaryDirectory() as scratch:
        return 0 if compare(options.command, Path(scratch)) else 1


if __name__ == "__main__":
    sys.exit(main())
