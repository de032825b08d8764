"""A new word for the model: a token in both tokenizers, and a vector of it in both text encoders."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from sar_trainer.errors import UsageError
from sar_trainer.train.diffusion.model import TEXT_ENCODERS, TOKENIZERS, SdxlModel


class TokenEmbedding(nn.Module):
    """A text encoder's embedding table in which only one row is trained.

    The row is a parameter of its own, so that no optimiser state, weight decay or rounding can ever touch the other rows.
    """

    def __init__(self, text: str, token_id: int, table: Tensor, row: Tensor) -> None:
        super().__init__()
        self.text = text
        self.table = nn.Parameter(table, requires_grad=False)
        self.token_id = token_id
        self.row = nn.Parameter(row.clone())

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids [...] to vectors [...,C]."""
        others = nn.functional.embedding(ids, self.table)
        return torch.where((ids == self.token_id)[..., None], self.row, others)

    def merged(self) -> Tensor:
        """The table [V,C] with the trained row in it."""
        table = self.table.detach().clone()
        table[self.token_id] = self.row.detach()
        return table


def add_token(model: SdxlModel, text: str, initial_word: str | None) -> dict[str, TokenEmbedding]:
    """Teaches both tokenizers ``text`` and makes its rows trainable; returns the embeddings by text encoder.

    A new row starts as the mean of the vectors of ``initial_word``'s tokens, or of all vectors if no word is given. A token
    that the tokenizers already have keeps its vector, and that is trained on.
    """
    return {
        encoder: _add(model, encoder, tokenizer, (text, initial_word))
        for encoder, tokenizer in zip(TEXT_ENCODERS, TOKENIZERS, strict=True)
    }


def _add(model: SdxlModel, encoder: str, tokenizer_name: str, words: tuple[str, str | None]) -> TokenEmbedding:
    text, initial_word = words
    network, tokenizer = model.networks[encoder], model.tokenizers[tokenizer_name]
    embeddings = _embeddings(network)
    table = embeddings.token_embedding.weight.detach()
    known = len(tokenizer)
    if known > len(table):
        raise UsageError(
            f"{model.folder.path}: the tokenizer of {encoder} has {known} tokens, but the encoder has {len(table)} vectors. "
            "They are of two models."
        )
    # Not "special": prompts are lower-cased, and an ordinary added token with them, so <SAR> and <sar> are one.
    added = tokenizer.add_tokens([text])
    if added:
        model.taught.add(tokenizer_name)
    ids = tokenizer(text, add_special_tokens=False).input_ids
    if len(ids) != 1:
        raise UsageError(f"token.text: {text!r} can't be made one token of {encoder}'s tokenizer. Choose a text like <SAR>.")
    token_id = ids[0]
    row = table[token_id] if not added else _initial(table, tokenizer, initial_word)
    if token_id >= len(table):
        table = torch.cat([table, row[None].expand(token_id + 1 - len(table), -1)])
        network.config.vocab_size = len(table)
    embeddings.token_embedding = TokenEmbedding(text, token_id, table, row)
    _pool_at_the_end_token(network, tokenizer)
    return embeddings.token_embedding


def _initial(table: Tensor, tokenizer: Any, word: str | None) -> Tensor:
    if word is None:
        return table.mean(dim=0)
    return table[tokenizer(word, add_special_tokens=False).input_ids].mean(dim=0)


def _embeddings(network: nn.Module) -> nn.Module:
    from transformers.models.clip.modeling_clip import CLIPTextEmbeddings

    return next(module for module in network.modules() if isinstance(module, CLIPTextEmbeddings))


def _pool_at_the_end_token(network: nn.Module, tokenizer: Any) -> None:
    """SDXL's own files say ``eos_token_id`` 2, which makes transformers pool at the largest id of the prompt. That was the end
    token; now it would be the new one (``transformers/models/clip/modeling_clip.py``, ``CLIPTextModel.forward``)."""
    if network.config.eos_token_id == 2:
        network.config.eos_token_id = tokenizer.eos_token_id
        for module in network.modules():
            if getattr(module, "eos_token_id", None) == 2:
                module.eos_token_id = tokenizer.eos_token_id
