"""SDXL's own text encoders pool at the largest id, and so does a bundle, unless its maker chooses the end token."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import SMALLEST
from onnx import numpy_helper
from tiny_models import WIDTH_2, clip_tokenizer, tiny_pipeline
from transformers import CLIPTextModelWithProjection, CLIPTokenizer

from sar_trainer.errors import SarTrainerError
from sar_trainer.export import bundle as bundles
from sar_trainer.export.end_token import POOLINGS, exported_end_token, pool_at
from sar_trainer.export.graphs import load_graph
from sar_trainer.export.onnx_writer import write_graph
from sar_trainer.export.source import DiffusersFolder

OLD = replace(SMALLEST, sar_token=False, eos_is_2=True)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diffusers folder like SDXL's own: eos_token_id 2, and no token after <|endoftext|>."""
    folder = tmp_path_factory.mktemp("old") / "model"
    tiny_pipeline(OLD).save_pretrained(folder)
    assert json.loads((folder / "text_encoder_2/config.json").read_text())["eos_token_id"] == 2
    return folder


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_graph_pools_where_its_maker_chose_also_when_a_larger_id_is_added_later(
    old: Path, tmp_path: Path, pooling: str
) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(old / "tokenizer_2")
    model = CLIPTextModelWithProjection.from_pretrained(old, subfolder="text_encoder_2")
    graph = tmp_path / "model.onnx"
    write_graph(load_graph(DiffusersFolder.open(old, pooling=pooling), "text_encoder_2", torch.float32), graph)

    def check(prompts: list[str]) -> None:
        ids = tokenizer(prompts, padding="max_length", truncation=True, max_length=77, return_tensors="pt").input_ids
        with torch.no_grad():
            expected = model(ids).text_embeds.numpy()
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
        (found,) = session.run(["text_embeds"], {"input_ids": ids.numpy()})
        assert np.abs(found - expected).max() / expected.std() < 1e-4

    assert model.config.eos_token_id == 2
    assert tokenizer.pad_token_id != tokenizer.eos_token_id
    check(["", "a field left of tree", "trees " * 100])

    # The token comes: one more row in both, and torch, too, is told where to pool.
    tokenizer.add_tokens(["<SAR>"])
    assert tokenizer.convert_tokens_to_ids("<SAR>") > tokenizer.eos_token_id
    row = torch.randn(1, WIDTH_2, generator=torch.Generator().manual_seed(3))
    model.resize_token_embeddings(len(tokenizer))
    with torch.no_grad():
        model.get_input_embeddings().weight[-1:] = row
    if pooling == "end_token":
        pool_at(model, tokenizer.eos_token_id)
    exported = onnx.load(graph)
    (table,) = [i for i in exported.graph.initializer if i.name == "text_model.embeddings.token_embedding.weight"]
    table.CopyFrom(numpy_helper.from_array(np.concatenate([numpy_helper.to_array(table), row.numpy()]), table.name))
    onnx.save(exported, graph)
    check(["a <SAR> image of a field", "a field left of tree <SAR>", "a field"])


def test_the_exported_id(old: Path, tmp_path: Path) -> None:
    end = clip_tokenizer(OLD, "!").eos_token_id
    assert exported_end_token({"eos_token_id": 2}, old / "tokenizer_2", "reference") == 2
    assert exported_end_token({"eos_token_id": 2}, old / "tokenizer_2", "end_token") == end
    assert exported_end_token({}, old / "tokenizer", "end_token") == end, "transformers' default was 2 as well"
    for pooling in POOLINGS:
        assert exported_end_token({"eos_token_id": 7}, tmp_path / "never read", pooling) == 7
    with_token = tmp_path / "with-token"
    clip_tokenizer(replace(OLD, sar_token=True), "!").save_pretrained(with_token)
    before = json.loads((with_token / "tokenizer.json").read_text())["model"]["vocab"]["<|endoftext|>"]
    assert exported_end_token({"eos_token_id": 2}, with_token, "end_token") == before, "a larger id is there, and not taken"
    with pytest.raises(SarTrainerError, match="nowhere can't be loaded"):
        exported_end_token({"eos_token_id": 2}, tmp_path / "nowhere", "end_token")


def test_the_configuration_of_the_bundle_says_it(old: Path, tmp_path: Path) -> None:
    (tmp_path / "staged").mkdir()
    bundles._copy_configurations(DiffusersFolder.open(old, pooling="end_token"), tmp_path / "staged")
    end = clip_tokenizer(OLD, "!").eos_token_id
    for graph in ("text_encoder", "text_encoder_2"):
        before, after = (json.loads((f / graph / "config.json").read_text()) for f in (old, tmp_path / "staged"))
        assert after == before | {"eos_token_id": end}
    assert (tmp_path / "staged/unet/config.json").read_bytes() == (old / "unet/config.json").read_bytes()
