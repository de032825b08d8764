"""A tiny pipeline and its bundles, made once: an export takes seconds even when the model is tiny."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_models import EPS_VAE8, TinyModel, tiny_pipeline

from sar_trainer.export import ExportRequest, export_bundle

#: Smaller still than the models of the golden values: two UNet levels, two VAE levels.
SMALLEST: TinyModel = replace(EPS_VAE8, name="smallest", unet_channels=(8, 16), vae_channels=(8, 8), merges=50)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diffusers folder, float32, whose VAE asks for float32 (``force_upcast``)."""
    folder = tmp_path_factory.mktemp("diffusers") / "smallest"
    tiny_pipeline(SMALLEST).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def bundle(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fp32 bundle of ``source``."""
    target = tmp_path_factory.mktemp("bundles") / "fp32"
    export_bundle(ExportRequest(source, target))
    return target


@pytest.fixture(scope="session")
def half_bundle(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fp16 bundle of ``source``."""
    target = tmp_path_factory.mktemp("bundles") / "fp16"
    export_bundle(ExportRequest(source, target, dtype="fp16"))
    return target


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
