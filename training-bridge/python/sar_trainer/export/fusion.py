"""Fused attention, for GPUs: ``sar-trainer export --optimize cuda``.

torch.onnx writes an attention as a dozen nodes, which keep the matrix of all scores in memory: [B,heads,S,L], several GiB for
an image of 1024 x 1024. ONNX Runtime's operator ``com.microsoft.MultiHeadAttention`` (``docs/ContribOperators.md`` in its
repository) computes the same by flash or memory-efficient attention on NVIDIA GPUs. It has a kernel for the CPU as well: the
fused graph can be compared with torch on every machine.

The passes that come with onnxruntime 1.29 and onnxscript 0.7 do not serve here. ``onnxruntime.transformers.optimizer`` (model
types unet, vae and clip) finds no attention and no group norm: it looks for them as torch.onnx's older exporter wrote them.
And it stores the weights of every convolution again, transposed, under another name. ``onnxscript.rewriter.ort_fusions`` finds
every attention, but folds the weights of group norms into nameless constants. An adapter would no longer find what it changes.
This pass leaves every weight where it is, so that the name map of ``sar_config.json`` stays true (``names.verify_names``
proves it).

Other fusions are left to ONNX Runtime, which has its own when it loads a graph for the device at hand. Group norm stays as it
is: the operator ``com.microsoft.GroupNorm`` has no kernel for the CPU, so nothing could be verified without a GPU.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import onnx_ir as ir
from onnx_ir.passes import common as passes

from sar_trainer.errors import SarTrainerError

TARGETS = ("none", "cuda")
FUSED_ATTENTION = "MultiHeadAttention"
_DOMAIN = "com.microsoft"
#: The scales of query and key are stored as the graph's numbers: in half precision they are rounded.
_SCALE_TOLERANCE = 2e-3


class _NoMatchError(Exception):
    """The nodes at hand are not an attention in the form that torch.onnx writes."""


@dataclass(frozen=True)
class _Attention:
    """softmax(Q K^T / sqrt(D) + mask) V, heads split and joined: query [B,S,H*D], key and value [B,L,H*D] -> [B,S,H*D].

    ``mask`` holds nothing, or one value that broadcasts to [B,H,S,L].
    """

    query: ir.Value
    key: ir.Value
    value: ir.Value
    mask: tuple[ir.Value, ...]
    heads: int
    product: ir.Node

    def node(self, name: str) -> ir.Node:
        """The one node that computes it; the operator's own scale is 1 / sqrt(D)."""
        inputs = [self.query, self.key, self.value, *((None, None, *self.mask) if self.mask else ())]
        fused = ir.node(FUSED_ATTENTION, inputs, {"num_heads": self.heads}, domain=_DOMAIN, version=1, name=name)
        fused.metadata_props.update(self.product.metadata_props)
        return fused


def fuse_attention(file: Path) -> int:
    """Replaces every attention in the graph ``file`` by one node, in place, and returns how many there were.

    The data file is not touched. Raises ``SarTrainerError`` when an attention has another form: better no bundle than one that
    is said to be optimised and is not.
    """
    model = ir.load(file)
    graph = model.graph
    softmaxes = sum(node.op_type == "Softmax" for node in graph)
    fused = 0
    for node in list(graph):
        try:
            attention = _attention_before(node)
        except _NoMatchError:
            continue
        replacement = attention.node(f"{node.name}_attention")
        graph.insert_after(node, replacement)
        ours, theirs = replacement.outputs[0], node.outputs[0]
        ours.type, ours.shape = theirs.type, theirs.shape
        ir.convenience.replace_all_uses_with(theirs, ours, replace_graph_outputs=True)
        fused += 1
    if fused != softmaxes:
        raise SarTrainerError(
            f"{file.parent.name}: {softmaxes - fused} of {softmaxes} attentions have a form that can't be fused (another "
            "version of torch, most likely). Export without this optimisation."
        )
    if fused:
        graph.opset_imports[_DOMAIN] = 1
        passes.RemoveUnusedNodesPass()(model)
        ir.save(model, file)
    return fused


def _attention_before(joined: ir.Node) -> _Attention:
    """The attention whose last node, which joins the heads again, is ``joined``."""
    if joined.op_type != "Reshape":
        raise _NoMatchError
    product = _maker(_maker(joined.inputs[0], "Transpose", [0, 2, 1, 3]).inputs[0], "MatMul")
    probabilities, value = product.inputs
    scores = _without_nan(probabilities).inputs[0]
    mask: tuple[ir.Value, ...] = ()
    if scores.producer() is not None and scores.producer().op_type == "Add":
        scores, *rest = scores.producer().inputs
        mask = tuple(rest)
    query, key = _maker(scores, "MatMul").inputs
    query, query_scale = _scaled(query)
    key, key_scale = _scaled(key)
    query, key, value = _split(query), _split(_transposed_back(key)), _split(value)
    heads, width = _heads(query)
    if {(heads, width)} != {_heads(key), _heads(value)} or not math.isclose(
        query_scale * key_scale, width**-0.5, rel_tol=_SCALE_TOLERANCE
    ):
        raise _NoMatchError
    shape = joined.outputs[0].shape
    if shape is None or len(shape) != 3 or shape[2] != heads * width:
        raise _NoMatchError
    return _Attention(*(part.inputs[0] for part in (query, key, value)), mask, heads, product)


def _maker(value: ir.Value | None, operator: str, perm: list[int] | None = None) -> ir.Node:
    """The node that makes ``value``, which must be an ``operator`` (a Transpose with ``perm``)."""
    node = None if value is None else value.producer()
    if node is None or node.op_type != operator:
        raise _NoMatchError
    if perm is not None and list(node.attributes["perm"].as_ints()) != perm:
        raise _NoMatchError
    return node


def _without_nan(probabilities: ir.Value) -> ir.Node:
    """The softmax.

    torch replaces its undefined values, those of rows that are masked as a whole. No row is: a token sees itself.
    """
    node = probabilities.producer()
    if node is not None and node.op_type == "Where":
        condition, _, probabilities = node.inputs
        if _maker(condition, "IsNaN").inputs[0] is not probabilities:
            raise _NoMatchError
    softmax = _maker(probabilities, "Softmax")
    if softmax.attributes["axis"].as_int() not in (-1, 3):
        raise _NoMatchError
    return softmax


def _scaled(value: ir.Value) -> tuple[ir.Value, float]:
    """``value`` before its multiplication by a constant, and that constant."""
    original, factor = _maker(value, "Mul").inputs
    if factor.const_value is None or factor.const_value.size != 1:
        raise _NoMatchError
    return original, float(factor.const_value.numpy().item())


def _transposed_back(key: ir.Value) -> ir.Value:
    """[B,H,D,L] -> the [B,H,L,D] that it is made from, by way of [B*H,L,D] and [B*H,D,L]."""
    return _maker(_maker(_maker(key, "Reshape").inputs[0], "Transpose", [0, 2, 1]).inputs[0], "Reshape").inputs[0]


def _split(value: ir.Value) -> ir.Node:
    """The Reshape [B,L,H*D] -> [B,L,H,D] before ``value`` [B,H,L,D]."""
    return _maker(_maker(value, "Transpose", [0, 2, 1, 3]).inputs[0], "Reshape")


def _heads(split: ir.Node) -> tuple[int, int]:
    """H and D of a Reshape [B,L,H*D] -> [B,L,H,D]."""
    shape = split.outputs[0].shape
    if shape is None or len(shape) != 4 or not isinstance(shape[2], int) or not isinstance(shape[3], int):
        raise _NoMatchError
    return shape[2], shape[3]
