"""Proof that the map from torch parameters to ONNX initializers tells the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx_ir as ir

from sar_trainer.errors import SarTrainerError
from sar_trainer.export.graphs import GraphSpec
from sar_trainer.export.onnx_writer import WeightName


def verify_names(spec: GraphSpec, file: Path, names: dict[str, WeightName]) -> None:
    """Compares every parameter of the torch module with the initializer that it is said to be, read back from ``file``.

    Raises ``SarTrainerError`` when a parameter has no entry, an entry no initializer, or the values differ in one bit.
    """
    initializers = ir.load(file).graph.initializers
    for parameter, tensor in spec.module.named_parameters():
        key = spec.canonical_name(parameter)
        if key not in names:
            raise SarTrainerError(f"{spec.name}: the graph does not use the parameter {key}, or uses it under no known name.")
        entry = names[key]
        value = initializers.get(entry.initializer)
        if value is None or value.const_value is None or not value.uses():
            raise SarTrainerError(
                f"{spec.name}: {key} should be the initializer {entry.initializer}, which is not in the graph."
            )
        stored = value.const_value.numpy()
        expected = tensor.detach().numpy()
        if not np.array_equal(stored, expected.T if entry.transposed else expected):
            raise SarTrainerError(f"{spec.name}: the initializer {entry.initializer} does not hold the values of {key}.")
