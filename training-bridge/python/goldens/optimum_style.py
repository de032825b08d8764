"""Exports a pipeline the way optimum-onnx does, for the tests of bundles that are not ours.

What differs from our exporter (``optimum/exporters/onnx/model_configs.py`` and ``convert.py``): torch's older, tracing exporter
(no ``name_scopes``; the module path is part of the node names), an int64 scalar timestep, the weights inside ``model.onnx``, a
VAE encoder that gives ``latent_sample`` as older versions did (they draw it; here it is the mode, so that it can be compared),
and no ``sar_config.json``.
"""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from diffusers import StableDiffusionXLPipeline
from torch import nn

from sar_trainer.export import graphs


class _Encoder(nn.Module):
    def __init__(self, vae: nn.Module):
        super().__init__()
        self.vae = vae

    def forward(self, sample: torch.Tensor) -> torch.Tensor:
        return self.vae.encode(sample).latent_dist.mode()


def export_optimum_style(source: Path, bundle: Path) -> None:
    """Writes ``bundle`` from the diffusers folder ``source``."""
    # The tracer can't follow the masks of the fused attention.
    pipeline = StableDiffusionXLPipeline.from_pretrained(source)
    for encoder in (pipeline.text_encoder, pipeline.text_encoder_2):
        encoder.set_attn_implementation("eager")
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir(parents=True)
    shutil.copyfile(source / "model_index.json", bundle / "model_index.json")
    for name in ("scheduler", "tokenizer", "tokenizer_2"):
        shutil.copytree(source / name, bundle / name)
    specs = [
        graphs.text_encoder_graph("text_encoder", pipeline.text_encoder),
        graphs.text_encoder_graph("text_encoder_2", pipeline.text_encoder_2),
        graphs.unet_graph(pipeline.unet, pipeline.text_encoder_2.config.projection_dim),
        graphs.vae_encoder_graph(pipeline.vae),
        graphs.vae_decoder_graph(pipeline.vae),
    ]
    for spec in specs:
        component = "vae" if spec.name.startswith("vae") else spec.name
        inputs = spec.make_inputs(graphs.TRACE_CASE, torch.Generator().manual_seed(0))
        module, outputs, axes = spec.module, spec.outputs, dict(spec.axes)
        if spec.name == "unet":
            inputs["timestep"] = torch.tensor(100)
        if spec.name == "vae_encoder":
            module, outputs = _Encoder(pipeline.vae).eval(), ["latent_sample"]
            axes["latent_sample"] = axes.pop("latent_parameters")
        if spec.name == "text_encoder_2":
            # optimum-onnx 0.1 declares the pooled embedding so: its width is nowhere to be read.
            axes["text_embeds"] = {0: "batch_size", 1: "sequence_length"}
        folder = bundle / spec.name
        folder.mkdir()
        shutil.copyfile(source / component / "config.json", folder / "config.json")
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module,
                tuple(inputs.values()),
                str(folder / "model.onnx"),
                input_names=list(inputs),
                output_names=outputs,
                dynamic_axes={name: names for name, names in axes.items() if names and name in {*inputs, *outputs}},
                opset_version=18,
                dynamo=False,
            )
            _check(spec, module, outputs, folder / "model.onnx")


def _check(spec: graphs.GraphSpec, module: nn.Module, outputs: list[str], file: Path) -> None:
    """Compares the graph with torch at other sizes than the traced one: a tracer may freeze an axis without a word."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    for k, case in enumerate(graphs.CHECK_CASES):
        inputs = spec.make_inputs(case, torch.Generator().manual_seed(k))
        if "timestep" in inputs:
            inputs["timestep"] = torch.tensor(321)
        expected = module(*inputs.values())
        expected = [expected] if torch.is_tensor(expected) else expected
        found = session.run(outputs, {name: tensor.numpy() for name, tensor in inputs.items()})
        for name, ours, theirs in zip(outputs, found, expected, strict=True):
            error = np.abs(ours - theirs.numpy()).max() / theirs.std().item()
            if not error < 1e-4:
                raise AssertionError(f"{spec.name}: {name} deviates from torch by {error:.1e} of its standard deviation")
