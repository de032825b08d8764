"""The contrastive loss of CLIP, for data in which several images share a caption."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def cosine_similarities(images: Tensor, texts: Tensor) -> Tensor:
    """Cosines [B,N] of embeddings [B,P] and [N,P]."""
    return functional.normalize(images.float(), dim=1) @ functional.normalize(texts.float(), dim=1).T


def positives(captions: Sequence[str], distinct: bool) -> Tensor:
    """The target distribution [B,B] of each image over the captions of its batch: rows sum to 1.

    All on its own caption; with ``distinct``, shared evenly among the captions that say the same.
    """
    if not distinct:
        return torch.eye(len(captions))
    same = torch.tensor([[a == b for b in captions] for a in captions], dtype=torch.float32)
    return same / same.sum(dim=1, keepdim=True)


def contrastive(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean of both cross entropies: image to caption and caption to image.

    Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (2021), figure 3. ``logits`` [B,B]
    are cosines times the learned scale; ``targets`` [B,B] is symmetric.
    """
    return (functional.cross_entropy(logits, targets) + functional.cross_entropy(logits.T, targets)) / 2


def caption_ranks(similarities: Tensor, captions: Sequence[str]) -> Tensor:
    """The rank [B] of each image's own caption among the different captions of the batch, from 1, best.

    Equal captions count once; the true caption comes after those that are exactly as similar.
    """
    unique = list(dict.fromkeys(captions))
    columns = torch.tensor([captions.index(text) for text in unique])
    own = torch.tensor([unique.index(text) for text in captions])
    chosen = similarities[:, columns]
    true = chosen.gather(1, own[:, None])
    return (chosen >= true).sum(dim=1)
