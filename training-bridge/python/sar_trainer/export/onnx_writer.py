"""Writes one graph as an ONNX file, with its weights in a file beside it."""

from __future__ import annotations

import ast
import logging
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import onnx_ir as ir
import torch
from onnx_ir.passes import common as passes
from onnx_ir.tensor_adapters import TorchTensor
from onnxscript import optimizer, rewriter

from sar_trainer import __version__
from sar_trainer.export.graphs import TRACE_CASE, GraphSpec

OPSET = 20
MODEL_FILE = "model.onnx"
DATA_SUFFIX = "_data"
#: Smaller constants stay in the graph: shapes and scalars that ONNX Runtime wants to see when it infers shapes.
EXTERNAL_BYTES = 1024
_SCOPES = "pkg.torch.onnx.name_scopes"


@dataclass(frozen=True)
class WeightName:
    """Where a torch parameter lies in the ONNX graph."""

    initializer: str
    transposed: bool


def write_graph(spec: GraphSpec, file: Path, shared: Path | None = None) -> dict[str, WeightName]:
    """Traces ``spec`` and writes it to ``file``, its weights beside it under that name followed by ``_data``; returns where
    each parameter went.

    The initializers keep the parameters' names, and no two parameters share one even when their values are equal:
    whoever merges a LoRA into one must not change the other.

    ``shared`` is a graph in the same folder, written before: large weights of the same name are not written again, but refer
    to the bytes in its data file. (``verify_names`` proves that they hold the same values.)
    """
    model = _trace(spec)
    for name, value in list(model.graph.initializers.items()):
        value.name = spec.canonical_name(name)
    parameters = {spec.canonical_name(name) for name, _ in spec.module.named_parameters()}
    names = _fold_transposes(model.graph, parameters)
    _optimize(model, names)
    _describe(spec, model)
    file.parent.mkdir(parents=True, exist_ok=True)
    _store_weights(model.graph, names, file, shared)
    ir.save(model, file)
    return names


def _store_weights(graph: ir.Graph, names: Iterable[str], file: Path, shared: Path | None) -> None:
    """Puts large weights into the data file, but for those that lie in that of ``shared`` already."""
    known = ir.load(shared).graph.initializers if shared else {}
    own = []
    for name, value in graph.initializers.items():
        if value.const_value.nbytes <= EXTERNAL_BYTES:
            continue
        there = known[name].const_value if name in names and name in known else None
        if isinstance(there, ir.ExternalTensor) and list(there.shape) == list(value.shape):
            value.const_value = there
        else:
            own.append(value)
    tensors = ir.external_data.convert_tensors_to_external(
        [value.const_value for value in own], file.parent, file.name + DATA_SUFFIX
    )
    for value, tensor in zip(own, tensors, strict=True):
        value.const_value = tensor


def _trace(spec: GraphSpec) -> ir.Model:
    inputs = spec.make_inputs(TRACE_CASE, torch.Generator().manual_seed(0))
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            spec.module,
            kwargs=inputs,
            input_names=list(inputs),
            output_names=spec.outputs,
            dynamic_shapes={name: spec.axes[name] or None for name in inputs},
            opset_version=OPSET,
            dynamo=True,
            optimize=False,
            verbose=False,
        )
    return program.model


def _fold_transposes(graph: ir.Graph, parameters: set[str]) -> dict[str, WeightName]:
    """Stores a weight that is only ever used transposed the other way round: x @ W.T becomes one MatMul.

    The transposed copy is made when the file is written, one tensor at a time.
    """
    names = {}
    for name, value in graph.initializers.items():
        users = [use.node for use in value.uses()]
        if name not in parameters or not users:
            continue
        transposed = all(user.op_type == "Transpose" and list(user.attributes["perm"].as_ints()) == [1, 0] for user in users)
        if transposed:
            tensor = value.const_value
            value.const_value = _transposed(tensor)
            value.shape = ir.Shape(reversed(tensor.shape.numpy()))
            for user in users:
                ir.convenience.replace_all_uses_with(user.outputs[0], value)
                graph.remove(user, safe=True)
        names[name] = WeightName(name, transposed)
    return names


def _transposed(tensor: TorchTensor) -> ir.LazyTensor:
    shape = ir.Shape(reversed(tensor.shape.numpy()))
    return ir.LazyTensor(
        lambda: TorchTensor(tensor.raw.detach().t().contiguous(), name=tensor.name),
        dtype=tensor.dtype,
        shape=shape,
        name=tensor.name,
    )


def _optimize(model: ir.Model, weights: Iterable[str]) -> None:
    """Folds constants and simplifies, for any values of the weights.

    Meanwhile the weights are inputs: a simplifier that saw them would drop a bias that happens to be zero, or merge two
    weights that happen to be equal, and a LoRA or a ControlNet could not be merged into what is left.
    """
    graph = model.graph
    tensors = {}
    for name in weights:
        value = graph.initializers.pop(name)
        tensors[value], value.const_value = value.const_value, None
        graph.inputs.append(value)
    _simplify(model)
    constants = [graph.initializers.pop(name) for name in list(graph.initializers)]
    for value, tensor in tensors.items():
        graph.inputs.remove(value)
        value.const_value = tensor
    for value in (*tensors, *constants):
        graph.initializers.add(value)


def _simplify(model: ir.Model) -> None:
    passes.InlinePass()(model)
    for _ in range(2):
        optimizer.fold_constants(model, onnx_shape_inference=True)
        rewriter.rewrite(model)
    for simplify in (
        passes.CommonSubexpressionEliminationPass(),
        passes.IdentityEliminationPass(),
        passes.RemoveUnusedNodesPass(),
        passes.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0),
        passes.RemoveUnusedFunctionsPass(),
        passes.RemoveUnusedOpsetsPass(),
        passes.OutputFixPass(),
        passes.NameFixPass(),
    ):
        simplify(model)


def _describe(spec: GraphSpec, model: ir.Model) -> None:
    """Names axes, and keeps of the metadata only the module path of each node: the rest quotes paths of this machine."""
    graph = model.graph
    graph.name = spec.name
    graph.doc_string = None
    model.producer_name = "sar_trainer"
    model.producer_version = __version__
    model.doc_string = None
    model.metadata_props.clear()
    for value in (*graph.inputs, *graph.outputs):
        axes = spec.axes.get(value.name, {})
        value.shape = ir.Shape(axes.get(k, dim if isinstance(dim, int) else None) for k, dim in enumerate(value.shape))
    for value in (*graph.inputs, *graph.initializers.values()):
        value.metadata_props.clear()
        value.doc_string = None
    for node in ir.traversal.RecursiveGraphIterator(graph):
        scopes = node.metadata_props.get(_SCOPES)
        node.metadata_props.clear()
        node.doc_string = None
        if scopes is not None:
            node.metadata_props[_SCOPES] = str([spec.canonical_name(scope) for scope in ast.literal_eval(scopes)])
        for value in node.outputs:
            value.metadata_props.clear()
