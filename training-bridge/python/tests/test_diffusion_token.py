"""The token <SAR>: in both tokenizers, with one trained row in each text encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from diffusion_cases import configuration, image_batch, task, train, weights, write_images, write_model
from safetensors import safe_open

from sar_trainer.train.diffusion.prompts import PromptEncoder
from sar_trainer.train.draws import Draws
from sar_trainer.train.schema import ConfigurationError

TABLE = "embeddings.token_embedding.weight"
TOKEN = {"text": "<SAR>", "initialise": "radar", "learning_rate": 0.05}
MODES = {
    "frozen": {"unet": {"train": "full"}},
    "full": {"text_encoder": {"train": "full"}, "text_encoder_2": {"train": "full"}},
    "lora": {"text_encoder": {"train": "lora", "rank": 2}, "text_encoder_2": {"train": "lora", "rank": 2}},
    "alone": {"unet": {"train": "frozen"}},
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("token") / "model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train", captions="A <SAR> image of a forest")


@pytest.mark.parametrize("mode", MODES)
def test_only_its_row_changes_in_any_mode(mode: str, model: Path, data: Path, tmp_path: Path) -> None:
    config = configuration(model, data, components=MODES[mode], token=TOKEN)
    trained = task(config)
    losses = train(trained, image_batch(config))
    assert losses[-1] < losses[0]
    saved = trained.save(tmp_path)
    pipeline = StableDiffusionXLPipeline.from_pretrained(saved.model, local_files_only=True)
    assert [file.name for file in saved.adapters] == [f"toy-{kind}.safetensors" for kind in ("lora", "token")][mode != "lora" :]
    with safe_open(saved.adapters[-1], "pt") as file:
        assert file.metadata()["token"] == "<SAR>"
        vectors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    assert vectors.keys() == {"clip_l", "clip_g"}
    for encoder, tokenizer, key in (("text_encoder", "tokenizer", "clip_l"), ("text_encoder_2", "tokenizer_2", "clip_g")):
        before, after = weights(model, encoder)[TABLE], weights(saved.model, encoder)[TABLE]
        tokens = getattr(pipeline, tokenizer)
        radar = tokens("radar", add_special_tokens=False).input_ids
        assert tokens("a <SAR> image", add_special_tokens=False).input_ids.count(len(before)) == 1
        assert len(after) == len(before) + 1 == getattr(pipeline, encoder).config.vocab_size
        assert torch.equal(after[:-1], before)
        start = before[radar].mean(dim=0)
        assert 0.01 < (after[-1] - start).abs().max() < 0.2  # two steps of Adam at 0.05
        assert torch.equal(vectors[key], after[-1:])


def test_a_token_that_is_there_already_is_trained_on(model: Path, data: Path, tmp_path: Path) -> None:
    config = configuration(model, data, components=MODES["alone"], token=TOKEN)
    first = task(config)
    train(first, image_batch(config))
    middle = first.save(tmp_path).model
    config = configuration(middle, data, components=MODES["alone"], token=TOKEN | {"initialise": "forest"})
    second = task(config)
    batch = image_batch(config)
    assert second.loss("model", batch, Draws(0, 0)).total.item() == first.loss("model", batch, Draws(0, 0)).total.item()
    train(second, batch)
    (tmp_path / "second").mkdir()
    end = second.save(tmp_path / "second").model
    for encoder in ("text_encoder", "text_encoder_2"):
        before, after = weights(middle, encoder)[TABLE], weights(end, encoder)[TABLE]
        changed = (before != after).any(dim=1).nonzero().flatten().tolist()
        assert changed == [len(before) - 1]


def test_a_token_that_no_prompt_has_is_refused(model: Path, tmp_path: Path) -> None:
    without = write_images(tmp_path / "train", captions="A satellite view of a forest")
    with pytest.raises(ConfigurationError, match=r"no prompt of data.train has <SAR>") as error:
        task(configuration(model, without, token=TOKEN))
    assert error.value.key == "token.text"
    rewritten = {"prompt": {"empty": 0.0, "replace": {"A satellite view of": "A <SAR> image of"}}}
    trained = task(configuration(model, without, token=TOKEN, data=rewritten))
    assert [group.name for group in trained.trainables[0].groups] == ["unet", "token"]


def test_the_pooled_output_stays_that_of_the_end_token(model: Path, data: Path, tmp_path: Path) -> None:
    """SDXL's own configuration (eos_token_id 2) pools at the largest token id, which is no longer the end token's."""
    trained = task(configuration(model, data, token=TOKEN))
    assert json.loads((model / "text_encoder_2/config.json").read_text())["eos_token_id"] == 2
    encoder, tokenizer = trained.model.networks["text_encoder_2"], trained.model.tokenizers["tokenizer_2"]
    tokens = tokenizer("a <SAR> image", padding="max_length", max_length=77, return_tensors="pt").input_ids
    end = tokens[0].tolist().index(tokenizer.eos_token_id)
    with torch.no_grad():
        output = encoder(tokens, output_hidden_states=True)
        expected = encoder.text_projection(output.last_hidden_state[:, end])
    torch.testing.assert_close(output.text_embeds, expected)
    saved = trained.save(tmp_path)
    pipeline = StableDiffusionXLPipeline.from_pretrained(saved.model, local_files_only=True)
    hidden, _, pooled, _ = pipeline.encode_prompt("a <SAR> image")
    torch.testing.assert_close(pooled, expected)
    with torch.no_grad():
        ours = PromptEncoder(trained.model).encode(["a <SAR> image"])
    torch.testing.assert_close(ours.hidden, hidden)
    torch.testing.assert_close(ours.pooled, pooled)
