"""Compares an exported graph with the torch module that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from sar_trainer.errors import SarTrainerError
from sar_trainer.export.graphs import CHECK_CASES, GraphSpec

#: Largest deviation from torch allowed, as a fraction of the output's standard deviation. Sums are taken in another order;
#: in half precision each operation also rounds on its own.
TOLERANCES = {"fp32": 1e-3, "fp16": 1e-1}


@dataclass(frozen=True)
class Deviation:
    """How far one output is from torch's: max |onnx - torch| / std(torch), over one case."""

    output: str
    shape: tuple[int, ...]
    error: float


def torch_reference(spec: GraphSpec, file: Path, seed: int = 1) -> None:
    """Runs the torch module on random inputs of every size in ``CHECK_CASES`` and saves inputs and outputs to ``file`` (.npz).

    The keys are ``CASE/in/NAME`` and ``CASE/out/NAME``. The module can then be released before the graph is loaded.
    """
    arrays = {}
    for k, case in enumerate(CHECK_CASES):
        inputs = spec.make_inputs(case, torch.Generator().manual_seed(seed + k))
        with torch.no_grad():
            outputs = spec.module(**inputs)
        outputs = [outputs] if torch.is_tensor(outputs) else outputs
        for name, tensor in inputs.items():
            arrays[f"{k}/in/{name}"] = tensor.numpy()
        for name, tensor in zip(spec.outputs, outputs, strict=True):
            if not torch.isfinite(tensor).all():
                raise SarTrainerError(
                    f"{spec.name}: torch itself gives infinite or undefined values in {name} "
                    f"({str(tensor.dtype).removeprefix('torch.')}). If this is fp16, export in fp32."
                )
            arrays[f"{k}/out/{name}"] = tensor.numpy()
    np.savez(file, **arrays)


def deviations(graph: Path, reference: Path) -> list[Deviation]:
    """Runs ``graph`` on the CPU on the inputs of ``reference`` and compares the outputs, in the order of the graph."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise SarTrainerError(f"ONNX Runtime can't load the exported graph {graph.parent.name}: {error}") from error
    result = []
    with np.load(reference) as arrays:
        for k in range(len(CHECK_CASES)):
            inputs = {name.split("/", 2)[2]: arrays[name] for name in arrays.files if name.startswith(f"{k}/in/")}
            outputs = [output.name for output in session.get_outputs()]
            for name, value in zip(outputs, session.run(outputs, inputs), strict=True):
                expected = arrays[f"{k}/out/{name}"].astype(np.float64)
                if value.shape != expected.shape:
                    raise SarTrainerError(
                        f"{graph.parent.name}: {name} has shape {value.shape} where torch gives {expected.shape}."
                    )
                worst = np.abs(value.astype(np.float64) - expected).max() / max(expected.std(), np.finfo(np.float32).tiny)
                result.append(Deviation(name, value.shape, float(worst)))
    return result
