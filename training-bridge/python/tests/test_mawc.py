"""Mean absolute weight change against numpy, on folders whose weights were changed by known amounts."""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from diffusion_cases import write_model
from safetensors.torch import load_file, save_file

from sar_trainer import mawc
from sar_trainer.cli import main
from sar_trainer.errors import SarTrainerError

UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("mawc") / "before")


@pytest.fixture(scope="module")
def after(before: Path) -> Path:
    """Every weight of the UNet moved by noise; the first encoder has one more token and moved by a constant."""
    folder = shutil.copytree(before, before.with_name("after"))
    torch.manual_seed(0)
    unet = {name: value + 0.01 * torch.randn_like(value) for name, value in load_file(folder / UNET).items()}
    save_file(unet, folder / UNET)
    file = folder / "text_encoder/model.safetensors"
    text = load_file(file)
    table = "embeddings.token_embedding.weight"
    text = {name: value + 0.5 for name, value in text.items()}
    text[table] = torch.cat([text[table], torch.full((1, text[table].shape[1]), 99.0)])
    save_file(text, file)
    return folder


def test_layers_and_sub_blocks_are_those_of_numpy(before: Path, after: Path) -> None:
    old, new = (load_file(folder / UNET) for folder in (before, after))
    layers: dict[str, list[np.ndarray]] = defaultdict(list)
    for name, value in old.items():
        layers[name.rsplit(".", 1)[0]].append(np.abs(new[name].double().numpy() - value.double().numpy()).ravel())
    expected = {layer: np.concatenate(parts).mean() for layer, parts in layers.items()}
    changes = mawc.weight_changes(before, after, "unet")
    assert {change.layer: change.mawc for change in changes.layers} == pytest.approx(expected, rel=1e-6)
    blocks = {block.sub_block: block for block in changes.sub_blocks}
    resnet = [value for layer, value in expected.items() if layer.startswith("up_blocks.1.resnets.1.")]
    assert len(resnet) == blocks["up_blocks.1.resnets.1"].layers == 6
    assert blocks["up_blocks.1.resnets.1"].mawc == pytest.approx(np.mean(resnet), rel=1e-6)
    attention = [value for layer, value in expected.items() if layer.startswith("mid_block.attentions.0.")]
    assert blocks["mid_block.attentions.0"].mawc == pytest.approx(np.mean(attention), rel=1e-6)
    assert [name for name in blocks if "." not in name] == [
        "conv_in",
        "time_embedding",
        "add_embedding",
        "conv_norm_out",
        "conv_out",
    ]


def test_rows_that_only_one_vocabulary_has_do_not_count(before: Path, after: Path) -> None:
    changes = mawc.weight_changes(before, after, "text_encoder")
    assert all(change.mawc == pytest.approx(0.5, rel=1e-5) for change in changes.layers)
    assert {block.sub_block for block in changes.sub_blocks} >= {"embeddings", "encoder.layers.0", "encoder.layers.2"}


def test_what_did_not_change_is_zero(before: Path, after: Path) -> None:
    assert {change.mawc for change in mawc.weight_changes(before, after, "vae").layers} == {0.0}


def test_command_writes_table_and_chart(before: Path, after: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["mawc", str(before), str(after), "--out", str(tmp_path / "out"), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    with (tmp_path / "out/mawc.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    blocks = {(row["component"], row["sub_block"]): float(row["mawc"]) for row in rows if not row["layer"]}
    assert {(b["component"], b["sub_block"]): b["mawc"] for b in summary["sub_blocks"]} == pytest.approx(blocks, rel=1e-6)
    components = [row["component"] for row in rows]
    assert list(dict.fromkeys(components)) == ["unet", "vae", "text_encoder", "text_encoder_2"]
    svg = ElementTree.parse(tmp_path / "out/mawc.svg").getroot()
    bars = [bar for bar in svg.iter("{http://www.w3.org/2000/svg}rect") if len(bar)]
    widths = {bar[0].text.split(":")[0]: float(bar.get("width")) for bar in bars}
    assert len(widths) == len(blocks)
    largest = max(blocks.values())
    for (component, block), value in blocks.items():
        assert widths[f"{component} {block}"] == pytest.approx(520 * value / largest, abs=0.1)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mawc.csv", "mawc.svg"]


def test_other_models_and_unknown_components_are_refused(before: Path, after: Path, tmp_path: Path, capsys) -> None:
    other = shutil.copytree(before, tmp_path / "other")
    state = load_file(other / UNET)
    del state["conv_in.weight"]
    save_file(state, other / UNET)
    with pytest.raises(SarTrainerError, match=r"not of the same model.*conv_in\.weight"):
        mawc.weight_changes(before, other, "unet")
    state["conv_in.weight"] = torch.zeros(1)
    save_file(state, other / UNET)
    with pytest.raises(SarTrainerError, match=r"conv_in\.weight has the shapes"):
        mawc.weight_changes(before, other)
    assert main(["mawc", str(before), str(after), "--component", "nothing", "--out", str(tmp_path)]) == 2
    assert "text_encoder_2" in capsys.readouterr().err
