"""The task ``sar-clip`` against transformers' own loss, and its export against torch and Pillow."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
import yaml
from diffusion_cases import configuration, write_images
from PIL import Image
from task_cases import first_batch, take_steps, task
from tiny_models import EPS_VAE8, clip_tokenizer
from torch import nn
from transformers import CLIPModel, CLIPTokenizer

from sar_trainer.cli import main
from sar_trainer.clip_folder import ClipArchitecture, ClipFolder, Preparation
from sar_trainer.errors import SarTrainerError
from sar_trainer.train.batches import Batch
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.draws import Draws
from sar_trainer.train.sar_clip.losses import caption_ranks, contrastive, positives

BOTH = {"image_encoder": {"train": "full", "learning_rate": 1e-3}, "text_encoder": {"train": "full", "learning_rate": 1e-3}}
TINY = ClipArchitecture(
    image_size=16, patch=8, image_width=16, text_width=8, image_layers=2, text_layers=2, heads=2, projection=12
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny CLIP with weights."""
    folder = tmp_path_factory.mktemp("clip")
    clip_tokenizer(EPS_VAE8, "<|endoftext|>").save_pretrained(folder / "tokenizer")
    made = TINY.write(folder / "tokenizer", folder / "clip")
    model = made.draw(3)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim >= 2:
                nn.init.normal_(parameter, std=0.2, generator=torch.Generator().manual_seed(parameter.numel()))
    model.save_pretrained(made.path)
    return made.path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train", count=6)


def sar_clip(model: Path, data: Path, components: dict[str, Any] | None = None, **settings: Any) -> TrainingConfig:
    changes = {"data": {"resolution": [20, 16]}, "training": {"batch": 4}, "validation": {"images": 6}} | settings
    return configuration(model, data, task="sar-clip", components=components or BOTH, **changes)


def batch_of(config: TrainingConfig) -> Batch:
    return first_batch(config, 4)


def test_the_loss_is_that_of_transformers(clip: Path, data: Path) -> None:
    config = sar_clip(clip, data)
    trained, batch = task(config), batch_of(config)
    model, tokenizer = CLIPModel.from_pretrained(clip), CLIPTokenizer.from_pretrained(clip)
    inputs = tokenizer(list(batch.texts), padding="max_length", max_length=77, return_tensors="pt")
    pixels = []
    for image in batch.image:
        grey = Image.fromarray(((image[0].numpy() + 1) / 2).astype(np.float32), mode="F").resize((16, 16), Image.BICUBIC)
        pixels.append((np.clip(np.asarray(grey), 0, 1) - 0.35) / 0.25)
    pixels = torch.from_numpy(np.stack(pixels))[:, None].expand(-1, 3, -1, -1)
    expected = model(input_ids=inputs.input_ids, pixel_values=pixels, return_loss=True).loss
    assert float(trained.loss("model", batch, Draws(0, 0)).total) == pytest.approx(float(expected), rel=1e-4)


def test_equal_captions_are_no_negatives() -> None:
    captions = ("a", "b", "a", "c")
    targets = positives(captions, distinct=True)
    assert targets.tolist() == [[0.5, 0, 0.5, 0], [0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 0, 0, 1]]
    assert torch.equal(positives(captions, distinct=False), torch.eye(4))
    # With both copies found equally well, and nothing else, the loss is the least there is: the entropy of the targets.
    logits = torch.where(targets > 0, 50.0, -50.0)
    assert float(contrastive(logits, targets)) == pytest.approx(2 * 0.25 * np.log(2), abs=1e-5)
    assert float(contrastive(logits, torch.eye(4))) == pytest.approx(float(contrastive(logits, targets)), abs=1e-5)


def test_ranks_count_captions_once() -> None:
    similarities = torch.tensor([[0.9, 0.5, 0.9, 0.1], [0.9, 0.5, 0.9, 0.5], [0.9, 0.95, 0.9, 0.1], [0.1, 0.2, 0.1, 0.3]])
    assert caption_ranks(similarities, ("a", "b", "a", "c")).tolist() == [1, 3, 2, 1]


