"""From a diffusers folder to a bundle of ONNX graphs.

``source`` reads the diffusers folder, ``graphs`` says what each graph takes and gives, ``onnx_writer`` makes one ONNX file,
``parity`` compares it with torch, ``names`` maps torch parameters to ONNX initializers, ``card`` writes ``sar_config.json``
and ``bundle`` puts them together.
"""

from sar_trainer.export.bundle import ExportRequest, export_bundle

__all__ = ["ExportRequest", "export_bundle"]
