"""The export of a SAR-CLIP: both towers as ONNX graphs, with what it takes to feed them.

    sar_clip.json                what is below
    image_encoder/model.onnx     pixel_values [B,3,S,S] -> image_embeds [B,P], not normalised
    text_encoder/model.onnx      input_ids [B,T] -> text_embeds [B,P], not normalised
    tokenizer/                   tokenizer.json, tokenizer_config.json

``pixel_values``: the amplitude image in [0,1], resized to S x S (bicubic with a = -0.5, the kernel widened when it shrinks the
image, as Pillow does it), clipped to [0,1], (x - mean) / std, three times. Weights are float32, for CPUs.
"""

from __future__ import annotations

import errno
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from sar_trainer.clip_folder import ClipFolder
from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.card import file_records
from sar_trainer.export.graphs import Case, GraphSpec, Inputs
from sar_trainer.export.names import verify_names
from sar_trainer.export.onnx_writer import MODEL_FILE, OPSET, write_graph
from sar_trainer.export.parity import TOLERANCES, Deviation, deviations, torch_reference

CARD_FILE = "sar_clip.json"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class ClipExportRequest:
    """What to export, and to where; ``name`` is that of the folder by default."""

    source: Path
    bundle: Path
    name: str = ""
    overwrite: bool = False
    tolerance: float = TOLERANCES["fp32"]


@dataclass(frozen=True)
class ClipGraphReport:
    """What became of one tower."""

    graph: str
    parameters: int
    deviations: list[Deviation]


class _ImageTower(nn.Module):
    """pixel_values [B,3,S,S] -> image_embeds [B,P]."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.vision_model = model.vision_model
        self.visual_projection = model.visual_projection

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        return self.visual_projection(self.vision_model(pixel_values=pixel_values).pooler_output)


class _TextTower(nn.Module):
    """input_ids [B,T] -> text_embeds [B,P]."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.text_model = model.text_model
        self.text_projection = model.text_projection

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.text_projection(self.text_model(input_ids=input_ids).pooler_output)


def image_tower_graph(model: nn.Module) -> GraphSpec:
    size = model.config.vision_config.image_size

    def make_inputs(case: Case, generator: torch.Generator) -> Inputs:
        return {"pixel_values": torch.randn((case.batch, 3, size, size), generator=generator)}

    axes = {"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}}
    return GraphSpec("image_encoder", _ImageTower(model), make_inputs, axes, ["image_embeds"])


def text_tower_graph(model: nn.Module) -> GraphSpec:
    config = model.config.text_config

    def make_inputs(case: Case, generator: torch.Generator) -> Inputs:
        tokens = config.max_position_embeddings - (0 if case.rows == 2 else case.rows)
        ids = torch.randint(0, config.vocab_size, (case.batch, tokens), generator=generator)
        for k in range(case.batch):  # each text ends at another place, where its embedding is read
            ids[k, tokens // (k + 2) :] = config.eos_token_id
        return {"input_ids": ids}

    axes = {"input_ids": {0: "batch", 1: "tokens"}, "text_embeds": {0: "batch"}}
    return GraphSpec("text_encoder", _TextTower(model), make_inputs, axes, ["text_embeds"])


def export_clip(request: ClipExportRequest, progress: Callable[[str], None] = lambda line: None) -> list[ClipGraphReport]:
    """Exports a transformers CLIP folder; either the whole bundle is there afterwards, checked against torch, or nothing is.

    Raises ``SarTrainerError`` (or its ``UsageError``) with a message for people.
    """
    folder = ClipFolder.open(request.source)
    bundle = request.bundle.absolute()
    if bundle.exists() and not request.overwrite:
        raise UsageError(f"{request.bundle} already exists. Overwrite it, or choose another place.")
    if bundle.exists() and not (bundle / CARD_FILE).is_file():
        raise UsageError(f"{request.bundle} exists and is no SAR-CLIP, so it is not overwritten. Choose another place.")
    source = folder.path.resolve()
    if bundle.resolve() == source or source.is_relative_to(bundle.resolve()):
        raise UsageError("The bundle can't take the place of the folder that it is made from.")
    try:
        bundle.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{bundle.name}.", dir=bundle.parent, ignore_cleanup_errors=True) as scratch:
            staged = Path(scratch) / "bundle"
            staged.mkdir()
            reports = _fill(request, folder, staged, progress)
            staged.chmod(0o755)
            if bundle.exists():
                bundle.rename(Path(scratch) / "replaced")
            staged.rename(bundle)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SarTrainerError(
                f"The disk of {bundle.parent} is full. Nothing was kept; free some space and try again."
            ) from error
        raise SarTrainerError(f"The bundle {request.bundle} can't be written: {error}") from error
    return reports


def _fill(
    request: ClipExportRequest, folder: ClipFolder, staged: Path, progress: Callable[[str], None]
) -> list[ClipGraphReport]:
    model = folder.load()
    # The plain attention: torch.onnx would otherwise trace the fused one into more and slower nodes.
    model.set_attn_implementation("eager")
    reports = [
        _write(spec, staged, request.tolerance, progress) for spec in (image_tower_graph(model), text_tower_graph(model))
    ]
    folder.copy_tokenizer(staged / "tokenizer")
    preparation = folder.preparation
    card: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "name": request.name or folder.path.resolve().name,
        "image_size": preparation.size,
        "projection_dim": model.config.projection_dim,
        "logit_scale": float(model.logit_scale.exp()),
        "mean": preparation.mean,
        "std": preparation.std,
        "graphs": {
            report.graph: {
                "file": f"{report.graph}/{MODEL_FILE}",
                "dtype": "fp32",
                "opset": OPSET,
                "parameters": report.parameters,
                "largest_deviation_from_torch": max(deviation.error for deviation in report.deviations),
            }
            for report in reports
        },
        "files": file_records(staged),
    }
    (staged / CARD_FILE).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return reports


def _write(spec: GraphSpec, staged: Path, tolerance: float, progress: Callable[[str], None]) -> ClipGraphReport:
    progress(f"{spec.name}: exporting")
    file = staged / spec.name / MODEL_FILE
    reference = staged / f"{spec.name}.npz"
    torch_reference(spec, reference)
    verify_names(spec, file, write_graph(spec, file))
    found = deviations(file, reference)
    reference.unlink()
    worst = max(found, key=lambda deviation: deviation.error)
    progress(f"{spec.name}: {worst.error:.1e} of its standard deviation off torch")
    if not worst.error <= tolerance:
        raise SarTrainerError(
            f"{spec.name}: {worst.output} deviates from torch by {worst.error:.1e} of its standard deviation; allowed is "
            f"{tolerance:.1e}. Nothing was kept."
        )
    return ClipGraphReport(spec.name, sum(parameter.numel() for parameter in spec.module.parameters()), found)