def test_images_are_resized_as_pillow_does() -> None:
    image = np.random.default_rng(1).random((37, 50)).astype(np.float32)
    for size in (16, 64):
        expected = np.clip(np.asarray(Image.fromarray(image, mode="F").resize((size, size), Image.BICUBIC)), 0, 1)
        found = Preparation(size, 0.4, 0.2).pixels(torch.from_numpy(image)[None, None])
        assert found.shape == (1, 3, size, size)
        np.testing.assert_allclose(found[0, 2].numpy(), (expected - 0.4) / 0.2, atol=1e-4)


@pytest.mark.parametrize(
    ("components", "changed_towers"),
    [
        (BOTH, {"vision_model", "visual_projection", "text_model", "text_projection", "logit_scale"}),
        ({"image_encoder": BOTH["image_encoder"]}, {"vision_model", "visual_projection", "logit_scale"}),
        (
            {"image_encoder": {"train": "lora", "rank": 2, "learning_rate": 1e-2}, "text_encoder": BOTH["text_encoder"]},
            {"vision_model", "text_model", "text_projection", "logit_scale"},
        ),
    ],
)
def test_each_mode_learns_and_is_saved(
    clip: Path, data: Path, tmp_path: Path, components: dict[str, Any], changed_towers: set[str]
) -> None:
    config = sar_clip(clip, data, components)
    trained, batch = task(config), batch_of(config)
    losses = take_steps(trained, batch, 4)
    assert losses[-1] < losses[0]
    saved = trained.save(tmp_path)
    before, after = CLIPModel.from_pretrained(clip).state_dict(), CLIPModel.from_pretrained(saved.model).state_dict()
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert {name.split(".")[0] for name in changed} == changed_towers
    if components["image_encoder"]["train"] == "lora":
        assert all("self_attn" in name and name.endswith("proj.weight") for name in changed if name.startswith("vision_model"))
    again = task(sar_clip(saved.model, data)).loss("model", batch, Draws(0, 0)).total
    assert float(again) == pytest.approx(float(trained.loss("model", batch, Draws(0, 0)).total), rel=1e-4)


def test_validation_gives_ranks_and_a_picture(clip: Path, data: Path, tmp_path: Path) -> None:
    found = task(sar_clip(clip, data)).validate(tmp_path, 1)
    assert 1 <= found["rank"] <= 6 and 0 <= found["first"] <= 1 and -1 <= found["cosine"] <= 1
    with Image.open(tmp_path / "similarities.png") as picture:
        assert picture.size == (48, 48)


