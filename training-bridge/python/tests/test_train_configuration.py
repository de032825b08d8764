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
from sar_trainer.train.config import ConfigurationError, LowResolution, TrainingConfig, schema

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
        if isinstance(node, dict):
            for key, child in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else []:
                if isinstance(child, dict) and "const" not in child and "allOf" not in path and "/then" not in path:
                    target = schema()["$defs"].get(child.get("$ref", "").rsplit("/", 1)[-1], {})
                    plain = set(child) <= {"propertyNames"} or path.endswith(("/components", "/else"))
                    assert plain or "description" in child or "description" in target, f"{path}/{key}"
            for key, child in node.items():
                if key not in {"allOf", "if"}:
                    look(child, f"{path}/{key}")
        elif isinstance(node, list):
            for child in node:
                look(child, path)

    look(schema(), "")


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


@pytest.mark.parametrize(
    ("line", "wrong", "message"),
    [
        (3, "task: difusion", "3: task: must be diffusion, autoencoder, controlnet or sar-clip, not 'difusion'."),
        (3, "task: difusion", "Did you mean diffusion?"),
        (2, "name: Whale", "2: name: 'Whale' is not of the right form"),
        (2, "nmae: whale", "2: nmae: unknown key. Did you mean name?"),
        (2, "nmae: whale", "name: missing. Name of the run"),
        (7, "  resolution: 10.5", "7: data.resolution: "),
        (7, "  resolution: 0", "7: data.resolution: must be at least 1, not 0."),
        (7, "  resolution: [64]", "7: data.resolution: "),
        (8, "  miror: true", "8: data.miror: unknown key. Did you mean mirror?"),
        (10, "  unet: {train: lora}", "10: components.unet.rank: missing; train: lora needs one."),
        (10, "  unet: {train: full, rank: 8}", "10: components.unet.rank: belongs to train: lora only."),
        (10, "  unet: {train: full, learning_rate: fast}", "learning_rate: must be a number, not 'fast'."),
        (10, "  controlnet: {train: full}", "10: components.controlnet: not a part of this task; its parts are unet"),
        (12, "training: {epochs: 8, steps: 100}", "12: training: give exactly one of epochs and steps."),
        (12, "training: {batch: 8}", "12: training: give exactly one of epochs and steps."),
        (12, "training: {steps: 1, device: gpu}", "12: training.device: 'gpu' is not of the right form: auto"),
        (12, "training: {steps: 1, precision: fp16, device: cpu}", "12: training.precision: fp16 does not train on a CPU"),
        (12, "training: {steps: 1}\ndiffusion: {timesteps: [0.5, 0.5]}", "13: diffusion.timesteps: the first fraction"),
        (12, "training: {steps: 1}\nautoencoder: {}", "13: autoencoder: belongs to another task."),
        (12, "training: {steps: 1}\ntoken: {txt: x}", "13: token.txt: unknown key. Did you mean text?"),
        (12, "training: {steps: 1}\nname: again", "13: name: there twice, first on line 2."),
        (12, "training: {steps: 1", "malformed YAML"),
        (11, "", "training: {epochs"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(line: int, wrong: str, message: str, tmp_path: Path) -> None:
    lines = DIFFUSION.splitlines()
    lines[line - 1] = wrong
    file = tmp_path / "wrong.yaml"
    file.write_text("\n".join(lines) + "\n")
    if not wrong:
        assert TrainingConfig.read(file).components.keys() == {"unet"}
        return
    with pytest.raises(UsageError) as error:
        TrainingConfig.read(file)
    assert message in str(error.value)
    assert str(error.value).startswith(f"{file}:") or str(error.value).startswith(f"{file}: ")


def test_the_error_knows_its_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        TrainingConfig.of(tiny_values(training__btach=1), tmp_path)
    assert error.value.key == "training.btach"
    with pytest.raises(ConfigurationError) as error:
        TrainingConfig.of(tiny_values(components={"vae_encoder": {"train": "frozen"}}), tmp_path)
    assert error.value.key == "components"


def test_files_that_are_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such configuration"):
        TrainingConfig.read(tmp_path / "none.yaml")
    for content in (b"- 1\n", b"", b"\xff\xfe\x00"):
        (tmp_path / "bad.yaml").write_bytes(content)
        with pytest.raises(UsageError, match=r"bad\.yaml"):
            TrainingConfig.read(tmp_path / "bad.yaml")


def test_missing_folders_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(DIFFUSION)
    with pytest.raises(ConfigurationError, match=r"a\.yaml:4: model: no such folder") as error:
        TrainingConfig.read_present(file)
    assert error.value.key == "model"


def test_a_mistake_does_not_wait_for_torch(tmp_path: Path) -> None:
    code = "import sys, sar_trainer.cli as c; r = c.main(sys.argv[1:]); sys.exit(r + 10 * ('torch' in sys.modules))"
    command = [sys.executable, "-c", code, "train", str(tmp_path / "none.yaml"), "--run", str(tmp_path / "run")]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, check=False)
    assert (run.returncode, b"No such configuration" in run.stderr) == (2, True)
