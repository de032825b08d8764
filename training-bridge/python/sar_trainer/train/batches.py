"""From positions in the run to batches: which image comes when, how it is cropped, and what its prompt is.

Everything here is a pure function of (seed, epoch, image): nothing has to be remembered to go on after an interruption.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from sar_trainer.errors import SarTrainerError
from sar_trainer.train.config import DataConfig
from sar_trainer.train.data import DataError, ImageFolder
from sar_trainer.train.draws import generator
from sar_trainer.train.phrases import varied


@dataclass(frozen=True)
class Batch:
    """B samples."""

    index: tuple[int, ...]
    """Positions in the folder's ``metadata.jsonl``: the same number is the same image."""
    image: torch.Tensor
    """Float32 [B,3,H,W] in [-1,1], three equal channels."""
    mask: torch.Tensor
    """Float32 [B,1,H,W]: 1 where the pixels count, 0 inside excluded boxes."""
    control: torch.Tensor
    """Float32 [B,3,H,W] in [0,1]: the paired images; [B,3,0,0] when none are asked for."""
    texts: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    original_sizes: tuple[tuple[int, int], ...]
    """(width, height) of the whole image, as for SDXL's micro-conditioning; so are the next two."""
    crops: tuple[tuple[int, int], ...]
    """(x, y) of the upper left corner, after mirroring."""
    target_sizes: tuple[tuple[int, int], ...]
    """(width, height) of ``image``."""
    mirrored: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.index)

    def to(self, device: torch.device) -> Batch:
        """The same batch on ``device``, each tensor with memory of its own.

        Before, equal channels and empty masks are stored once: the batches of one optimizer step wait together, and with
        accumulation they are many.
        """
        moved = {
            field.name: getattr(self, field.name).to(device).contiguous()
            for field in fields(self)
            if isinstance(getattr(self, field.name), torch.Tensor)
        }
        return replace(self, **moved)


@dataclass(frozen=True)
class Sampler:
    """Cuts samples out of an imagefolder."""

    folder: ImageFolder
    config: DataConfig
    seed: int
    control_column: str = ""
    """Column that names the paired image; empty: none is read."""

    def batch(self, indices: tuple[int, ...], epoch: int) -> Batch:
        """The samples ``indices``, cropped and mirrored as in ``epoch``."""
        samples = [self._sample(index, epoch) for index in indices]
        return Batch(
            index=indices,
            image=torch.stack([sample["image"] for sample in samples]).expand(-1, 3, -1, -1),
            mask=_stacked([sample["mask"] for sample in samples]),
            control=torch.stack([sample["control"] for sample in samples]),
            **{
                name: tuple(sample[name] for sample in samples)
                for name in ("texts", "labels", "original_sizes", "crops", "target_sizes", "mirrored")
            },
        )

    def centred(self, indices: tuple[int, ...]) -> Batch:
        """The samples ``indices`` from the centre, never mirrored, with their whole captions: for validation."""
        whole = replace(self.config.prompt, phrases=None)
        return replace(self, config=replace(self.config, crop="centre", mirror=False, prompt=whole)).batch(indices, 0)

    def _sample(self, index: int, epoch: int) -> dict[str, Any]:
        entry = self.folder.entries[index]
        grey = self.folder.grey(index)
        height, width = grey.shape
        target_width, target_height = self.config.resolution
        if width < target_width or height < target_height:
            raise DataError(
                f"{entry.place}: {entry.file} has {width} x {height} pixels, less than data.resolution "
                f"{target_width} x {target_height}. Lower it, or leave the image out.",
                "data.resolution",
            )
        drawn = torch.rand(3, generator=generator(self.seed, "sample", epoch, index)).tolist()
        mirrored = self.config.mirror and drawn[0] < 0.5
        x, y = (width - target_width) // 2, (height - target_height) // 2
        if self.config.crop == "random":
            place = drawn[1:]
            if self.config.places is not None:
                own = generator(self.seed, "place", epoch % self.config.places, index)
                place = torch.rand(2, generator=own).tolist()
            x = int(place[0] * (width - target_width + 1))
            y = int(place[1] * (height - target_height + 1))
        window = np.s_[y : y + target_height, x : x + target_width]
        mask = _mask(entry.boxes if self.config.masked == "exclude" else (), height, width)
        control = np.zeros((0, 0, 3), np.float32)
        if self.control_column:
            control = self.folder.paired(index, self.control_column)
            if control.shape[:2] != grey.shape:
                raise DataError(
                    f"{entry.place}: {self.control_column} has {control.shape[1]} x {control.shape[0]} pixels, its image "
                    f"{width} x {height}; they must be the same."
                )
        if mirrored:
            grey, mask, control = grey[:, ::-1], mask[:, ::-1], control[:, ::-1]
        if self.control_column:
            control = control[window]
        text = mirrored_text(entry.text) if mirrored else entry.text
        if self.config.prompt.phrases is not None:
            text = varied(text, self.config.prompt.phrases, generator(self.seed, "phrases", epoch, index))
        image = torch.from_numpy(np.ascontiguousarray(grey[window])) * 2 - 1
        return {
            "image": image[None],
            "mask": torch.from_numpy(np.ascontiguousarray(mask[window]))[None],
            "control": torch.from_numpy(np.ascontiguousarray(control.transpose(2, 0, 1))),
            "texts": prompt(text, self.config),
            "labels": entry.labels,
            "original_sizes": (width, height),
            "crops": (x, y),
            "target_sizes": (target_width, target_height),
            "mirrored": mirrored,
        }


