"""Random numbers that depend on where in the run they are drawn, and on nothing else.

There is no generator whose state would have to be kept: each stream of each step starts from a seed that is a hash of
(seed of the run, name of the stream, step, micro-step). Numbers are drawn on the CPU and moved to the device, so that a run
draws the same ones on every device (the idea of counter-based generators: Salmon et al., "Parallel random numbers: as easy as
1, 2, 3", SC 2011).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Draws:
    """The random numbers of one micro-step: the ``micro``-th batch of optimizer step ``step`` (both from 0)."""

    seed: int
    step: int
    micro: int = 0

    def generator(self, stream: str) -> torch.Generator:
        """A CPU generator at the start of ``stream``; asked twice, it gives the same numbers twice."""
        return torch.Generator().manual_seed(self.key(stream))

    def key(self, stream: str) -> int:
        """The seed of ``stream``, 63 bits."""
        return key(self.seed, stream, self.step, self.micro)

    def seed_globally(self) -> None:
        """Seeds torch's own generators, for layers that draw by themselves (dropout)."""
        seed = self.key("torch")
        torch.default_generator.manual_seed(seed)
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(seed)


def key(*parts: int | str) -> int:
    """63 bits that are a hash of ``parts``."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def generator(*parts: int | str) -> torch.Generator:
    """A CPU generator seeded with the hash of ``parts``."""
    return torch.Generator().manual_seed(key(*parts))
