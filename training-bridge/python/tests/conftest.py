"""A tiny pipeline and its bundles, made once: an export takes seconds even when the model is tiny."""

from __future__ import annotations

import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from tiny_models import EPS_VAE8, TinyModel, tiny_controlnet, tiny_pipeline

from sar_trainer.cli import main
from sar_trainer.export import bundle as bundles
from sar_trainer.train.config import ExportConfig
from sar_trainer.train.task import Saved, export_pipeline

#: Smaller still than the models of the golden values: two UNet levels, two VAE levels.
SMALLEST: TinyModel = replace(EPS_VAE8, name="smallest", unet_channels=(8, 16), vae_channels=(8, 8), merges=50)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diffusers folder, float32, whose VAE asks for float32 (``force_upcast``)."""
    folder = tmp_path_factory.mktemp("diffusers") / "smallest"
    pipeline = tiny_pipeline(SMALLEST)
    with torch.no_grad():
        # Values that tempt a simplifier to drop or to merge weights; real models have such.
        pipeline.vae.encoder.conv_in.bias.zero_()
        pipeline.unet.conv_norm_out.weight.fill_(1)
        pipeline.unet.conv_norm_out.bias.zero_()
        pipeline.unet.time_embedding.linear_2.bias.zero_()
        pipeline.unet.add_embedding.linear_2.bias.zero_()
        pipeline.unet.mid_block.attentions[0].proj_out.weight.zero_()
        pipeline.unet.mid_block.resnets[0].conv1.bias.zero_()
    pipeline.save_pretrained(folder)
    return folder


@dataclass(frozen=True)
class CommandRun:
    """What ``sar-trainer export`` wrote and said."""

    bundle: Path
    exit_code: int
    stdout: str
    stderr: str


CARD = """
name: from the card
training: drawn at random
recommended: {steps: 7, scheduler: euler}
"""


@pytest.fixture(scope="session")
def exported(source: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandRun:
    """The command run on ``source``: with a card, over an old bundle, and with the UNet exported in a process of its own."""
    folder = tmp_path_factory.mktemp("command")
    (folder / "card.yaml").write_text(CARD)
    target = folder / "bundle"
    target.mkdir()
    (target / "model_index.json").write_text("{}")
    (target / "old").write_text("")
    arguments = ["export", source, target, "--overwrite", "--card", folder / "card.yaml", "--licence", "Apache-2.0", "--json"]
    size = (source / "unet/diffusion_pytorch_model.safetensors").stat().st_size
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        patch.setattr(bundles, "ISOLATE_BYTES", size - 1)
        code = main([str(argument) for argument in arguments])
    return CommandRun(target, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def bundle(exported: CommandRun) -> Path:
    """The fp32 bundle of ``source``."""
    return exported.bundle


@pytest.fixture(scope="session")
def half_bundle(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fp16 bundle of ``source``, exported as a training run does it."""
    target = tmp_path_factory.mktemp("bundles") / "fp16"
    export_pipeline(Saved(source, (), export_pipeline), ExportConfig(True, "fp16", None, True), "half", target, print)
    return target


@dataclass(frozen=True)
class Controlled:
    """A bundle with two ControlNets: one in the diffusers folder, one given by ``--controlnet``."""

    source: Path
    extra: Path
    bundle: Path


@pytest.fixture(scope="session")
def controlled(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Controlled:
    """``source`` with its ControlNets, exported by the command."""
    folder = tmp_path_factory.mktemp("controlled")
    ours, extra, bundle = folder / "source", folder / "edges", folder / "bundle"
    shutil.copytree(source, ours)
    pipeline = StableDiffusionXLPipeline.from_pretrained(source)
    tiny_controlnet(pipeline, 5).save_pretrained(ours / "controlnet")
    tiny_controlnet(pipeline, 6).save_pretrained(extra)
    with redirect_stderr(StringIO()):
        assert main(["export", str(ours), str(bundle), "--controlnet", str(extra)]) == 0
    return Controlled(ours, extra, bundle)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
