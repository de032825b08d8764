"""``--optimize cuda``: each attention becomes one operator, the numbers stay, and so does every weight."""

from __future__ import annotations

import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import jsonschema
import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime
import pytest
from conftest import Controlled
from onnx import numpy_helper
from test_bundle import SCHEMA

from sar_trainer.cli import main
from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export import ExportRequest, export_bundle
from sar_trainer.export.fusion import fuse_attention

#: Attentions of the tiny pipeline: three layers in each text encoder, one in the middle of each half of the VAE; self- and
#: cross-attention in each of the UNet's four transformer blocks, and in each of a ControlNet's two.
ATTENTIONS = {"text_encoder": 3, "text_encoder_2": 3, "vae_encoder": 1, "vae_decoder": 1, "unet": 8}


def fused_copy(graph: Path, folder: Path) -> Path:
    """A copy of a graph and of its data file, fused."""
    copy = Path(shutil.copytree(graph.parent, folder)) / graph.name
    fuse_attention(copy)
    return copy


def random_inputs(session: onnxruntime.InferenceSession) -> dict[str, np.ndarray]:
    """Random inputs, twice in a batch; other sizes than those the graph was traced with."""
    random = np.random.default_rng(8)
    sizes = {"batch": 2, "tokens": 77, "height": 12, "width": 20, "latent_height": 6, "latent_width": 10}
    sizes |= {"image_height": 24, "image_width": 40}
    inputs = {}
    for value in session.get_inputs():
        shape = [sizes.get(axis, axis) for axis in value.shape]
        if value.type == "tensor(int64)":
            inputs[value.name] = random.integers(0, 564, shape)
            inputs[value.name][:, 40:] = 563  # <|endoftext|>
        else:
            kind = np.float16 if value.type == "tensor(float16)" else np.float32
            inputs[value.name] = random.standard_normal(shape).astype(kind)
    return inputs


def largest_deviation(found: Path, expected: Path) -> float:
    sessions = [onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"]) for file in (found, expected)]
    inputs = random_inputs(sessions[0])
    pairs = zip(*(session.run(None, inputs) for session in sessions), strict=True)
    return max(float(np.abs(a.astype(np.float64) - b).max() / b.astype(np.float64).std()) for a, b in pairs)


def operators(graph: Path) -> list[str]:
    return [node.op_type for node in onnx.load(graph, load_external_data=False).graph.node]


@pytest.mark.parametrize("graph", ATTENTIONS)
def test_every_attention_is_fused_and_the_numbers_stay(graph: str, bundle: Path, half_bundle: Path, tmp_path: Path) -> None:
    for kind, original, tolerance in (("fp32", bundle, 2e-5), ("fp16", half_bundle, 1e-2)):
        before = original / graph / "model.onnx"
        after = fused_copy(before, tmp_path / kind)
        assert operators(after).count("MultiHeadAttention") == ATTENTIONS[graph] == operators(before).count("Softmax")
        assert "Softmax" not in operators(after)
        assert largest_deviation(after, before) < tolerance
        assert (after.parent / "model.onnx_data").read_bytes() == (before.parent / "model.onnx_data").read_bytes()


def test_every_weight_stays_under_its_name(bundle: Path, tmp_path: Path) -> None:
    weights = json.loads((bundle / "sar_config.json").read_text())["weights"]["unet"]
    after = fused_copy(bundle / "unet/model.onnx", tmp_path / "unet")

    def values(file: Path) -> dict[str, np.ndarray]:
        return {i.name: numpy_helper.to_array(i) for i in onnx.load(file).graph.initializer}

    old, new = values(bundle / "unet/model.onnx"), values(after)
    assert len(weights) > 200
    for entry in weights.values():
        np.testing.assert_array_equal(new[entry["initializer"]], old[entry["initializer"]])
    used = {name for node in onnx.load(after, load_external_data=False).graph.node for name in node.input}
    assert {entry["initializer"] for entry in weights.values()} <= used


def test_a_fused_bundle_with_a_controlnet(controlled: Controlled, tmp_path: Path) -> None:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        arguments = [controlled.source, tmp_path / "bundle", "--controlnet", controlled.extra, "--optimize", "cuda", "--json"]
        assert main(["export", *map(str, arguments)]) == 0, err.getvalue()
    assert "unet: 8 fused into MultiHeadAttention" in err.getvalue()
    expected = {graph: {"MultiHeadAttention": count} for graph, count in {**ATTENTIONS, "unet_controlnet": 16}.items()}
    assert {report["graph"]: report["fused"] for report in json.loads(out.getvalue())["graphs"]} == expected
    card = json.loads((tmp_path / "bundle/sar_config.json").read_text())
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(card)
    assert card["optimized_for"] == "cuda"
    assert {graph: entry["fused"] for graph, entry in card["graphs"].items()} == expected
    assert max(entry["largest_deviation_from_torch"] for entry in card["graphs"].values()) < 1e-4
    plain = json.loads((controlled.bundle / "sar_config.json").read_text())
    assert card["weights"] == plain["weights"]
    assert "optimized_for" not in plain and "fused" not in plain["graphs"]["unet"]


def test_an_attention_of_another_form_is_refused(bundle: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bundle / "vae_decoder", tmp_path / "vae_decoder")) / "model.onnx"
    model = ir.load(copy)
    (softmax,) = [node for node in model.graph if node.op_type == "Softmax"]
    softmax.attributes["axis"] = ir.AttrInt64("axis", 2)
    ir.save(model, copy)
    before = copy.read_bytes()
    with pytest.raises(SarTrainerError, match="vae_decoder: 1 of 1 attentions have a form that can't be fused"):
        fuse_attention(copy)
    assert copy.read_bytes() == before


def test_unknown_target(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'rocm'\. Known: none, cuda"):
        export_bundle(ExportRequest(bundle, tmp_path / "b", optimize="rocm"))
