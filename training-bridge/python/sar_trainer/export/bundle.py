"""The export as a whole: every graph, the files beside them, and ``sar_config.json``."""

from __future__ import annotations

import errno
import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export import card as cards
from sar_trainer.export.control import CONTROL_FILE, CONTROL_GRAPH, check_controlnets, load_controlled_unet
from sar_trainer.export.end_token import POOLINGS
from sar_trainer.export.fusion import FUSED_ATTENTION, TARGETS, fuse_attention
from sar_trainer.export.graphs import GRAPHS, GraphSpec, load_graph
from sar_trainer.export.names import verify_names
from sar_trainer.export.onnx_writer import DATA_SUFFIX, MODEL_FILE, OPSET, write_graph
from sar_trainer.export.parity import TOLERANCES, Deviation, deviations, torch_reference
from sar_trainer.export.source import KNOWN_CLASSES, DiffusersFolder, read_json

DTYPES = {"fp32": torch.float32, "fp16": torch.float16}
#: A component with more weights than this is exported in a process of its own, whose end surely returns the memory.
ISOLATE_BYTES = 512 * 1024 * 1024
_COPIED = ("scheduler", "tokenizer", "tokenizer_2")
_TOKENIZER_ENDINGS = {".json", ".txt"}


@dataclass(frozen=True)
class ExportRequest:
    """What to export, to where, and how.

    ``controlnets`` are folders of ControlNets to bake in besides the source's own; ``optimize`` is one of ``fusion.TARGETS``,
    ``pooling`` one of ``end_token.POOLINGS``.
    """

    source: Path
    bundle: Path
    dtype: str = "fp32"
    overwrite: bool = False
    tolerance: float | None = None
    card: cards.Card = field(default_factory=cards.Card)
    controlnets: tuple[Path, ...] = ()
    optimize: str = "none"
    pooling: str = "reference"


@dataclass(frozen=True)
class GraphReport:
    """What became of one graph; ``fused`` says how many nodes of a fused operator it has."""

    graph: str
    dtype: str
    parameters: int
    bytes: int
    deviations: list[Deviation]
    fused: dict[str, int]


@dataclass(frozen=True)
class _Job:
    """One graph to write to the file ``target``: small enough to be sent to another process."""

    folder: DiffusersFolder
    graph: str
    dtype: str
    target: Path
    reference: Path
    optimize: str

    def load(self) -> GraphSpec:
        dtype = DTYPES[self.dtype]
        if self.graph == CONTROL_GRAPH:
            return load_controlled_unet(self.folder, dtype)
        return load_graph(self.folder, self.graph, dtype)


@dataclass(frozen=True)
class _Written:
    parameters: int
    names: dict[str, Any]
    fused: dict[str, int]


def export_bundle(request: ExportRequest, progress: Callable[[str], None] = lambda line: None) -> list[GraphReport]:
    """Exports a diffusers folder; either the whole bundle is there afterwards, checked, or nothing is.

    Raises ``SarTrainerError`` (or its ``UsageError``) with a message for people.
    """
    if request.dtype not in DTYPES:
        raise UsageError(f"Unknown element type {request.dtype!r}. Known: {', '.join(DTYPES)}.")
    if request.optimize not in TARGETS:
        raise UsageError(f"Unknown target of the optimisation {request.optimize!r}. Known: {', '.join(TARGETS)}.")
    if request.tolerance is not None and not request.tolerance > 0:
        raise UsageError(f"The tolerance must be greater than 0, not {request.tolerance}.")
    request.card.checked("the card")
    if request.pooling not in POOLINGS:
        raise UsageError(f"Unknown pooling {request.pooling!r}. Known: {', '.join(POOLINGS)}.")
    folder = DiffusersFolder.open(request.source, request.controlnets, request.pooling)
    check_controlnets(folder)
    bundle = request.bundle.absolute()
    if bundle.exists() and not request.overwrite:
        raise UsageError(f"{request.bundle} already exists. Overwrite it, or choose another place.")
    if bundle.exists() and not (bundle / "model_index.json").is_file() and any(bundle.iterdir() if bundle.is_dir() else [1]):
        raise UsageError(f"{request.bundle} exists and is no bundle, so it is not overwritten. Choose another place.")
    source = folder.path.resolve()
    if bundle.resolve() == source or source.is_relative_to(bundle.resolve()):
        raise UsageError("The bundle can't take the place of the diffusers folder that it is made from.")
    try:
        bundle.parent.mkdir(parents=True, exist_ok=True)
        _check_space(folder, bundle.parent, request.dtype)
        with tempfile.TemporaryDirectory(prefix=f".{bundle.name}.", dir=bundle.parent, ignore_cleanup_errors=True) as scratch:
            staged = Path(scratch) / "bundle"
            staged.mkdir()
            reports = _fill(request, folder, staged, Path(scratch), progress)
            staged.chmod(0o755)
            _replace(staged, bundle, Path(scratch))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SarTrainerError(
                f"The disk of {bundle.parent} is full. Nothing was kept; free some space and try again."
            ) from error
        raise SarTrainerError(f"The bundle {request.bundle} can't be written: {error}") from error
    return reports


