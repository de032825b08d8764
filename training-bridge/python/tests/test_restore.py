"""A bundle turned back into a diffusers folder, bit for bit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from conftest import Controlled

from sar_trainer.cli import main
from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.restore import restore_diffusers
from sar_trainer.export.source import DiffusersFolder, ModelFolder, read_json


def networks(folder: Path, extra: tuple[Path, ...] = ()) -> list[ModelFolder]:
    opened = DiffusersFolder.open(folder, extra)
    return [*map(opened.model, opened.components), *opened.controlnets]


def same(before: ModelFolder, after: ModelFolder, dtype: torch.dtype) -> None:
    """Every parameter of ``after`` as it lies in its file has the bits of ``before`` in ``dtype``."""
    expected, found = before.load(dtype).state_dict(), after.load(dtype).state_dict()
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected), after.path.name


def test_single_precision(source: Path, bundle: Path, tmp_path: Path) -> None:
    assert main(["export", "--to-diffusers", str(bundle), str(tmp_path / "back")]) == 0
    for before, after in zip(networks(source), networks(tmp_path / "back"), strict=True):
        same(before, after, torch.float32)
        known = {key: value for key, value in before.config().items() if not key.startswith("_")}
        assert {key: after.config().get(key) for key in known} == known


def test_half_precision(source: Path, half_bundle: Path, tmp_path: Path) -> None:
    restore_diffusers(half_bundle, tmp_path / "back")
    for before, after in zip(networks(source), networks(tmp_path / "back"), strict=True):
        # force_upcast: the VAE of such a bundle is in single precision.
        same(before, after, torch.float32 if after.path.name == "vae" else torch.float16)


def test_controlnets_come_back_in_their_order(controlled: Controlled, tmp_path: Path) -> None:
    restore_diffusers(controlled.bundle, tmp_path / "back")
    before, after = networks(controlled.source, (controlled.extra,)), networks(tmp_path / "back")
    assert [network.path.name for network in after[-2:]] == ["controlnet", "controlnet_1"]
    for one, other in zip(before, after, strict=True):
        same(one, other, torch.float32)


def test_a_bundle_made_of_the_restored_folder_is_the_same(half_bundle: Path, tmp_path: Path) -> None:
    restore_diffusers(half_bundle, tmp_path / "back")
    assert main(["export", str(tmp_path / "back"), str(tmp_path / "again"), "--dtype", "fp16"]) == 0
    for file in sorted(half_bundle.rglob("model.onnx_data")):
        assert (tmp_path / "again" / file.relative_to(half_bundle)).read_bytes() == file.read_bytes(), file


def test_what_can_not_be_turned_back_is_refused_and_leaves_nothing(source: Path, bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no bundle"):
        restore_diffusers(source, tmp_path / "back")
    with pytest.raises(UsageError, match="already exists"):
        restore_diffusers(bundle, tmp_path)
    other = tmp_path / "other"
    shutil.copytree(bundle, other)
    config = read_json(other / "sar_config.json")
    config["weights"]["unet"]["conv_in.weight"]["initializer"] = "nowhere"
    (other / "sar_config.json").write_text(json.dumps(config))
    with pytest.raises(SarTrainerError, match="nowhere"):
        restore_diffusers(other, tmp_path / "back")
    del config["weights"]
    (other / "sar_config.json").write_text(json.dumps(config))
    with pytest.raises(UsageError, match="where weights lie"):
        restore_diffusers(other, tmp_path / "back")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]
