"""Prompts as the UNet sees them, exactly as ``StableDiffusionXLPipeline.encode_prompt`` makes them."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from sar_trainer.train.diffusion.model import TEXT_ENCODERS, TOKENIZERS, SdxlModel


class Conditioning(NamedTuple):
    """What a batch of prompts becomes: ``hidden`` [B,77,C1+C2] and ``pooled`` [B,P]."""

    hidden: Tensor
    pooled: Tensor

    def where_not(self, empty: Tensor, other: Conditioning) -> Conditioning:
        """This, but ``other`` where ``empty`` (bool [B]) says so."""
        return Conditioning(
            torch.where(empty[:, None, None], other.hidden, self.hidden),
            torch.where(empty[:, None], other.pooled, self.pooled),
        )


class PromptEncoder:
    """Both text encoders: ``hidden_states[-2]`` of each, and the pooled ``text_embeds`` of the second."""

    def __init__(self, model: SdxlModel) -> None:
        self._tokenizers = [model.tokenizers[name] for name in TOKENIZERS]
        self._encoders = [model.networks[name] for name in TEXT_ENCODERS]
        self._zeros_for_empty = bool(model.folder.index.get("force_zeros_for_empty_prompt", True))

    def encode(self, texts: list[str]) -> Conditioning:
        """Encodes the prompts; those that are too long are cut, the end token kept."""
        hidden, pooled = [], None
        for tokenizer, encoder in zip(self._tokenizers, self._encoders, strict=True):
            tokens = tokenizer(
                texts, padding="max_length", max_length=tokenizer.model_max_length, truncation=True, return_tensors="pt"
            )
            output = encoder(tokens.input_ids.to(encoder.device), output_hidden_states=True)
            hidden.append(output.hidden_states[-2])
            pooled = output[0]
        return Conditioning(torch.cat(hidden, dim=-1), pooled)

    def encode_some_empty(self, texts: list[str], empty: Tensor) -> Conditioning:
        """Encodes the prompts but for those that ``empty`` (bool [B]) leaves out.

        They become what the pipeline takes when there is no negative prompt: zeros, or the encoded empty prompt for models that
        say so (``force_zeros_for_empty_prompt``).
        """
        if not self._zeros_for_empty:
            return self.encode(["" if none else text for text, none in zip(texts, empty.tolist(), strict=True)])
        given = self.encode(texts)
        empty = empty.to(given.hidden.device)
        return given.where_not(empty, Conditioning(torch.zeros_like(given.hidden), torch.zeros_like(given.pooled)))
