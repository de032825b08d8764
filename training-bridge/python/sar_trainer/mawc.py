"""Mean absolute weight change (MAWC, the paper's appendix A): how far training moved each part of a model.

The change of a layer is the mean of |after - before| over all its weights (equations A.1 and A.2); that of a sub-block, such as
the second ResNet of a down block, is the mean over its layers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import pairwise
from pathlib import Path

import torch
from safetensors import safe_open

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.source import KNOWN_CLASSES, DiffusersFolder

#: The end of a sub-block's path: a numbered ResNet, attention, sampler or transformer layer.
_SUB_BLOCK = re.compile(r"(?:.*?\.)?(?:resnets|attentions|downsamplers|upsamplers|layers)\.\d+")
_WITH_PARENT = re.compile(r"(time_embedding|add_embedding|embeddings)\.")
#: The order of a network's parts from input to output.
_ORDER = ("embeddings", "conv_in", "time_embedding", "add_embedding", "down_blocks", "mid_block", "layers", "up_blocks")
_IN_TURN = {"resnets": "0", "attentions": "1"}
_LAST = 1 << 30


@dataclass(frozen=True)
class LayerChange:
    """The change of one layer: ``mawc`` is the mean of |after - before| over its ``weights`` numbers."""

    component: str
    sub_block: str
    layer: str
    weights: int
    mawc: float


@dataclass(frozen=True)
class SubBlockChange:
    """The change of a sub-block: the mean over its ``layers`` layers, which have ``weights`` numbers together."""

    component: str
    sub_block: str
    layers: int
    weights: int
    mawc: float


@dataclass(frozen=True)
class Changes:
    """The changes between two checkpoints, in the order of the network."""

    layers: tuple[LayerChange, ...]

    @property
    def sub_blocks(self) -> list[SubBlockChange]:
        groups: dict[tuple[str, str], list[LayerChange]] = {}
        for layer in self.layers:
            groups.setdefault((layer.component, layer.sub_block), []).append(layer)
        return [
            SubBlockChange(*name, len(some), sum(s.weights for s in some), sum(s.mawc for s in some) / len(some))
            for name, some in groups.items()
        ]

    def csv(self) -> str:
        """A table: a row for each sub-block (its column ``layer`` is empty), followed by those of its layers."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("component", "sub_block", "layer", "weights", "mawc"))
        for block in self.sub_blocks:
            writer.writerow((block.component, block.sub_block, "", block.weights, f"{block.mawc:.9g}"))
            for layer in self.layers:
                if (layer.component, layer.sub_block) == (block.component, block.sub_block):
                    writer.writerow((layer.component, layer.sub_block, layer.layer, layer.weights, f"{layer.mawc:.9g}"))
        return out.getvalue()

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Writes ``mawc.csv`` and ``mawc.svg`` into ``folder``, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name, text in (("mawc.csv", self.csv()), ("mawc.svg", chart(self.sub_blocks))):
            staged = folder / f".{name}.tmp"
            staged.write_text(text, encoding="utf-8")
            files.append(staged.replace(folder / name))
        return files[0], files[1]


def weight_changes(before: Path, after: Path, component: str | None = None) -> Changes:
    """Compares two diffusers folders, one tensor at a time, so memory holds no more than the two largest.

    ``component``: ``unet``, ``vae``, ``text_encoder`` or ``text_encoder_2``; None: all of them. Where a token was added to the
    vocabulary, only the rows that both have are compared.
    """
    if component is not None and component not in KNOWN_CLASSES:
        raise UsageError(f"Unknown component {component!r}. Known: {', '.join(KNOWN_CLASSES)}.")
    folders = DiffusersFolder.open(before), DiffusersFolder.open(after)
    layers: list[LayerChange] = []
    for name in ("unet", "vae", "text_encoder", "text_encoder_2"):
        if component in (None, name) and folders[0].has(name):
            with ExitStack() as files:
                layers += _compare(name, *(_tensors(folder, name, files) for folder in folders))
    return Changes(tuple(layers))


#: Reads a tensor, by its name.
_Tensors = dict[str, Callable[[], torch.Tensor]]


