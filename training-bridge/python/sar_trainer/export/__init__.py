"""From a diffusers folder to a bundle of ONNX graphs.

``source`` reads the diffusers folder, ``graphs`` says what each graph takes and gives, ``onnx_writer`` makes one ONNX file,
``parity`` compares it with torch, ``names`` maps torch parameters to ONNX initializers, ``card`` writes ``sar_config.json``
and ``bundle`` puts them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sar_trainer.export.bundle import ExportRequest, export_bundle

__all__ = ["ExportRequest", "export_bundle"]


def __getattr__(name: str) -> Any:
    """Loads ``bundle``, and torch with it, when it is needed: help and mistakes should not wait for it."""
    if name not in __all__:
        raise AttributeError(name)
    from sar_trainer.export import bundle

    return getattr(bundle, name)
