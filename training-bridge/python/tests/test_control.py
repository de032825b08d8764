"""ControlNets baked into the UNet: diffusers' numbers, shared weights, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import Controlled
from diffusers import ControlNetModel, MultiControlNetModel, UNet2DConditionModel
from onnx import numpy_helper
from safetensors.torch import load_file
from test_bundle import SCHEMA
from test_failures import refused

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export import ExportRequest, export_bundle

RESIDUALS = 5


def controlled_session(bundle: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(bundle / "unet/model_controlnet.onnx"), providers=["CPUExecutionProvider"])


def random_inputs(batch: int, height: int, width: int) -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(batch)
    return {
        "sample": torch.randn(batch, 4, height, width, generator=random),
        "timestep": torch.tensor([412.5]),
        "encoder_hidden_states": torch.randn(batch, 77, 80, generator=random),
        "text_embeds": torch.randn(batch, 40, generator=random),
        "time_ids": torch.randint(0, 1024, (batch, 6), generator=random).float(),
        "controlnet_images": torch.rand(2, batch, 3, 2 * height, 2 * width, generator=random),
    }


def diffusers_prediction(
    controlled: Controlled, inputs: dict[str, torch.Tensor], scales: list[float], guess_mode: bool
) -> np.ndarray:
    """What the loop of ``StableDiffusionXLControlNetPipeline`` computes; in guess mode the first half of the batch is without
    the prompt and without control."""
    unet = UNet2DConditionModel.from_pretrained(controlled.source, subfolder="unet")
    nets = [ControlNetModel.from_pretrained(path) for path in (controlled.source / "controlnet", controlled.extra)]
    first = len(inputs["sample"]) // 2 if guess_mode else 0
    added = {key: inputs[key] for key in ("text_embeds", "time_ids")}
    with torch.no_grad():
        down, middle = MultiControlNetModel(nets)(
            inputs["sample"][first:],
            inputs["timestep"],
            inputs["encoder_hidden_states"][first:],
            [images[first:] for images in inputs["controlnet_images"]],
            scales,
            added_cond_kwargs={key: value[first:] for key, value in added.items()},
            guess_mode=guess_mode,
            return_dict=False,
        )
        if guess_mode:
            down = [torch.cat([torch.zeros_like(d), d]) for d in down]
            middle = torch.cat([torch.zeros_like(middle), middle])
        return unet(
            inputs["sample"],
            inputs["timestep"],
            inputs["encoder_hidden_states"],
            added_cond_kwargs=added,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
        ).sample.numpy()


@pytest.mark.parametrize(("batch", "height", "width"), [(2, 10, 4), (4, 6, 16)])
@pytest.mark.parametrize("scales", [[1.0, 1.0], [0.7, 1.3], [0.0, 0.4], [0.0, 0.0]])
@pytest.mark.parametrize("guess_mode", [False, True])
def test_prediction_is_diffusers(
    controlled: Controlled, batch: int, height: int, width: int, scales: list[float], guess_mode: bool
) -> None:
    inputs = random_inputs(batch, height, width)
    expected = diffusers_prediction(controlled, inputs, scales, guess_mode)
    weights = np.ones((batch, RESIDUALS), np.float32)
    if guess_mode:
        weights[: batch // 2] = 0
        weights[batch // 2 :] = np.logspace(-1, 0, RESIDUALS)
    feeds = {name: tensor.numpy() for name, tensor in inputs.items()}
    feeds |= {"controlnet_scales": np.array(scales, np.float32), "controlnet_residual_weights": weights}
    (found,) = controlled_session(controlled.bundle).run(None, feeds)
    assert np.abs(found - expected).max() / expected.std() < 1e-5


def test_inputs(controlled: Controlled) -> None:
    inputs = {i.name: (i.type, i.shape) for i in controlled_session(controlled.bundle).get_inputs()}
    assert inputs["controlnet_images"] == ("tensor(float)", [2, "batch", 3, "image_height", "image_width"])
    assert inputs["controlnet_scales"] == ("tensor(float)", [2])
    assert inputs["controlnet_residual_weights"] == ("tensor(float)", ["batch", RESIDUALS])


def test_the_unets_weights_are_shared_on_disk(controlled: Controlled) -> None:
    def places(file: str) -> dict[str, dict[str, str]]:
        model = onnx.load(controlled.bundle / "unet" / file, load_external_data=False)
        return {
            i.name: {entry.key: entry.value for entry in i.external_data} for i in model.graph.initializer if i.external_data
        }

    plain, baked = places("model.onnx"), places("model_controlnet.onnx")
    assert len(plain) > 40
    assert {name: baked[name] for name in plain} == plain
    own = {name: place for name, place in baked.items() if name not in plain}
    assert {place["location"] for place in own.values()} == {"model_controlnet.onnx_data"}
    sizes = [(controlled.bundle / "unet" / f"{file}_data").stat().st_size for file in ("model.onnx", "model_controlnet.onnx")]
    assert sizes[1] <= sum(int(place["length"]) for place in own.values()) + 4096 * len(own)
    assert all(name.startswith(("controlnet.", "controlnet_1.", "val_")) for name in own), sorted(own)


def test_names_and_description(controlled: Controlled) -> None:
    config = json.loads((controlled.bundle / "sar_config.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(config)
    graph = config["graphs"]["unet_controlnet"]
    assert graph["file"] == "unet/model_controlnet.onnx"
    assert graph["controlnets"] == ["controlnet", "edges"]
    assert graph["largest_deviation_from_torch"] < 1e-4
    names = config["weights"]["unet_controlnet"]
    checkpoint = load_file(controlled.source / "unet/diffusion_pytorch_model.safetensors")
    for prefix, folder in (("controlnet", controlled.source / "controlnet"), ("controlnet_1", controlled.extra)):
        for key, value in load_file(folder / "diffusion_pytorch_model.safetensors").items():
            checkpoint[f"{prefix}.{key}"] = value
    assert set(names) == set(checkpoint)
    stored = {
        i.name: numpy_helper.to_array(i, str(controlled.bundle / "unet"))
        for i in onnx.load(controlled.bundle / "unet/model_controlnet.onnx").graph.initializer
    }
    for key, entry in names.items():
        expected = checkpoint[key].numpy()
        np.testing.assert_array_equal(stored[entry["initializer"]], expected.T if entry["transposed"] else expected)


def test_half_precision(controlled: Controlled, tmp_path: Path) -> None:
    export_bundle(ExportRequest(controlled.source, tmp_path / "half", dtype="fp16"))
    inputs = random_inputs(2, 8, 6)
    inputs["controlnet_images"] = inputs["controlnet_images"][:1]
    feeds = {name: tensor.numpy() for name, tensor in inputs.items()}
    for name in ("sample", "encoder_hidden_states", "controlnet_images"):
        feeds[name] = feeds[name].astype(np.float16)
    feeds |= {
        "controlnet_scales": np.array([0.8], np.float32),
        "controlnet_residual_weights": np.ones((2, RESIDUALS), np.float32),
    }
    (found,) = controlled_session(tmp_path / "half").run(None, feeds)
    two = random_inputs(2, 8, 6)
    expected = diffusers_prediction(controlled, two, [0.8, 0.0], False)
    assert np.abs(found.astype(np.float32) - expected).max() / expected.std() < 3e-2


def test_a_controlnet_of_another_unet_is_refused(controlled: Controlled, tmp_path: Path) -> None:
    other = Path(shutil.copytree(controlled.extra, tmp_path / "other"))
    file = other / "config.json"
    config = json.loads(file.read_text())
    cases = {
        "another UNet": {"block_out_channels": [8, 32]},
        "4 channels": {"conditioning_channels": 4},
        "shrinks its control image 4 times": {"conditioning_embedding_out_channels": [4, 8, 8]},
        "global_pool_conditions": {"global_pool_conditions": True},
        "is a UNet2DConditionModel": {"_class_name": "UNet2DConditionModel"},
    }
    for message, change in cases.items():
        file.write_text(json.dumps(config | change))
        with pytest.raises(SarTrainerError, match=message):
            export_bundle(ExportRequest(controlled.source, tmp_path / "out", controlnets=(other,)))
    (other / "diffusion_pytorch_model.safetensors").write_bytes(b"\xff" * 64)
    file.write_text(json.dumps(config))
    with pytest.raises(SarTrainerError, match="not a readable safetensors file"):
        export_bundle(ExportRequest(controlled.source, tmp_path / "out", controlnets=(other,)))
    with pytest.raises(UsageError, match="no ControlNet"):
        export_bundle(ExportRequest(controlled.source, tmp_path / "out", controlnets=(tmp_path / "nowhere",)))


def test_the_command_says_so(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    message = refused(capsys, 2, source, tmp_path / "out", "--controlnet", tmp_path / "nowhere")
    assert "is no ControlNet" in message
