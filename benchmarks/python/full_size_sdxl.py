"""Makes a diffusers folder with Stable Diffusion XL's real configuration and random weights.

    python benchmarks/python/full_size_sdxl.py FOLDER --tokenizers DIR

The UNet has its 2.567e9 parameters, both text encoders their real widths and depths, the vocabulary its 49,408 tokens. Nothing
is downloaded: the configurations below are SDXL base 1.0's, and DIR is any diffusers folder or bundle with CLIP's tokenizers
(``tokenizer/`` and ``tokenizer_2/``). The folder shows that the exporter and the runtime cope with the real size; its images
are noise.

Weights are drawn and written one tensor at a time, in shards of at most 1 GiB: the whole takes about 1.5 GiB of memory and
7 GB of disk in float16. ``--scale 2`` or ``4`` divides all widths and depths for a quick trial.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

SHARD_BYTES = 2**30
DTYPES = {"fp16": torch.float16, "fp32": torch.float32}

TEXT = {"vocab_size": 49408, "max_position_embeddings": 77, "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1}
TEXT_ENCODER = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "hidden_act": "quick_gelu",
    "projection_dim": 768,
}
TEXT_ENCODER_2 = {
    "hidden_size": 1280,
    "intermediate_size": 5120,
    "num_hidden_layers": 32,
    "num_attention_heads": 20,
    "hidden_act": "gelu",
    "projection_dim": 1280,
}
UNET = {
    "sample_size": 128,
    "in_channels": 4,
    "out_channels": 4,
    "block_out_channels": [320, 640, 1280],
    "layers_per_block": 2,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    "transformer_layers_per_block": [1, 2, 10],
    "attention_head_dim": [5, 10, 20],
    "cross_attention_dim": 2048,
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
VAE = {
    "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "layers_per_block": 2,
    "latent_channels": 4,
    "sample_size": 1024,
    "scaling_factor": 0.13025,
    "force_upcast": True,
}
SCHEDULER = {
    "_class_name": "EulerDiscreteScheduler",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "interpolation_type": "linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "sample_max_value": 1.0,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "timestep_spacing": "leading",
    "trained_betas": None,
    "use_karras_sigmas": False,
}
INDEX = {
    "_class_name": "StableDiffusionXLPipeline",
    "force_zeros_for_empty_prompt": True,
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def vocabulary(tokenizers: Path) -> int:
    """SDXL's vocabulary size, or more when the second tokenizer has added tokens (such as ``<SAR>``)."""
    file = tokenizers / "tokenizer_2" / "tokenizer.json"
    added = json.loads(file.read_text(encoding="utf-8"))["added_tokens"] if file.is_file() else []
    return max([TEXT["vocab_size"], *(token["id"] + 1 for token in added)])


