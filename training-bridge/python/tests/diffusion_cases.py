"""A toy model, toy images and configurations for the tests of the task ``diffusion``."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from tiny_models import EPS_VAE8, TinyModel, tiny_pipeline

from sar_trainer.train.batches import Batch, Sampler
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.data import ImageFolder
from sar_trainer.train.diffusion import create
from sar_trainer.train.diffusion.task import DiffusionTask
from sar_trainer.train.draws import Draws
from sar_trainer.train.task import Setting

#: Two UNet levels, VAE factor 2, SDXL's old eos_token_id 2, no token <SAR>.
TOY: TinyModel = replace(
    EPS_VAE8, name="toy", unet_channels=(8, 16), vae_channels=(8, 8), merges=50, sar_token=False, eos_is_2=True
)
SIZE = 16
WEIGHTS = {
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "text_encoder_2": "model",
}


def write_model(folder: Path, model: TinyModel = TOY, **vae: Any) -> Path:
    """The toy pipeline as a diffusers folder; every matrix is drawn, also those that a new model would leave at zero."""
    tiny_pipeline(replace(model, vae=model.vae | vae)).save_pretrained(folder)
    return folder


def write_images(folder: Path, count: int = 4, seed: int = 0, captions: str = "A satellite view of a forest") -> Path:
    """An imagefolder of speckle, 20 x 18 pixels, with a box in each image."""
    generator = np.random.default_rng(seed)
    folder.mkdir()
    lines = []
    for k in range(count):
        pixels = np.minimum(generator.rayleigh(0.2 + 0.05 * k, (18, 20)), 1)
        Image.fromarray((pixels * 255).round().astype(np.uint8)).save(folder / f"{k}.png")
        lines.append({"file_name": f"{k}.png", "text": f"{captions} {k}", "labels": ["forest"], "mask": [[2, 3, 7, 9]]})
    (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def configuration(model: Path, train: Path, **changes: Any) -> TrainingConfig:
    """A configuration; ``changes`` are put into its sections, or replace them where they are no mappings."""
    values: dict[str, Any] = {
        "version": 1,
        "name": "toy",
        "task": "diffusion",
        "model": str(model),
        "data": {"train": str(train), "resolution": SIZE, "prompt": {"empty": 0.0}},
        "components": {"unet": {"train": "full"}},
        "training": {"steps": 2, "batch": 2},
        "validation": {"prompts": [], "images": 0},
    }
    for key, change in changes.items():
        mergeable = isinstance(change, dict) and key in ("data", "training", "validation")
        values[key] = values[key] | change if mergeable else change
    return TrainingConfig.of(values, train.parent)


def task(config: TrainingConfig) -> DiffusionTask:
    validation = None if config.data.validation is None else ImageFolder.open(config.data.validation)
    setting = Setting(
        device=torch.device("cpu"),
        dtype=torch.float32,
        train=ImageFolder.open(config.data.train),
        validation=validation,
        progress=lambda line: None,
        autocast=nullcontext,
    )
    return create(config, setting)


def image_batch(config: TrainingConfig, indices: tuple[int, ...] = (0, 1, 2)) -> Batch:
    """The first images of the training data."""
    return Sampler(ImageFolder.open(config.data.train), config.data, config.seed).batch(indices, 0)


def train(trained: DiffusionTask, batch: Any, steps: int = 2) -> list[float]:
    """A plain loop; returns the losses, the last one after the last step."""
    optimizers = []
    for trainable in trained.trainables:
        groups = [{"params": list(g.parameters.values()), "lr": g.learning_rate} for g in trainable.groups]
        optimizers.append(torch.optim.AdamW(groups))
    losses = []
    for step in range(steps + 1):
        loss = trained.loss("model", batch, Draws(0, 0, 0)).total
        losses.append(loss.item())
        if step < steps:
            loss.backward()
            for group in trained.trainables[0].groups:
                without = [name for name, parameter in group.parameters.items() if parameter.grad is None]
                assert not without
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad()
    return losses


def weights(folder: Path, network: str) -> dict[str, torch.Tensor]:
    state = load_file(folder / network / f"{WEIGHTS[network]}.safetensors")
    return {name.removeprefix("text_model."): value for name, value in state.items()}
