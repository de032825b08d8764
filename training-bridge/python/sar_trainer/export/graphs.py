"""What each graph of a bundle takes and gives.

Shapes use B for the batch, T for the tokens (up to 77), H x W for the image and h x w for the latents. The names are
optimum-onnx's (``optimum/exporters/onnx/model_configs.py``), so that its runtimes read our bundles and ours reads its exports.

In a half-precision bundle ``text_embeds``, ``time_ids`` and ``timestep`` stay float32: the UNet embeds numbers in float32
(``diffusers/models/embeddings.py``, ``get_timestep_embedding``) and concatenates the result with ``text_embeds``, and
torch.onnx does not cast there; all three are cast to the UNet's type right after. Everything else has the type of the weights.
``timestep`` is a float32 tensor of shape [1], shared by the batch: fractional timesteps (Karras, Heun, LMS) pass exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from sar_trainer.errors import SarTrainerError
from sar_trainer.export.end_token import LARGEST_ID, pool_at
from sar_trainer.export.source import DiffusersFolder

Inputs = dict[str, torch.Tensor]
CLIP_TOKENS = 77


@dataclass(frozen=True)
class Case:
    """The sizes of one set of random inputs: batch, and two sizes in units of the graph's smallest."""

    batch: int
    rows: int
    columns: int


#: The graph is traced with the first and compared with torch on the others, so that no axis can be frozen.
TRACE_CASE = Case(batch=2, rows=2, columns=3)
CHECK_CASES = (Case(batch=1, rows=4, columns=2), Case(batch=3, rows=3, columns=5))


@dataclass(frozen=True)
class GraphSpec:
    """One ONNX graph: the module to trace, its inputs, its outputs.

    ``axes`` names the dynamic axes of inputs and outputs; ``scope`` is the path of the traced module inside the wrapper,
    ``canonical`` what replaces it, so that names are those of the published checkpoints.
    """

    name: str
    module: nn.Module
    make_inputs: Callable[[Case, torch.Generator], Inputs]
    axes: dict[str, dict[int, str]]
    outputs: list[str]
    scope: str = ""
    canonical: str = ""

    def canonical_name(self, name: str) -> str:
        """The published name of a module or parameter of the wrapper: ``unet.conv_in.weight`` -> ``conv_in.weight``."""
        if not self.scope:
            return name
        if name == self.scope:
            return self.canonical.removesuffix(".")
        bare = name.removeprefix(self.scope + ".")
        if bare == name or not bare:
            return name
        return bare if bare.startswith(("text_model.", "text_projection")) else self.canonical + bare


class _TextEncoder(nn.Module):
    """input_ids [B,T] -> last_hidden_state [B,T,C], pooler_output [B,C], hidden_states.0..N, each [B,T,C]."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, ...]:
        result = self.model(input_ids=input_ids, output_hidden_states=True)
        return (result.last_hidden_state, result.pooler_output, *result.hidden_states)


class _ProjectedTextEncoder(nn.Module):
    """input_ids [B,T] -> text_embeds [B,P], last_hidden_state [B,T,C], hidden_states.0..N, each [B,T,C]."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, ...]:
        result = self.model(input_ids=input_ids, output_hidden_states=True)
        return (result.text_embeds, result.last_hidden_state, *result.hidden_states)