def _fill(
    request: ExportRequest, folder: DiffusersFolder, staged: Path, scratch: Path, progress: Callable[[str], None]
) -> list[GraphReport]:
    _copy_configurations(folder, staged)
    reports, weights, graphs = [], {}, {}
    for job in _jobs(request, folder, staged, scratch):
        size = _source_bytes(job)
        progress(f"{job.graph}: exporting ({job.dtype}, {size / 2**20:.0f} MiB of weights)")
        written = _write_isolated(job) if size > ISOLATE_BYTES else _write(job)
        for operator, count in written.fused.items():
            progress(f"{job.graph}: {count} fused into {operator}")
        found = _check(job, request.tolerance or TOLERANCES[job.dtype], progress)
        job.reference.unlink()
        files = [job.target, job.target.with_name(job.target.name + DATA_SUFFIX)]
        size = sum(file.stat().st_size for file in files if file.exists())
        reports.append(GraphReport(job.graph, job.dtype, written.parameters, size, found, written.fused))
        weights[job.graph] = written.names
        graphs[job.graph] = {
            "file": job.target.relative_to(staged).as_posix(),
            "dtype": job.dtype,
            "opset": OPSET,
            "parameters": written.parameters,
            "largest_deviation_from_torch": max(deviation.error for deviation in found),
            **({"fused": written.fused} if request.optimize != "none" else {}),
        }
    if folder.controlnets:
        graphs[CONTROL_GRAPH]["controlnets"] = [place.path.resolve().name for place in folder.controlnets]
    config = {
        "format_version": cards.FORMAT_VERSION,
        **_described(request, folder),
        "dtype": request.dtype,
        **({"optimized_for": request.optimize} if request.optimize != "none" else {}),
        **({"pooling": request.pooling} if request.pooling != "reference" else {}),
        "graphs": graphs,
        "files": cards.file_records(staged),
        "weights": weights,
    }
    (staged / cards.CARD_FILE).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return reports


def _jobs(request: ExportRequest, folder: DiffusersFolder, staged: Path, scratch: Path) -> list[_Job]:
    """Every graph of the bundle; the UNet with its ControlNets follows the UNet, whose weights it shares."""
    jobs = [
        _Job(
            folder,
            graph,
            _graph_dtype(folder, component, request.dtype),
            staged / graph / MODEL_FILE,
            scratch / f"{graph}.npz",
            request.optimize,
        )
        for graph, component in GRAPHS.items()
        if component in folder.components
    ]
    if folder.controlnets:
        target = staged / "unet" / CONTROL_FILE
        reference = scratch / f"{CONTROL_GRAPH}.npz"
        jobs.append(_Job(folder, CONTROL_GRAPH, request.dtype, target, reference, request.optimize))
    return jobs


def _source_bytes(job: _Job) -> int:
    if job.graph == CONTROL_GRAPH:
        return job.folder.weight_bytes("unet") + sum(place.weight_bytes() for place in job.folder.controlnets)
    return job.folder.weight_bytes(GRAPHS[job.graph])


def _graph_dtype(folder: DiffusersFolder, component: str, dtype: str) -> str:
    """A VAE that says ``force_upcast`` stays in float32: in half precision its activations overflow and the image is black
    (``diffusers/pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl.py``, ``upcast_vae``)."""
    return "fp32" if component == "vae" and folder.config("vae").get("force_upcast", True) else dtype


def _write(job: _Job) -> _Written:
    spec = job.load()
    torch_reference(spec, job.reference)
    shared = job.target.with_name(MODEL_FILE) if job.graph == CONTROL_GRAPH else None
    names = write_graph(spec, job.target, shared)
    fused = {FUSED_ATTENTION: fuse_attention(job.target)} if job.optimize == "cuda" else {}
    verify_names(spec, job.target, names)
    parameters = sum(parameter.numel() for parameter in spec.module.parameters())
    return _Written(parameters, {key: asdict(name) for key, name in names.items()}, fused)