def scaled(scale: int, vocab_size: int) -> tuple[dict[str, Any], ...]:
    """The configurations of both text encoders, the UNet and the VAE, with widths and depths divided by ``scale``."""

    def text(config: dict[str, Any]) -> dict[str, Any]:
        small = dict(config)
        for key in ("hidden_size", "intermediate_size", "num_attention_heads", "projection_dim"):
            small[key] = config[key] // scale
        small["num_hidden_layers"] = max(2, config["num_hidden_layers"] // scale)
        return {**TEXT, **small, "vocab_size": vocab_size}

    one, two = text(TEXT_ENCODER), text(TEXT_ENCODER_2)
    unet = dict(UNET)
    unet["block_out_channels"] = [width // scale for width in UNET["block_out_channels"]]
    unet["attention_head_dim"] = [max(1, heads // scale) for heads in UNET["attention_head_dim"]]
    unet["transformer_layers_per_block"] = [max(1, depth // scale) for depth in UNET["transformer_layers_per_block"]]
    unet["norm_num_groups"] = math.gcd(32, *unet["block_out_channels"])
    unet["cross_attention_dim"] = one["hidden_size"] + two["hidden_size"]
    unet["projection_class_embeddings_input_dim"] = two["projection_dim"] + 6 * UNET["addition_time_embed_dim"]
    vae = dict(VAE)
    vae["block_out_channels"] = [width // scale for width in VAE["block_out_channels"]]
    vae["norm_num_groups"] = math.gcd(32, *vae["block_out_channels"])
    return one, two, unet, vae


def parameters(model: nn.Module, generator: torch.Generator, dtype: torch.dtype) -> Iterator[tuple[str, torch.Tensor]]:
    """Draws the weights of a model that has none (on the device "meta"), each so that its layer keeps the variance."""
    for path, module in model.named_modules():
        for name, empty in module.named_parameters(recurse=False):
            key = f"{path}.{name}" if path else name
            if isinstance(module, (nn.LayerNorm, nn.GroupNorm)):
                value = torch.full(empty.shape, 1.0 if name == "weight" else 0.0, dtype=dtype)
            elif name == "bias":
                value = torch.zeros(empty.shape, dtype=dtype)
            else:
                spread = 0.02 if isinstance(module, nn.Embedding) else empty[0].numel() ** -0.5
                value = torch.empty(empty.shape, dtype=torch.float32).normal_(0, spread, generator=generator).to(dtype)
            yield key, value


def write_weights(folder: Path, stem: str, tensors: Iterator[tuple[str, torch.Tensor]]) -> int:
    """Writes ``stem.safetensors``, or shards and their index when it is longer than a shard; returns the bytes written."""
    shards: list[tuple[Path, list[str]]] = []
    pending: dict[str, torch.Tensor] = {}
    size = total = 0

    def flush() -> None:
        file = folder / f"part-{len(shards)}.safetensors"
        save_file(pending, file, metadata={"format": "pt"})
        shards.append((file, list(pending)))
        pending.clear()

    for key, tensor in tensors:
        if pending and size + tensor.nbytes > SHARD_BYTES:
            flush()
            size = 0
        pending[key] = tensor
        size += tensor.nbytes
        total += tensor.nbytes
    flush()
    if len(shards) == 1:
        shards[0][0].rename(folder / f"{stem}.safetensors")
        return total
    weight_map = {}
    for k, (file, keys) in enumerate(shards):
        name = f"{stem}-{k + 1:05d}-of-{len(shards):05d}.safetensors"
        file.rename(folder / name)
        weight_map |= dict.fromkeys(keys, name)
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / f"{stem}.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")
    return total


def make(target: Path, tokenizers: Path, dtype: torch.dtype, scale: int = 1, seed: int = 0) -> dict[str, int]:
    """Writes the diffusers folder; returns the number of parameters of each component."""
    generator = torch.Generator().manual_seed(seed)
    target.mkdir(parents=True)
    for name in ("tokenizer", "tokenizer_2"):
        shutil.copytree(tokenizers / name, target / name)
    (target / "scheduler").mkdir()
    (target / "scheduler" / "scheduler_config.json").write_text(json.dumps(SCHEDULER, indent=2) + "\n")
    (target / "model_index.json").write_text(json.dumps(INDEX, indent=2) + "\n")
    one, two, unet, vae = scaled(scale, vocabulary(tokenizers))
    counts = {}
    for name, build in (
        ("text_encoder", lambda: CLIPTextModel(CLIPTextConfig(**one))),
        ("text_encoder_2", lambda: CLIPTextModelWithProjection(CLIPTextConfig(**two))),
        ("unet", lambda: UNet2DConditionModel(**unet)),
        ("vae", lambda: AutoencoderKL(**vae)),
    ):
        with init_empty_weights():
            model = build()
        folder = target / name
        folder.mkdir()
        if name.startswith("text"):
            model.config.dtype = dtype
            model.config.architectures = [type(model).__name__]
            (folder / "config.json").write_text(model.config.to_json_string())
            stem = "model"
        else:
            model.save_config(folder)
            stem = "diffusion_pytorch_model"
        written = write_weights(folder, stem, parameters(model, generator, dtype))
        counts[name] = sum(parameter.numel() for parameter in model.parameters())
        print(f"{name}: {counts[name]:,} parameters, {written / 2**30:.2f} GiB", flush=True)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes a full-size Stable Diffusion XL with random weights.")
    parser.add_argument("folder", type=Path, help="where to write it (must not exist)")
    parser.add_argument("--tokenizers", type=Path, required=True, help="folder with tokenizer/ and tokenizer_2/ of CLIP")
    parser.add_argument("--dtype", choices=DTYPES, default="fp16", help="element type (default: fp16)")
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 4), default=1, help="divide widths and depths by this (default: 1, the real size)"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the weights (default: 0)")
    options = parser.parse_args()
    if options.folder.exists():
        parser.error(f"{options.folder} already exists")
    make(options.folder, options.tokenizers, DTYPES[options.dtype], options.scale, options.seed)


if __name__ == "__main__":
    main()