class _UNet(nn.Module):
    """The denoiser: sample [B,4,h,w], timestep [1], encoder_hidden_states [B,T,C], text_embeds [B,P], time_ids [B,6] (5 in a
    refiner), perhaps timestep_cond [B,D] -> out_sample [B,4,h,w]."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.unet = model

    def forward(self, sample, timestep, encoder_hidden_states, text_embeds, time_ids, timestep_cond=None) -> torch.Tensor:
        return self.unet(
            sample,
            timestep,
            encoder_hidden_states,
            timestep_cond=timestep_cond,
            added_cond_kwargs={"text_embeds": text_embeds, "time_ids": time_ids},
            return_dict=False,
        )[0]


class _VaeEncoder(nn.Module):
    """sample [B,3,H,W] in [-1,1] -> latent_parameters [B,8,h,w]: the means, then the log variances."""

    def __init__(self, vae: nn.Module):
        super().__init__()
        self.encoder = vae.encoder
        self.quant_conv = vae.quant_conv

    def forward(self, sample: torch.Tensor) -> torch.Tensor:
        moments = self.encoder(sample)
        return moments if self.quant_conv is None else self.quant_conv(moments)


class _VaeDecoder(nn.Module):
    """latent_sample [B,4,h,w] (already divided by the scaling factor) -> sample [B,3,H,W], about [-1,1]."""

    def __init__(self, vae: nn.Module):
        super().__init__()
        self.decoder = vae.decoder
        self.post_quant_conv = vae.post_quant_conv

    def forward(self, latent_sample: torch.Tensor) -> torch.Tensor:
        return self.decoder(latent_sample if self.post_quant_conv is None else self.post_quant_conv(latent_sample))


def text_encoder_graph(name: str, model: nn.Module) -> GraphSpec:
    """The graph of either text encoder; the second one (with a projection) also gives ``text_embeds``."""
    projected = hasattr(model, "text_projection")
    config = model.config
    hidden = [f"hidden_states.{k}" for k in range(config.num_hidden_layers + 1)]
    outputs = (["text_embeds", "last_hidden_state"] if projected else ["last_hidden_state", "pooler_output"]) + hidden

    def make_inputs(case: Case, generator: torch.Generator) -> Inputs:
        tokens = min(CLIP_TOKENS, config.max_position_embeddings)
        if case.rows != TRACE_CASE.rows:
            tokens -= case.rows
        ids = torch.randint(0, config.vocab_size, (case.batch, tokens), generator=generator)
        # Each prompt ends at another place: the pooled embedding is read at the end token.
        end = config.vocab_size - 1 if config.eos_token_id == LARGEST_ID else config.eos_token_id
        for k in range(case.batch):
            ids[k, tokens // (k + 2) :] = end
        return {"input_ids": ids}

    axes = {output: {0: "batch", 1: "tokens"} for output in [*hidden, "last_hidden_state"]}
    axes |= {"input_ids": {0: "batch", 1: "tokens"}, "text_embeds": {0: "batch"}, "pooler_output": {0: "batch"}}
    wrapper = _ProjectedTextEncoder(model) if projected else _TextEncoder(model)
    # transformers 5 dropped the level "text_model" from CLIPTextModel's names; checkpoints and LoRA files have it.
    return GraphSpec(name, wrapper, make_inputs, axes, outputs, scope="model", canonical="text_model.")


def _time_ids(model: nn.Module, pooled_width: int) -> int:
    """How many numbers of micro-conditioning the UNet takes: 6, or 5 in the refiner (an aesthetic score, no target size)."""
    rest = model.add_embedding.linear_1.in_features - pooled_width
    count, remainder = divmod(rest, model.config.addition_time_embed_dim)
    if count < 1 or remainder:
        raise SarTrainerError(
            f"The UNet and text_encoder_2 don't fit: projection_class_embeddings_input_dim is "
            f"{model.add_embedding.linear_1.in_features}, which is not {pooled_width} (text_encoder_2's projection_dim) plus a "
            f"multiple of {model.config.addition_time_embed_dim} (addition_time_embed_dim)."
        )
    return count


def unet_graph(model: nn.Module, pooled_width: int) -> GraphSpec:
    """The graph of the denoiser, given the width of ``text_embeds``.

    A UNet distilled for guidance (``time_cond_proj_dim``) has one more input: ``timestep_cond`` [B,D].
    """
    if model.config.addition_embed_type != "text_time":
        raise SarTrainerError(
            f"The UNet's addition_embed_type is {model.config.addition_embed_type!r}, not SDXL's 'text_time'."
        )
    config = model.config
    factor = 2 ** (len(config.block_out_channels) - 1)
    dtype = next(model.parameters()).dtype
    pooled, time_ids = pooled_width, _time_ids(model, pooled_width)

    def make_inputs(case: Case, generator: torch.Generator) -> Inputs:
        def normal(*shape: int) -> torch.Tensor:
            return torch.randn(shape, generator=generator)

        inputs = {
            "sample": normal(case.batch, config.in_channels, case.rows * factor, case.columns * factor).to(dtype),
            "timestep": torch.tensor([100.0 * case.rows + 0.25]),
            "encoder_hidden_states": normal(case.batch, CLIP_TOKENS, config.cross_attention_dim).to(dtype),
            "text_embeds": normal(case.batch, pooled),
            "time_ids": torch.randint(0, 1024, (case.batch, time_ids), generator=generator).float(),
        }
        if config.time_cond_proj_dim:
            inputs["timestep_cond"] = normal(case.batch, config.time_cond_proj_dim).to(dtype)
        return inputs

    axes = {
        "sample": {0: "batch", 2: "height", 3: "width"},
        "timestep": {},
        "encoder_hidden_states": {0: "batch", 1: "tokens"},
        "text_embeds": {0: "batch"},
        "time_ids": {0: "batch"},
        "timestep_cond": {0: "batch"},
        "out_sample": {0: "batch", 2: "height", 3: "width"},
    }
    return GraphSpec("unet", _UNet(model), make_inputs, axes, ["out_sample"], scope="unet")


def vae_encoder_graph(vae: nn.Module) -> GraphSpec:
    """The graph from image to the parameters of the latent Gaussian."""
    factor = 2 ** (len(vae.config.block_out_channels) - 1)
    dtype = next(vae.parameters()).dtype

    def make_inputs(case: Case, generator: torch.Generator) -> Inputs:
        shape = (case.batch, vae.config.in_channels, 2 * case.rows * factor, 2 * case.columns * factor)
        return {"sample": (torch.rand(shape, generator=generator) * 2 - 1).to(dtype)}

    axes = {
        "sample": {0: "batch", 2: "height", 3: "width"},
        "latent_parameters": {0: "batch", 2: "latent_height", 3: "latent_width"},
    }
    return GraphSpec("vae_encoder", _VaeEncoder(vae), make_inputs, axes, ["latent_parameters"])


def vae_decoder_graph(vae: nn.Module) -> GraphSpec:
    """The graph from latents to image."""
    dtype = next(vae.parameters()).dtype

    def make_inputs(case: Case, generator: torch.Generator) -> Inputs:
        shape = (case.batch, vae.config.latent_channels, 2 * case.rows, 2 * case.columns)
        return {"latent_sample": torch.randn(shape, generator=generator).to(dtype)}

    axes = {
        "latent_sample": {0: "batch", 2: "latent_height", 3: "latent_width"},
        "sample": {0: "batch", 2: "height", 3: "width"},
    }
    return GraphSpec("vae_decoder", _VaeDecoder(vae), make_inputs, axes, ["sample"])


#: Graph name -> the component of the diffusers folder that it is made from, in the order of export.
GRAPHS = {
    "text_encoder": "text_encoder",
    "text_encoder_2": "text_encoder_2",
    "vae_encoder": "vae",
    "vae_decoder": "vae",
    "unet": "unet",
}


def load_graph(folder: DiffusersFolder, graph: str, dtype: torch.dtype) -> GraphSpec:
    """Loads the component of one graph in ``dtype`` and says how to trace it."""
    model = folder.load(GRAPHS[graph], dtype)
    match graph:
        case "text_encoder" | "text_encoder_2":
            pool_at(model, folder.end_token(graph))
            return text_encoder_graph(graph, model)
        case "unet":
            return unet_graph(model, folder.config("text_encoder_2")["projection_dim"])
        case "vae_encoder":
            return vae_encoder_graph(model)
        case "vae_decoder":
            return vae_decoder_graph(model)
    raise ValueError(graph)