def _write_isolated(job: _Job) -> _Written:
    """``_write`` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(job, sender), daemon=True)
    process.start()
    sender.close()
    try:
        result = receiver.recv()
    except EOFError:
        process.join()
        raise SarTrainerError(
            f"{job.graph}: the exporting process died (exit code {process.exitcode}); most often the memory was not enough. "
            "Close other programs, or export in fp16."
        ) from None
    finally:
        if process.is_alive():
            process.join(timeout=5)
            process.terminate()
        process.join()
    if isinstance(result, BaseException):
        raise result
    return result


def _child(job: _Job, sender: Any) -> None:
    try:
        result: Any = _write(job)
    except (SarTrainerError, OSError) as error:
        result = error
    except Exception as error:
        result = SarTrainerError(f"{job.graph}: torch.onnx failed: {error}")
    sender.send(result)


def _check(job: _Job, tolerance: float, progress: Callable[[str], None]) -> list[Deviation]:
    found = deviations(job.target, job.reference)
    for deviation in found:
        shape = "x".join(str(length) for length in deviation.shape)
        progress(f"{job.graph}: {deviation.output} {shape}: {deviation.error:.1e} of its standard deviation off torch")
    bad = [deviation for deviation in found if not deviation.error <= tolerance]
    if bad:
        worst = max(bad, key=lambda deviation: deviation.error)
        raise SarTrainerError(
            f"{job.graph}: {worst.output} deviates from torch by {worst.error:.1e} of its standard deviation; "
            f"the tolerance is {tolerance:.1e}. Nothing was kept."
        )
    return found


def _copy_configurations(folder: DiffusersFolder, staged: Path) -> None:
    """Copies what is not a graph: the index, the scheduler, the tokenizers, each component's ``config.json``."""
    _copy_json(folder.path / "model_index.json", staged / "model_index.json")
    for name in _COPIED:
        if folder.has(name):
            for file in sorted((folder.path / name).iterdir()):
                if file.is_file() and file.suffix in _TOKENIZER_ENDINGS:
                    (staged / name).mkdir(exist_ok=True)
                    shutil.copyfile(file, staged / name / file.name)
    for graph, component in GRAPHS.items():
        if component in folder.components:
            (staged / graph).mkdir()
            changes = {"eos_token_id": folder.end_token(graph)} if graph.startswith("text_encoder") else {}
            _copy_json(folder.path / component / "config.json", staged / graph / "config.json", changes)


def _copy_json(source: Path, target: Path, changes: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Copies a configuration with ``changes``, and without ``_name_or_path``: where on somebody's disk the model once lay."""
    old = read_json(source)
    values = {key: value for key, value in {**old, **changes}.items() if key != "_name_or_path"}
    if values == old:
        shutil.copyfile(source, target)
    else:
        target.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _described(request: ExportRequest, folder: DiffusersFolder) -> dict[str, Any]:
    values = {"name": folder.path.resolve().name, "band": "X", "pixel_spacing_m": 0.40, "amplitude": cards.DEFAULT_AMPLITUDE}
    values |= {"trigger_token": "<SAR>" if _has_token(folder.path / "tokenizer_2", "<SAR>") else None}
    values |= request.card.values
    made = cards.provenance(folder.pipeline_class, folder.index.get("_diffusers_version"))
    if "training" in values:
        made["training"] = values.pop("training")
    order = [key for key in cards.CARD_KEYS if key in values]
    return {**{key: values[key] for key in order}, "provenance": made}


def _has_token(tokenizer: Path, token: str) -> bool:
    """Whether ``token`` is one of the tokenizer's added tokens."""
    file = tokenizer / "tokenizer.json"
    if file.is_file():
        return any(added.get("content") == token for added in read_json(file).get("added_tokens", []))
    added = tokenizer / "added_tokens.json"
    return added.is_file() and token in read_json(added)


def _check_space(folder: DiffusersFolder, parent: Path, dtype: str) -> None:
    """Fails early when the bundle can't fit: weights are stored with 2 or 4 bytes a parameter."""
    needed = 0
    for component in folder.components:
        stored = folder.weight_bytes(component)
        halved = str(folder.config(component).get("dtype", folder.config(component).get("torch_dtype"))) == "float16"
        if KNOWN_CLASSES[component][0] == "diffusers":
            halved = False  # diffusers' configurations do not say: assume the least
        needed += stored * (2 if halved and dtype == "fp32" else 1) // (1 if dtype == "fp32" else 2)
    needed += sum(place.weight_bytes() for place in folder.controlnets) // (1 if dtype == "fp32" else 2)
    free = shutil.disk_usage(parent).free
    if free < needed:
        raise SarTrainerError(
            f"The disk of {parent} has {free / 2**30:.1f} GiB free; the bundle needs at least {needed / 2**30:.1f} GiB."
        )


def _replace(staged: Path, bundle: Path, scratch: Path) -> None:
    """Moves the finished bundle into place; an old one is put aside first and is gone when ``scratch`` is."""
    if bundle.exists():
        bundle.rename(scratch / "replaced")
    staged.rename(bundle)