@dataclass(frozen=True)
class Order:
    """Which images each optimizer step takes.

    Every epoch is a permutation of its own, drawn from (seed, epoch). A step takes ``batch * accumulation`` images; what is
    left at the end of an epoch and makes no whole step is left out, so that every step has the same weight.
    """

    length: int
    batch: int
    accumulation: int
    seed: int

    def __post_init__(self) -> None:
        if self.steps_per_epoch == 0:
            raise SarTrainerError(
                f"The data has {self.length} images; one step takes {self.batch * self.accumulation} "
                "(training.batch x training.accumulation). Lower them, or give more images.",
                key="training.accumulation" if self.length >= self.batch else "training.batch",
            )

    @property
    def steps_per_epoch(self) -> int:
        return self.length // (self.batch * self.accumulation)

    def epoch(self, step: int) -> int:
        """The epoch (from 0) of ``step`` (from 0)."""
        return step // self.steps_per_epoch

    def indices(self, step: int, micro: int) -> tuple[int, ...]:
        """The images of the ``micro``-th batch of ``step``."""
        start = ((step % self.steps_per_epoch) * self.accumulation + micro) * self.batch
        return _permutation(self.length, self.seed, self.epoch(step))[start : start + self.batch]


@lru_cache(maxsize=4)
def _permutation(length: int, seed: int, epoch: int) -> tuple[int, ...]:
    return tuple(torch.randperm(length, generator=generator(seed, "order", epoch)).tolist())


def batches(order: Order, sampler: Sampler, steps: range) -> Iterator[list[Batch]]:
    """The batches of each of ``steps``, read ahead by one step in threads."""
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1), thread_name_prefix="images") as pool:

        def ask(step: int) -> list[Future[Batch]]:
            return [
                pool.submit(sampler.batch, order.indices(step, micro), order.epoch(step)) for micro in range(order.accumulation)
            ]

        ahead = ask(steps[0]) if len(steps) else []
        try:
            for step in steps:
                current, ahead = ahead, ask(step + 1) if step + 1 < steps.stop else []
                yield [future.result() for future in current]
        finally:
            for future in ahead:
                future.cancel()


def prompt(text: str, config: DataConfig) -> str:
    """The caption as a prompt: replacements in their order, then the prefix."""
    for old, new in config.prompt.replace.items():
        text = text.replace(old, new)
    return config.prompt.prefix + text


_SIDES = {"left": "right", "right": "left", "east": "west", "west": "east"}
#: A side, perhaps as a part of north-east, leftmost, right-hand, eastern, westwards; but no right angle and no bright.
_SIDE = re.compile(
    r"\b((?:north|south)?[- ]?)(left|right|east|west)"
    r"((?:ern(?:most)?|most|erly|ward|wards)?)\b(?! angle)(?!-angle)",
    re.IGNORECASE,
)


def mirrored_text(text: str) -> str:
    """``text`` with left and right, east and west exchanged; letter case is kept."""

    def exchange(match: re.Match) -> str:
        word = match[2]
        other = _SIDES[word.lower()]
        other = other.upper() if word.isupper() else other.capitalize() if word[0].isupper() else other
        return f"{match[1]}{other}{match[3]}"

    return _SIDE.sub(exchange, text)


def _stacked(masks: list[torch.Tensor]) -> torch.Tensor:
    """Masks [1,H,W] as one [B,1,H,W]; a single number, repeated, where nothing is masked."""
    if all(bool(mask.all()) for mask in masks):
        return torch.ones(1).expand(len(masks), *masks[0].shape)
    return torch.stack(masks)


def _mask(boxes: tuple[tuple[float, float, float, float], ...], height: int, width: int) -> np.ndarray:
    """1 outside the boxes, 0 inside; a pixel that a box touches is inside."""
    mask = np.ones((height, width), np.float32)
    for x0, y0, x1, y1 in boxes:
        mask[max(0, math.floor(y0)) : max(0, math.ceil(y1)), max(0, math.floor(x0)) : max(0, math.ceil(x1))] = 0
    return mask