def test_a_run_ends_with_a_bundle_that_computes_what_torch_does(clip: Path, data: Path, tmp_path: Path) -> None:
    _write(sar_clip(clip, data, training={"steps": 2}), tmp_path / "clip.yaml")
    assert main(["train", str(tmp_path / "clip.yaml"), "--run", str(tmp_path / "run")]) == 0
    bundle, model = tmp_path / "run/bundle", CLIPModel.from_pretrained(tmp_path / "run/model")
    card = json.loads((bundle / "sar_clip.json").read_text())
    assert (card["format_version"], card["name"], card["image_size"], card["projection_dim"]) == (1, "toy", 16, 12)
    assert (card["mean"], card["std"]) == pytest.approx((0.35, 0.25))
    assert card["logit_scale"] == pytest.approx(float(model.logit_scale.exp()))
    files = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()} - {"sar_clip.json"}
    assert files == set(card["files"])
    for name, record in card["files"].items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == record["sha256"]
    assert {graph: entry["file"] for graph, entry in card["graphs"].items()} == {
        "image_encoder": "image_encoder/model.onnx",
        "text_encoder": "text_encoder/model.onnx",
    }

    tokenizer = CLIPTokenizer.from_pretrained(bundle / "tokenizer")
    ids = tokenizer(["A <SAR> image of a forest", "roads"], padding="max_length", max_length=20, return_tensors="pt").input_ids
    pixels = torch.randn(3, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        images = model.get_image_features(pixel_values=pixels).pooler_output.numpy()
        texts = model.get_text_features(input_ids=ids).pooler_output.numpy()
    for graph, inputs, name, expected in (
        ("image_encoder", {"pixel_values": pixels.numpy()}, "image_embeds", images),
        ("text_encoder", {"input_ids": ids.numpy()}, "text_embeds", texts),
    ):
        session = onnxruntime.InferenceSession(str(bundle / graph / "model.onnx"), providers=["CPUExecutionProvider"])
        (found,) = session.run([name], inputs)
        np.testing.assert_allclose(found, expected, atol=1e-4 * expected.std())


def test_a_run_in_two_parts_ends_as_in_one(clip: Path, data: Path, tmp_path: Path) -> None:
    for run, steps, options in (("one", 5, ()), ("two", 3, ()), ("two", 5, ("--resume",))):
        _write(sar_clip(clip, data, training={"steps": steps}, export={"bundle": False}), tmp_path / "clip.yaml")
        assert main(["train", str(tmp_path / "clip.yaml"), "--run", str(tmp_path / run), *options]) == 0
    one, two = (CLIPModel.from_pretrained(tmp_path / run / "model").state_dict() for run in ("one", "two"))
    assert all(torch.equal(value, two[name]) for name, value in one.items())


def _write(config: TrainingConfig, file: Path) -> None:
    keys = ("name", "task", "model", "data", "components", "training", "validation", "export")
    values = {"version": 1, **{key: config.values[key] for key in keys}}
    values["training"] |= {"device": "cpu", "precision": "fp32", "threads": 1, "batch": 4, "accumulation": 1}
    file.write_text(yaml.safe_dump(values))


def test_the_text_is_read_at_its_end_whatever_the_file_says(clip: Path, tmp_path: Path) -> None:
    """Old CLIP files say eos_token_id 2: the token of the highest id, which <SAR> is now."""
    folder = ClipFolder.open(clip)
    tokens = folder.tokens(["a <SAR> image of a forest"])
    assert int(tokens.max()) > folder.tokenizer.eos_token_id
    config = json.loads((clip / "config.json").read_text())
    config["text_config"]["eos_token_id"] = 2
    for file in clip.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "config.json").write_text(json.dumps(config))
    with torch.no_grad():
        expected = folder.load().get_text_features(input_ids=tokens).pooler_output
        found = ClipFolder.open(tmp_path).load().get_text_features(input_ids=tokens).pooler_output
    torch.testing.assert_close(found, expected)


def test_the_command_writes_an_architecture_that_a_run_can_begin_with(clip: Path, data: Path, tmp_path: Path) -> None:
    shape = [
        "--image-size",
        "32",
        "--patch",
        "8",
        "--image-width",
        "24",
        "--text-width",
        "8",
        "--heads",
        "2",
        "--image-layers",
        "1",
        "--text-layers",
        "1",
    ]
    assert main(["new-clip", str(tmp_path / "new"), "--tokenizer", str(clip), *shape]) == 0
    assert not list((tmp_path / "new").glob("*.safetensors"))
    with pytest.raises(SarTrainerError, match="initialise: random"):
        task(sar_clip(tmp_path / "new", data))
    config = sar_clip(tmp_path / "new", data, initialise="random")
    first, second = (task(config).modules["clip"].state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert main(["new-clip", str(tmp_path / "new"), "--tokenizer", str(clip)]) == 2


def test_what_is_no_clip_is_refused(clip: Path, data: Path, tmp_path: Path) -> None:
    assert main(["export-clip", str(tmp_path / "none"), str(tmp_path / "bundle")]) == 2
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    assert main(["export-clip", str(tmp_path), str(tmp_path / "bundle")]) == 1
    assert main(["export-clip", str(clip), str(data)]) == 2, "an existing folder"
    assert main(["export-clip", str(clip), str(data), "--overwrite"]) == 2, "an existing folder that is no SAR-CLIP"
    assert not (tmp_path / "bundle").exists()
