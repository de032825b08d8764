"""A bundle as others will read it: layout, names, types, numbers, hashes, weight names."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from onnx import numpy_helper
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTextModelWithProjection

SCHEMA = Path(__file__).resolve().parents[3] / "models/src/main/resources/org/sardiffusion/models/sar_config.schema.json"
GRAPHS = {"text_encoder", "text_encoder_2", "unet", "vae_encoder", "vae_decoder"}
HIDDEN = [f"hidden_states.{k}" for k in range(4)]


def session(bundle: Path, graph: str) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(bundle / graph / "model.onnx"), providers=["CPUExecutionProvider"])


def close(found: np.ndarray, expected: torch.Tensor, tolerance: float) -> None:
    assert found.shape == tuple(expected.shape)
    error = np.abs(found.astype(np.float64) - expected.double().numpy()).max() / expected.double().std().item()
    assert error < tolerance, error


def test_layout(bundle: Path) -> None:
    files = {file.relative_to(bundle).as_posix() for file in bundle.rglob("*") if file.is_file()}
    expected = {"model_index.json", "sar_config.json", "scheduler/scheduler_config.json"}
    expected |= {
        f"{part}/{name}" for part in ("tokenizer", "tokenizer_2") for name in ("tokenizer.json", "tokenizer_config.json")
    }
    expected |= {f"{graph}/{name}" for graph in GRAPHS for name in ("config.json", "model.onnx", "model.onnx_data")}
    assert files == expected


def test_names_types_and_axes(bundle: Path, half_bundle: Path) -> None:
    def describe(folder: Path, graph: str) -> tuple[dict, dict]:
        of = session(folder, graph)
        return ({i.name: (i.type, i.shape) for i in of.get_inputs()}, {o.name: (o.type, o.shape) for o in of.get_outputs()})

    for folder, kind, vae in ((bundle, "tensor(float)", "tensor(float)"), (half_bundle, "tensor(float16)", "tensor(float)")):
        inputs, outputs = describe(folder, "unet")
        assert inputs == {
            "sample": (kind, ["batch", 4, "height", "width"]),
            "timestep": ("tensor(float)", [1]),
            "encoder_hidden_states": (kind, ["batch", "tokens", 80]),
            "text_embeds": ("tensor(float)", ["batch", 40]),
            "time_ids": ("tensor(float)", ["batch", 6]),
        }
        assert outputs == {"out_sample": (kind, ["batch", 4, "height", "width"])}
        inputs, outputs = describe(folder, "text_encoder")
        assert inputs == {"input_ids": ("tensor(int64)", ["batch", "tokens"])}
        assert list(outputs) == ["last_hidden_state", "pooler_output", *HIDDEN]
        assert outputs["hidden_states.2"] == (kind, ["batch", "tokens", 32])
        inputs, outputs = describe(folder, "text_encoder_2")
        assert list(outputs) == ["text_embeds", "last_hidden_state", *HIDDEN]
        assert outputs["text_embeds"] == (kind, ["batch", 40])
        # force_upcast: the VAE stays float32 in a half-precision bundle.
        inputs, outputs = describe(folder, "vae_encoder")
        assert inputs == {"sample": (vae, ["batch", 3, "height", "width"])}
        assert outputs == {"latent_parameters": (vae, ["batch", 8, "latent_height", "latent_width"])}
        inputs, outputs = describe(folder, "vae_decoder")
        assert inputs == {"latent_sample": (vae, ["batch", 4, "latent_height", "latent_width"])}
        assert outputs == {"sample": (vae, ["batch", 3, "height", "width"])}


@pytest.mark.parametrize(("batch", "height", "width"), [(1, 10, 4), (4, 6, 16)])
def test_unet_is_torchs_at_other_sizes(
    source: Path, bundle: Path, half_bundle: Path, batch: int, height: int, width: int
) -> None:
    random = torch.Generator().manual_seed(batch)
    sample = torch.randn(batch, 4, height, width, generator=random)
    context = torch.randn(batch, 77, 80, generator=random)
    pooled = torch.randn(batch, 40, generator=random)
    numbers = torch.randint(0, 1024, (batch, 6), generator=random).float()
    unet = UNet2DConditionModel.from_pretrained(source, subfolder="unet")
    with torch.no_grad():
        expected = unet(
            sample, torch.tensor(737.25), context, added_cond_kwargs={"text_embeds": pooled, "time_ids": numbers}
        ).sample
    for folder, kind, tolerance in ((bundle, np.float32, 1e-4), (half_bundle, np.float16, 3e-2)):
        inputs = {
            "sample": sample.numpy().astype(kind),
            "timestep": np.array([737.25], np.float32),
            "encoder_hidden_states": context.numpy().astype(kind),
            "text_embeds": pooled.numpy(),
            "time_ids": numbers.numpy(),
        }
        (found,) = session(folder, "unet").run(None, inputs)
        close(found, expected, tolerance)


def test_text_encoders_are_transformers(source: Path, bundle: Path, half_bundle: Path) -> None:
    ids = torch.randint(0, 500, (3, 77), generator=torch.Generator().manual_seed(5))
    for k, end in enumerate((5, 40, 76)):
        ids[k, end:] = 563  # <|endoftext|>
    first = CLIPTextModel.from_pretrained(source, subfolder="text_encoder")
    second = CLIPTextModelWithProjection.from_pretrained(source, subfolder="text_encoder_2")
    assert first.config.eos_token_id == 563
    with torch.no_grad():
        a, b = first(ids, output_hidden_states=True), second(ids, output_hidden_states=True)
    for folder, tolerance in ((bundle, 1e-4), (half_bundle, 3e-2)):
        found = session(folder, "text_encoder").run(None, {"input_ids": ids.numpy()})
        for value, expected in zip(found, (a.last_hidden_state, a.pooler_output, *a.hidden_states), strict=True):
            close(value, expected, tolerance)
        found = session(folder, "text_encoder_2").run(None, {"input_ids": ids.numpy()})
        for value, expected in zip(found, (b.text_embeds, b.last_hidden_state, *b.hidden_states), strict=True):
            close(value, expected, tolerance)


def test_vae_is_diffusers(source: Path, bundle: Path) -> None:
    random = torch.Generator().manual_seed(6)
    image, latents = torch.rand(3, 3, 36, 20, generator=random) * 2 - 1, torch.randn(2, 4, 9, 14, generator=random)
    vae = AutoencoderKL.from_pretrained(source, subfolder="vae")
    with torch.no_grad():
        moments, decoded = vae.encode(image).latent_dist.parameters, vae.decode(latents).sample
    (found,) = session(bundle, "vae_encoder").run(None, {"sample": image.numpy()})
    close(found, moments, 1e-4)
    (found,) = session(bundle, "vae_decoder").run(None, {"latent_sample": latents.numpy()})
    close(found, decoded, 1e-4)


def test_sar_config_fits_its_schema(bundle: Path, half_bundle: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for folder in (bundle, half_bundle):
        config = json.loads((folder / "sar_config.json").read_text(encoding="utf-8"))
        validator.validate(config)
        assert config["trigger_token"] == "<SAR>"
        assert set(config["graphs"]) == set(config["weights"]) == GRAPHS
    assert config["name"] == "half"
    config["files"]["../outside"] = config["files"]["model_index.json"]
    assert not validator.is_valid(config)


def test_hashes(bundle: Path) -> None:
    config = json.loads((bundle / "sar_config.json").read_text(encoding="utf-8"))
    there = {file.relative_to(bundle).as_posix() for file in bundle.rglob("*") if file.is_file()}
    assert set(config["files"]) == there - {"sar_config.json"}
    for name, record in config["files"].items():
        data = (bundle / name).read_bytes()
        assert (record["bytes"], record["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_every_weight_of_the_checkpoint_is_where_the_map_says(source: Path, bundle: Path) -> None:
    weights = json.loads((bundle / "sar_config.json").read_text(encoding="utf-8"))["weights"]
    checkpoints = {
        "unet": load_file(source / "unet/diffusion_pytorch_model.safetensors"),
        "text_encoder": load_file(source / "text_encoder/model.safetensors"),
        "text_encoder_2": load_file(source / "text_encoder_2/model.safetensors"),
    }
    # Files of transformers 5 and of earlier versions differ by this level in the first encoder.
    checkpoints["text_encoder"] = {
        key if key.startswith("text_model.") else f"text_model.{key}": value
        for key, value in checkpoints["text_encoder"].items()
    }
    vae = load_file(source / "vae/diffusion_pytorch_model.safetensors")
    checkpoints["vae_encoder"] = {key: value for key, value in vae.items() if key.startswith(("encoder.", "quant_conv."))}
    checkpoints["vae_decoder"] = {key: value for key, value in vae.items() if key.startswith(("decoder.", "post_quant_conv."))}
    turned = 0
    for graph, checkpoint in checkpoints.items():
        stored = {i.name: numpy_helper.to_array(i) for i in onnx.load(bundle / graph / "model.onnx").graph.initializer}
        assert set(weights[graph]) == {key for key in checkpoint if not key.endswith("position_ids")}
        assert len({entry["initializer"] for entry in weights[graph].values()}) == len(weights[graph]), "two share one"
        for key, entry in weights[graph].items():
            expected = checkpoint[key].numpy()
            np.testing.assert_array_equal(stored[entry["initializer"]], expected.T if entry["transposed"] else expected)
            turned += entry["transposed"]
    assert turned > 20
    assert weights["unet"]["down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight"]["transposed"]


def test_nodes_keep_their_module_path_and_nothing_of_this_machine(bundle: Path) -> None:
    graph = onnx.load(bundle / "unet/model.onnx", load_external_data=False)
    scopes = [
        prop.value for node in graph.graph.node for prop in node.metadata_props if prop.key == "pkg.torch.onnx.name_scopes"
    ]
    assert any("'down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q'" in scope for scope in scopes)
    here = re.compile(rb"site-packages|\.py\b|/home/|" + re.escape(str(Path(__file__).resolve().parents[3]).encode()))
    for file in bundle.rglob("*"):
        if file.is_file() and file.suffix != ".onnx_data":
            assert not here.search(file.read_bytes()), file
