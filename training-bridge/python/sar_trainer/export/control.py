"""The UNet with its ControlNets baked in: one graph, ``unet/model_controlnet.onnx``.

ControlNet (Zhang et al., arXiv 2302.05543) is a trained copy of the UNet's encoder that reads a control image and adds to the
UNet's skip connections. Formulas and names follow ``diffusers/models/controlnets/controlnet.py`` (``ControlNetModel.forward``)
and ``multicontrolnet.py``.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from sar_trainer.errors import SarTrainerError
from sar_trainer.export.graphs import Case, GraphSpec, Inputs, unet_graph
from sar_trainer.export.source import DiffusersFolder

CONTROL_GRAPH = "unet_controlnet"
CONTROL_FILE = "model_controlnet.onnx"
CONTROL_CHANNELS = 3

#: What a ControlNet's configuration must share with its UNet's, for the residuals to fit and the inputs to be the same.
_SHARED_KEYS = (
    "in_channels",
    "block_out_channels",
    "layers_per_block",
    "down_block_types",
    "cross_attention_dim",
    "addition_embed_type",
    "projection_class_embeddings_input_dim",
)


class _ControlledUNet(nn.Module):
    """The UNet's inputs, and besides them

    - ``controlnet_images`` [N,B,3,H,W] in [0,1]: the control image of each of the N ControlNets,
    - ``controlnet_scales`` [N]: what the residuals of each are multiplied by; 0 switches one off,
    - ``controlnet_residual_weights`` [B,R]: what each of the R residuals (those of the skip connections from the outermost on,
      then that of the middle) is multiplied by, for each image of the batch. Ones, as a rule; guess mode is zeros for images
      without the prompt and ``logspace(-1, 0, R)`` for those with it.
    """

    def __init__(self, unet: nn.Module, controlnets: list[nn.Module]):
        super().__init__()
        self.unet = unet
        self.controlnet_names = [control_name(k) for k in range(len(controlnets))]
        for name, model in zip(self.controlnet_names, controlnets, strict=True):
            self.add_module(name, model)

    def forward(
        self,
        sample,
        timestep,
        encoder_hidden_states,
        text_embeds,
        time_ids,
        controlnet_images,
        controlnet_scales,
        controlnet_residual_weights,
        timestep_cond=None,
    ) -> torch.Tensor:
        added = {"text_embeds": text_embeds, "time_ids": time_ids}
        scales = controlnet_scales.to(sample.dtype)
        total = None
        for k, name in enumerate(self.controlnet_names):
            down, middle = getattr(self, name)(
                sample,
                timestep,
                encoder_hidden_states,
                controlnet_cond=controlnet_images[k],
                added_cond_kwargs=added,
                return_dict=False,
            )
            residuals = [residual * scales[k] for residual in (*down, middle)]
            total = residuals if total is None else [a + b for a, b in zip(total, residuals, strict=True)]
        weights = controlnet_residual_weights.to(sample.dtype)
        total = [residual * weights[:, r, None, None, None] for r, residual in enumerate(total)]
        return self.unet(
            sample,
            timestep,
            encoder_hidden_states,
            timestep_cond=timestep_cond,
            added_cond_kwargs=added,
            down_block_additional_residuals=tuple(total[:-1]),
            mid_block_additional_residual=total[-1],
            return_dict=False,
        )[0]


def control_name(k: int) -> str:
    """The folder of the k-th ControlNet, and the prefix of its parameters: ``controlnet``, ``controlnet_1``, ..."""
    return "controlnet" if k == 0 else f"controlnet_{k}"


def check_controlnets(folder: DiffusersFolder) -> None:
    """Checks, from the configurations alone, that every ControlNet of ``folder`` is one for its UNet and its VAE."""
    unet = folder.config("unet")
    factor = 2 ** (len(folder.config("vae").get("block_out_channels", [64])) - 1)
    for place in folder.controlnets:
        config = place.config()
        bad = [key for key in _SHARED_KEYS if not _same(config.get(key), unet.get(key))]
        if bad:
            raise SarTrainerError(
                f"{place.path} is a ControlNet for another UNet: "
                + "; ".join(f"{key} is {config.get(key)}, not {unet.get(key)}" for key in bad)
                + "."
            )
        if config.get("conditioning_channels", CONTROL_CHANNELS) != CONTROL_CHANNELS:
            raise SarTrainerError(
                f"{place.path} takes control images of {config['conditioning_channels']} channels; only "
                f"{CONTROL_CHANNELS} can be exported."
            )
        if config.get("global_pool_conditions", False):
            raise SarTrainerError(f"{place.path} pools its residuals (global_pool_conditions), which is not supported.")
        reduced = 2 ** (len(config.get("conditioning_embedding_out_channels", [16, 32, 96, 256])) - 1)
        if reduced != factor:
            raise SarTrainerError(
                f"{place.path} shrinks its control image {reduced} times, but the VAE shrinks images {factor} times "
                "(conditioning_embedding_out_channels)."
            )


def _same(a: Any, b: Any) -> bool:
    return (list(a) if isinstance(a, (list, tuple)) else a) == (list(b) if isinstance(b, (list, tuple)) else b)


def controlled_unet_graph(unet: nn.Module, controlnets: list[nn.Module], pooled_width: int) -> GraphSpec:
    """The graph of the denoiser with its ControlNets; its UNet part is named like ``unet_graph``'s."""
    plain = unet_graph(unet, pooled_width)
    residuals = len(controlnets[0].controlnet_down_blocks) + 1
    factor = 2 ** (len(controlnets[0].config.conditioning_embedding_out_channels) - 1)

    def make_inputs(case: Case, generator: torch.Generator) -> Inputs:
        inputs = plain.make_inputs(case, generator)
        batch, _, height, width = inputs["sample"].shape
        shape = (len(controlnets), batch, CONTROL_CHANNELS, height * factor, width * factor)
        extra = {
            "controlnet_images": torch.rand(shape, generator=generator).to(inputs["sample"].dtype),
            "controlnet_scales": 0.5 + torch.rand(len(controlnets), generator=generator),
            "controlnet_residual_weights": torch.rand(batch, residuals, generator=generator),
        }
        condition = {"timestep_cond": inputs.pop("timestep_cond")} if "timestep_cond" in inputs else {}
        return {**inputs, **extra, **condition}

    axes = plain.axes | {
        "controlnet_images": {1: "batch", 3: "image_height", 4: "image_width"},
        "controlnet_scales": {},
        "controlnet_residual_weights": {0: "batch"},
    }
    return GraphSpec(CONTROL_GRAPH, _ControlledUNet(unet, controlnets), make_inputs, axes, plain.outputs, scope="unet")


def load_controlled_unet(folder: DiffusersFolder, dtype: torch.dtype) -> GraphSpec:
    """Loads the UNet and its ControlNets in ``dtype`` and says how to trace them."""
    controlnets = [place.load(dtype) for place in folder.controlnets]
    return controlled_unet_graph(folder.load("unet", dtype), controlnets, folder.config("text_encoder_2")["projection_dim"])
