"""Captions that say the same in other words: their phrases in another order, some of them left out."""

from __future__ import annotations

import torch

from sar_trainer.train.config import PhrasesConfig


def varied(text: str, settings: PhrasesConfig, generator: torch.Generator) -> str:
    """``text`` with its phrases (what stands between commas) shuffled and each left out with probability ``settings.drop``.

    At least one phrase stays. A model that has only ever seen whole captions learns that everything not named is absent, and
    that what is named first counts most.
    """
    phrases = [phrase for part in text.split(",") if (phrase := part.strip())]
    if len(phrases) < 2:
        return text
    kept = (torch.rand(len(phrases), generator=generator) >= settings.drop).nonzero().flatten().tolist()
    kept = kept or [int(torch.randint(len(phrases), (1,), generator=generator))]
    if settings.shuffle:
        kept = [kept[k] for k in torch.randperm(len(kept), generator=generator).tolist()]
    return ", ".join(phrases[k] for k in kept)
