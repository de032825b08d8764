"""Each preset, made small: trained for two steps, saved, and read again."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import yaml
from diffusers import StableDiffusionXLPipeline
from diffusion_cases import WEIGHTS, weights, write_images, write_model

from sar_trainer import presets
from sar_trainer.cli import main
from sar_trainer.errors import UsageError

#: Run -> UNet, first and second text encoder (full, rank/alpha, -), images a step, the rest. From the paper's tables 2 to 6.
RUNS = {
    "lake-mont-9": ("full", "-", "-", 16),
    "soleil-up-7": ("full", "8/4", "8/4", 16),
    "mummy-pen-8": ("full", "full", "full", 16),
    "eau-vie-4": ("256/128", "full", "full", 16),
    "smile-road-5": ("256/128", "8/4", "full", 16),
    "rain-beach-6": ("256/128", "8/4", "8/4", 16),
    "umbrella-sand-8": ("256/128", "8/4", "8/4", 16),
    "king-kong-9": ("256/128", "full", "8/4", 16),
    "super-bowl-2": ("256/128", "8/4", "8/4", 16),
    "apple-color-6": ("full", "64/32", "64/32", 16),
    "fiber-network-6": ("full", "128/64", "128/64", 16),
    "screen-light-4": ("full", "256/128", "256/128", 16),
    "king-elephant-9": ("full", "8/4", "8/4", 32),
    "whale-north-8": ("full", "8/4", "8/4", 64),
    "boad-see-9": ("full", "8/4", "8/4", 128),
    "whale-north-8-refined": ("full", "8/4", "8/4", 64),
    "tour-reine-2": ("full", "8/4", "8/4", 64),
    "heart-rose-2": ("full", "8/4", "8/4", 64),
}
REFINED = {"whale-north-8-refined": "runs/whale-north-8/model", "heart-rose-2": "runs/tour-reine-2/model"}
TOKEN = {"tour-reine-2", "heart-rose-2"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("presets") / "sdxl")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    write_images(folder / "validation", count=1)
    return write_images(folder / "train").parent


def test_there_is_one_for_each_run_of_the_paper() -> None:
    assert presets.names() == sorted(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_it_says_what_the_paper_says(name: str) -> None:
    values = yaml.safe_load(presets.preset(name))
    unet, first, second, images = RUNS[name]
    for component, expected in (("unet", unet), ("text_encoder", first), ("text_encoder_2", second)):
        given = values["components"][component]
        found = f"{given['rank']}/{given['alpha']}" if given["train"] == "lora" else given["train"].replace("frozen", "-")
        assert found == expected
        assert given.get("learning_rate") in (None, 5e-5 if component == "unet" else 4e-5)
    training = values["training"]
    assert training["batch"] * training["accumulation"] == images
    assert training["batch"] <= 4
    assert training["epochs"] == (1 if name in REFINED else 8)
    assert values["model"] == REFINED.get(name, "sdxl")
    assert (values["data"]["train"], values["data"]["validation"]) == ("dataset/train", "dataset/validation")
    assert (values["name"], values["data"]["resolution"]) == (name, 1024)
    diffusion = values["diffusion"]
    assert diffusion["noise_offset"] == (0 if name == "umbrella-sand-8" else 0.035)
    assert (diffusion.get("timesteps") == [0, 0.15], diffusion.get("kl", {}).get("weight", 0) > 0) == (name in REFINED,) * 2
    assert values["components"]["vae_encoder"] == {"train": "frozen"}
    assert values["components"]["vae_decoder"]["train"] == ("full" if name in REFINED else "frozen")
    assert ("token" in values, "<SAR>" in str(values["data"]["prompt"])) == (name in TOKEN,) * 2
    assert (values["components"]["unet"].get("targets") == "attention+convolutions") == (name == "super-bowl-2")
    if name in REFINED or name in TOKEN:
        assert "VAE columns" in presets.preset(name)


@pytest.mark.parametrize("name", RUNS)
def test_it_runs_at_toy_scale(name: str, model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    values = yaml.safe_load(presets.preset(name))
    values["model"] = str(model)
    values["data"] |= {"train": str(data / "train"), "validation": str(data / "validation"), "resolution": 16}
    del values["training"]["epochs"]
    values["training"] |= {"steps": 2, "batch": 1, "accumulation": 2, "precision": "fp32", "device": "cpu"}
    values["validation"] |= {"prompts": values["validation"]["prompts"][:1], "steps": 1, "images": 1}
    values["export"]["bundle"] = False
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values))
    assert main(["train", str(tmp_path / "toy.yaml"), "--run", str(tmp_path / "run")]) == 0, capsys.readouterr().err

    changed = {
        network
        for network in WEIGHTS
        if any(
            after.shape != (before := weights(model, network)[key]).shape or not torch.equal(before, after)
            for key, after in weights(tmp_path / "run/model", network).items()
        )
    }
    expected = {"unet"} | ({"vae"} if name in REFINED else set())
    expected |= {
        encoder for encoder, mode in zip(("text_encoder", "text_encoder_2"), RUNS[name][1:3], strict=True) if mode != "-"
    }
    assert changed == expected
    pipeline = StableDiffusionXLPipeline.from_pretrained(tmp_path / "run/model", local_files_only=True)
    ids = pipeline.tokenizer_2("<SAR>", add_special_tokens=False).input_ids
    assert (len(ids) == 1) == (name in TOKEN)
    adapters = {file.name for file in (tmp_path / "run/adapters").iterdir()}
    has_lora = any("/" in mode for mode in RUNS[name][:3])
    assert adapters == {f"{name}-lora.safetensors" for _ in range(has_lora)} | {
        f"{name}-token.safetensors" for _ in range(name in TOKEN)
    }
    assert (tmp_path / "run/mawc.csv").is_file() and (tmp_path / "run/mawc.svg").is_file()


def test_the_command_lists_and_copies_them(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(RUNS)
    assert "LoRA 8/4 on both text encoders" in lines[sorted(RUNS).index("soleil-up-7")]
    assert main(["presets", "king-kong-9", "--out", str(tmp_path / "mine.yaml")]) == 0
    assert (tmp_path / "mine.yaml").read_text() == presets.preset("king-kong-9")
    assert main(["presets", "king-kong"]) == 2
    assert "king-kong-9" in capsys.readouterr().err
    with pytest.raises(UsageError):
        presets.preset("../training")