def _tensors(folder: DiffusersFolder, component: str, files: ExitStack) -> _Tensors:
    """The tensors of a component, mapped, not read."""
    found: _Tensors = {}
    for file in folder.weight_files(component):
        tensors = files.enter_context(safe_open(file, "pt"))
        # Versions of transformers differ in this prefix.
        found |= {key.removeprefix("text_model."): partial(tensors.get_tensor, key) for key in tensors.keys()}  # noqa: SIM118
    return found


def _compare(component: str, before: _Tensors, after: _Tensors) -> Iterator[LayerChange]:
    different = sorted(before.keys() ^ after.keys())
    if different:
        raise SarTrainerError(
            f"The two {component}s are not of the same model: only one of them has {', '.join(different[:3])}"
            f"{f' and {len(different) - 3} more' if len(different) > 3 else ''}."
        )
    layers: dict[str, list[str]] = {}
    for name in sorted(before, key=_position):
        layers.setdefault(name.rpartition(".")[0] or name, []).append(name)
    for layer, names in layers.items():
        total, count = 0.0, 0
        for name in names:
            old, new = before[name](), after[name]()
            if layer.endswith("token_embedding") and old.shape[1:] == new.shape[1:]:
                rows = min(len(old), len(new))
                old, new = old[:rows], new[:rows]
            if old.shape != new.shape:
                raise SarTrainerError(
                    f"The two {component}s are not of the same model: {name} has the shapes {list(old.shape)} and "
                    f"{list(new.shape)}."
                )
            total += (new.float() - old.float()).abs().sum(dtype=torch.float64).item()
            count += old.numel()
        yield LayerChange(component, sub_block(layer), layer, count, total / max(count, 1))


def sub_block(layer: str) -> str:
    """The sub-block of a layer: ``down_blocks.0.resnets.1`` for its ``conv1``; a layer outside of any is its own."""
    if found := _SUB_BLOCK.match(layer):
        return found[0]
    parent = _WITH_PARENT.match(layer)
    return parent[1] if parent else layer


def _position(name: str) -> tuple:
    """Sorts the names of parameters from input to output: in a block, ResNet 0, attention 0, ResNet 1, ..., the sampler."""
    half = 1 if name.startswith("decoder.") else 0
    parts = name.removeprefix("encoder.").removeprefix("decoder.").split(".")
    rank = _ORDER.index(parts[0]) if parts[0] in _ORDER else len(_ORDER)
    steps = []
    for part, following in pairwise([*parts, ""]):
        if part in _IN_TURN:
            steps.append((int(following), _IN_TURN[part]))
        else:
            steps.append((int(part), "") if part.isdigit() else (_LAST if part.endswith("samplers") else -1, part))
    return half, rank, steps


_ROW, _LEFT, _WIDTH, _RIGHT = 18, 270, 520, 90
_COLOURS = {"unet": "#1f5fa8", "vae": "#a8611f", "text_encoder": "#2f7d4f", "text_encoder_2": "#7d2f6c"}


def chart(blocks: list[SubBlockChange]) -> str:
    """A bar chart (SVG): one bar for each sub-block, one colour for each component, all on one linear scale."""
    largest = max((block.mawc for block in blocks), default=0.0) or 1.0
    height = 58 + _ROW * len(blocks)
    width = _LEFT + _WIDTH + _RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        '<text x="10" y="20" font-size="14">Mean absolute weight change by sub-block</text>',
    ]
    for k in range(5):
        x = _LEFT + _WIDTH * k / 4
        parts.append(f'<line x1="{x}" y1="44" x2="{x}" y2="{height - 8}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="38" text-anchor="middle" fill="#555">{largest * k / 4:.2g}</text>')
    for k, block in enumerate(blocks):
        y = 48 + _ROW * k
        length = _WIDTH * block.mawc / largest
        label = escape(f"{block.component} {block.sub_block}")
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 12}" text-anchor="end">{label}</text>')
        parts.append(
            f'<rect x="{_LEFT}" y="{y + 2}" width="{length:.1f}" height="{_ROW - 5}" fill="{_COLOURS[block.component]}">'
            f"<title>{label}: {block.mawc:.4g} ({block.layers} layers, {block.weights} weights)</title></rect>"
        )
        parts.append(f'<text x="{_LEFT + length + 4:.1f}" y="{y + 12}" fill="#555">{block.mawc:.2e}</text>')
    return "\n".join([*parts, "</svg>", ""])
