"""The configuration of a training run: defaults, and what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from training_runs import tiny_values

from sar_trainer.errors import UsageError
from sar_trainer.train.config import LowResolution, TrainingConfig
from sar_trainer.train.schema import ConfigurationError, dereferenced, schema

DIFFUSION = """\
version: 1
name: whale-north-8
task: diffusion
model: ../sdxl
data:
  train: ../dataset/train
  resolution: 1024
  prompt: {replace: {"A satellite view of": "A <SAR> image of"}}
components:
  unet: {train: full, learning_rate: 5e-5}
  text_encoder: {train: lora, rank: 8, learning_rate: 4.0e-5}
training: {epochs: 8, accumulation: 64}
"""


def test_the_schema_is_one_and_says_what_every_key_means() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())

    def look(node: Any, path: str) -> None:
        for key, child in node.get("properties", {}).items():
            found = dereferenced(child)
            assert "description" in found or path == "/components", f"{path}/{key}"
            look(found, f"{path}/{key}")

    look(schema(), "")
    for kind in ("low_resolution", "edges", "segmentation", "paired"):
        described = schema()["$defs"][kind]["properties"]
        assert all("description" in child for key, child in described.items() if key != "kind"), kind


def test_defaults_and_relative_paths(tmp_path: Path) -> None:
    file = tmp_path / "recipes" / "whale.yaml"
    file.parent.mkdir()
    file.write_text(DIFFUSION)
    config = TrainingConfig.read(file)
    assert config.model == tmp_path / "sdxl"
    assert config.data.train == tmp_path / "dataset" / "train"
    assert config.data.resolution == (1024, 1024)
    assert (config.component("unet").train, config.component("unet").learning_rate) == ("full", 5e-5)
    assert config.component("text_encoder").alpha == 4.0, "half of the rank, as in the paper"
    assert not config.component("vae_decoder").trained
    assert config.diffusion.noise_offset == 0.035
    assert config.autoencoder is None and config.token is None
    assert (config.training.epochs, config.training.steps, config.training.ema) == (8, None, None)


def test_the_effective_configuration_means_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(DIFFUSION)
    config = TrainingConfig.read(file)
    elsewhere = tmp_path / "elsewhere" / "b.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(yaml.safe_dump(config.values))
    again = TrainingConfig.read(elsewhere)
    assert again == config
    assert again.digest == config.digest


def test_the_digest_is_of_the_recipe_not_of_the_place(tmp_path: Path) -> None:
    here, there = (TrainingConfig.of(tiny_values(), tmp_path / place) for place in ("here", "there"))
    assert here.digest == there.digest
    assert TrainingConfig.of(tiny_values(seed=4), tmp_path).digest != here.digest


def test_each_kind_of_condition_has_defaults(tmp_path: Path) -> None:
    values = tiny_values(task="controlnet", components={"controlnet": {"train": "full"}})
    del values["autoencoder"]
    assert TrainingConfig.of(values, tmp_path).controlnet.condition == LowResolution(0.40, 1.35, 1)
    values["controlnet"] = {"from": "earlier", "condition": {"kind": "paired"}}
    config = TrainingConfig.of(values, tmp_path)
    assert config.controlnet.condition.column == "control"
    assert config.controlnet.start == tmp_path / "earlier"


CASES = yaml.safe_load((Path(__file__).parent / "data" / "refused_configurations.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.get("with", "allowed")))
def test_the_schema_blames_the_key_at_fault(case: dict[str, Any], tmp_path: Path) -> None:
    if "with" not in case:
        assert TrainingConfig.of(case["base"], tmp_path).name == "a"
        return
    with pytest.raises(ConfigurationError) as error:
        TrainingConfig.of(case["base"] | case["with"], tmp_path)
    assert error.value.key == case["key"], str(error.value)


@pytest.mark.parametrize(
    ("line", "wrong", "message"),
    [
        (2, "nmae: whale", "2: nmae: unknown key. Did you mean name?"),
        (2, "nmae: whale", ": name: missing."),
        (7, "  resolution: 0", "7: data.resolution: 0 is less than the minimum of 1."),
        (10, "  unet: {train: full, rank: 8}", "10: components.unet.rank: goes with train: lora only."),
        (10, "  controlnet: {train: full}", "10: components.controlnet: does not go with this task; unet, "),
        (12, "training: {batch: 8}", "12: training.epochs: give either epochs or steps."),
        (12, "training: {steps: 1}\ndiffusion: {timesteps: [0.5, 0.5]}", "13: diffusion.timesteps.1: the second fraction"),
        (12, "training: {steps: 1}\nname: again", "13: name: there twice, first on line 2."),
        (12, "training: {steps: 1", "malformed YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(line: int, wrong: str, message: str, tmp_path: Path) -> None:
    lines = DIFFUSION.splitlines()
    lines[line - 1] = wrong
    file = tmp_path / "wrong.yaml"
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(UsageError) as error:
        TrainingConfig.read(file)
    assert f"{file}:" in str(error.value) and message in str(error.value)


def test_files_that_are_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such configuration"):
        TrainingConfig.read(tmp_path / "none.yaml")
    for content in (b"- 1\n", b"", b"\xff\xfe\x00"):
        (tmp_path / "bad.yaml").write_bytes(content)
        with pytest.raises(UsageError, match=r"bad\.yaml"):
            TrainingConfig.read(tmp_path / "bad.yaml")


def test_a_mistake_does_not_wait_for_torch(tmp_path: Path) -> None:
    code = "import sys, sar_trainer.cli as c; r = c.main(sys.argv[1:]); sys.exit(r + 10 * ('torch' in sys.modules))"
    command = [sys.executable, "-c", code, "train", str(tmp_path / "none.yaml"), "--run", str(tmp_path / "run")]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, check=False)
    assert (run.returncode, b"No such configuration" in run.stderr) == (2, True)
