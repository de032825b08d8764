"""Makes random adapters for the tiny bundles, and what diffusers and peft compute when they merge them.

    python goldens/make_lora_goldens.py

writes ``runtime/src/test/resources/adapters/`` (see ``README.md`` beside this file). The bundles of ``make_goldens.py`` must be
there; they have the same weights as the pipelines that are built here.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import peft
import torch
from diffusers import StableDiffusionXLPipeline
from make_goldens import FOREST, RESOURCES, call, run
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict as state_of
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tiny_models import EPS_VAE8, WIDTH_1, WIDTH_2, tiny_pipeline
from torch import nn

ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
CONVOLUTIONS = ["conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "upsamplers.0.conv", "conv_in", "conv_out"]
LINEAR = ["proj_in", "proj_out", "ff.net.0.proj", "ff.net.2", "time_emb_proj"]
LINEAR += ["time_embedding.linear_1", "add_embedding.linear_2"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
#: How many values of each merged weight are kept.
SAMPLES = 64
SCALE = 0.35


@torch.no_grad()
def enliven(model: nn.Module, seed: int) -> None:
    """Draws the adapter matrices of a model: up matrices are zero in a new adapter."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            spread = SCALE * parameter[0].numel() ** -0.5
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * spread)


def peft_unet(out: Path) -> None:
    """peft's own folder: prefix ``base_model.model.``, rank, alpha and patterns in ``adapter_config.json``."""
    config = LoraConfig(
        r=4,
        lora_alpha=6,
        target_modules=ATTENTION + CONVOLUTIONS,
        rank_pattern={"up_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k": 3},
        alpha_pattern={"down_blocks.0.resnets.0.conv1": 10},
    )
    model = get_peft_model(tiny_pipeline(EPS_VAE8).unet, config)
    enliven(model, 1)
    save_peft(model, out / "peft-unet")


def peft_text(out: Path) -> None:
    """peft's folders of both text encoders, rank-stabilised."""
    pipeline = tiny_pipeline(EPS_VAE8)
    for k, name in enumerate(("text_encoder", "text_encoder_2")):
        config = LoraConfig(r=3, lora_alpha=2, target_modules=TEXT, use_rslora=True)
        model = get_peft_model(getattr(pipeline, name), config)
        enliven(model, 10 + k)
        save_peft(model, out / "peft-text" / name)


def save_peft(model: nn.Module, folder: Path) -> None:
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = None
    file.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def diffusers_all(out: Path) -> None:
    """``save_lora_weights`` of the UNet and both text encoders; ranks and alphas in the metadata."""
    pipeline = tiny_pipeline(EPS_VAE8)
    layers, metadata = {}, {}
    for k, (name, rank, alpha, targets) in enumerate(
        (
            ("unet", 2, 5, ATTENTION + LINEAR + CONVOLUTIONS),
            ("text_encoder", 4, 4, TEXT),
            ("text_encoder_2", 3, 9, [*TEXT, "text_projection"]),
        )
    ):
        model = getattr(pipeline, name)
        config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=targets)
        model.add_adapter(config)
        enliven(model, 20 + k)
        layers[f"{name}_lora_layers"] = state_of(model)
        metadata[f"{name}_lora_adapter_metadata"] = model.peft_config["default"].to_dict()
    StableDiffusionXLPipeline.save_lora_weights(out / "diffusers", **layers, **metadata)


def diffusers_old(out: Path) -> None:
    """The keys of diffusers before it used peft: ``NAME.lora.down.weight``, no alpha, bfloat16."""
    model = tiny_pipeline(EPS_VAE8).unet
    model.add_adapter(LoraConfig(r=2, lora_alpha=2, target_modules=ATTENTION))
    enliven(model, 30)
    tensors = {}
    for key, value in state_of(model).items():
        name = key.replace("lora_A", "lora.down").replace("lora_B", "lora.up")
        tensors[f"unet.{name}"] = value.to(torch.bfloat16).contiguous()
    save_file(tensors, out / "diffusers-old.safetensors", metadata={"format": "pt"})


#: diffusers -> the original SDXL code, for the UNet of eps-vae8 (three levels of one layer).
def sgm(path: str) -> str:
    parts = path.split(".")
    inner = {"conv1": "in_layers.2", "conv2": "out_layers.3"}
    inner |= {"time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection"}
    outside = {"conv_in": "input_blocks.0.0", "conv_out": "out.2", "time_embedding.linear_1": "time_embed.0"}
    outside |= {"time_embedding.linear_2": "time_embed.2", "add_embedding.linear_1": "label_emb.0.0"}
    outside |= {"add_embedding.linear_2": "label_emb.0.2"}
    if path in outside:
        return outside[path]
    if parts[0] == "mid_block":
        kind, index, rest = parts[1], int(parts[2]), parts[3:]
        block = f"middle_block.{1 if kind == 'attentions' else 2 * index}"
        return ".".join([block, *rest]) if kind == "attentions" else f"{block}.{inner['.'.join(rest)]}"
    level, kind, index, rest = int(parts[1]), parts[2], int(parts[3]), ".".join(parts[4:])
    if parts[0] == "down_blocks":
        block = f"input_blocks.{1 + 2 * level + (1 if kind == 'downsamplers' else index)}"
    else:
        block = f"output_blocks.{2 * level + (1 if kind == 'upsamplers' else index)}"
    match kind:
        case "resnets":
            return f"{block}.0.{inner[rest]}"
        case "attentions":
            return f"{block}.1.{rest}"
        case "downsamplers":
            return f"{block}.0.op"
        case _:
            return f"{block}.2.conv"


def kohya(out: Path) -> None:
    """kohya's keys: diffusers' block names in one file, the original code's in the other (with 3 x 3 LoCon layers, float16)."""
    pipeline = tiny_pipeline(EPS_VAE8)
    targets = {
        "kohya": [*ATTENTION, "ff.net.2", "proj_in"],
        "kohya-sgm": [*ATTENTION, *CONVOLUTIONS, "time_emb_proj", "ff.net.0.proj"],
    }
    for k, (name, layers) in enumerate(targets.items()):
        generator = torch.Generator().manual_seed(40 + k)
        tensors: dict[str, torch.Tensor] = {}
        parts = (("lora_unet", pipeline.unet, layers, 3), ("lora_te1", pipeline.text_encoder, TEXT, 2))
        for prefix, model, wanted, rank in (*parts, ("lora_te2", pipeline.text_encoder_2, TEXT, 4)):
            for path, module in model.named_modules():
                if not isinstance(module, (nn.Linear, nn.Conv2d)) or not path.endswith(tuple(wanted)):
                    continue
                named = sgm(path) if prefix == "lora_unet" and name == "kohya-sgm" else path
                if prefix != "lora_unet" and not named.startswith("text_model."):
                    named = f"text_model.{named}"
                key = f"{prefix}_{named.replace('.', '_')}"
                shape = module.weight.shape
                kernel = shape[2:]
                down = torch.randn(rank, *shape[1:], generator=generator) * SCALE * shape[1:].numel() ** -0.5
                up = torch.randn(shape[0], rank, *[1] * len(kernel), generator=generator) * SCALE * rank**-0.5
                dtype = torch.float16 if name == "kohya-sgm" else torch.float32
                tensors[f"{key}.lora_down.weight"], tensors[f"{key}.lora_up.weight"] = down.to(dtype), up.to(dtype)
                if rank != 2:  # the first encoder's layers say no alpha
                    tensors[f"{key}.alpha"] = torch.tensor(rank / 2, dtype=dtype)
        save_file(tensors, out / f"{name}.safetensors", metadata={"ss_network_module": "networks.lora"})


def embeddings(out: Path) -> None:
    """Textual inversions: both encoders in one file, three vectors; and diffusers' two files, one vector."""
    generator = torch.Generator().manual_seed(50)

    def vectors(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator) * 0.7

    save_file({"clip_l": vectors(3, WIDTH_1), "clip_g": vectors(3, WIDTH_2)}, out / "sar-crop.safetensors")
    save_file({"<road>": vectors(WIDTH_1)}, out / "learned_embeds.safetensors")
    save_file({"<road>": vectors(1, WIDTH_2).half()}, out / "learned_embeds_2.safetensors")


def load_embedding(pipeline: StableDiffusionXLPipeline, file: Path) -> None:
    tensors = load_file(file)
    pairs = {"clip_l": (pipeline.text_encoder, pipeline.tokenizer), "clip_g": (pipeline.text_encoder_2, pipeline.tokenizer_2)}
    if "clip_l" in tensors:
        for key, (encoder, tokenizer) in pairs.items():
            pipeline.load_textual_inversion(tensors[key], token=file.stem, text_encoder=encoder, tokenizer=tokenizer)
        return
    ((token, value),) = tensors.items()
    encoder, tokenizer = pairs["clip_g" if file.stem.endswith("_2") else "clip_l"]
    pipeline.load_textual_inversion(
        value.reshape(-1, value.shape[-1]).float(), token=token, text_encoder=encoder, tokenizer=tokenizer
    )


@torch.no_grad()
def merge(pipeline: StableDiffusionXLPipeline, out: Path, loras: list[tuple[str, float]]) -> None:
    """Merges with peft (its own folders) and diffusers (the UNet of all other files).

    diffusers 0.42 finds no layer of transformers 5's text encoders any more, and says so in a warning only: for these, the
    formula of ``peft/tuners/lora/layer.py`` (``get_delta_weight``) is written out below.
    """
    names = []
    for k, (file, weight) in enumerate(loras):
        folder = (out / file).parent
        if (folder / "adapter_config.json").exists():
            part = folder.name if folder.name.startswith("text_encoder") else "unet"
            model = peft.PeftModel.from_pretrained(getattr(pipeline, part), folder)
            for module in model.modules():
                if isinstance(module, peft.tuners.lora.LoraLayer):
                    module.scale_layer(weight)
            setattr(pipeline, part, model.merge_and_unload())
        else:
            names.append((f"adapter{k}", weight))
            state, alphas, metadata = pipeline.lora_state_dict(
                out / file, unet_config=pipeline.unet.config, return_lora_metadata=True
            )
            unet = {key: value for key, value in state.items() if key.startswith("unet.")}
            pipeline.load_lora_into_unet(
                unet, network_alphas=alphas, unet=pipeline.unet, adapter_name=f"adapter{k}", metadata=metadata
            )
            merge_text(pipeline, out / file, weight)
    if names:
        pipeline.unet.set_adapters([name for name, _ in names], [weight for _, weight in names])
        pipeline.unet.fuse_lora(adapter_names=[name for name, _ in names])
        pipeline.unet.unload_lora()


def merge_text(pipeline: StableDiffusionXLPipeline, file: Path, weight: float) -> None:
    """Adds weight * alpha / rank * B A to the linear layers of both text encoders."""
    with safe_open(file, "pt") as opened:
        metadata = json.loads((opened.metadata() or {}).get("lora_adapter_metadata", "{}"))
    tensors = load_file(file)
    for part, prefix in (("text_encoder", "lora_te1_text_model_"), ("text_encoder_2", "lora_te2_text_model_")):
        for path, module in getattr(pipeline, part).named_modules():
            bare = path.removeprefix("text_model.")
            names = (f"{part}.{path}.lora_A.weight", f"{part}.{path}.lora_B.weight", "")
            if names[0] not in tensors:
                kohya_name = prefix + bare.replace(".", "_")
                names = (f"{kohya_name}.lora_down.weight", f"{kohya_name}.lora_up.weight", f"{kohya_name}.alpha")
            if names[0] in tensors:
                down, up = tensors.pop(names[0]).float(), tensors.pop(names[1]).float()
                alpha = tensors.pop(names[2]).item() if names[2] in tensors else metadata.get(f"{part}.lora_alpha", len(down))
                module.weight += weight * (alpha / len(down)) * (up @ down)
    left = [key for key in tensors if key.startswith(("text_encoder", "lora_te"))]
    if left:
        raise AssertionError(f"Not merged: {left}")


def parameters(pipeline: StableDiffusionXLPipeline) -> dict[str, torch.Tensor]:
    """Component and parameter -> value, by the names of published checkpoints."""
    result = {}
    for part in ("unet", "text_encoder", "text_encoder_2"):
        for name, value in getattr(pipeline, part).named_parameters():
            result[f"{part}/{name}"] = value.detach().clone()
    return result


def samples(value: torch.Tensor) -> torch.Tensor:
    flat = value.flatten().float()
    return flat[torch.arange(SAMPLES) * len(flat) // SAMPLES].contiguous()


def half(pipeline: StableDiffusionXLPipeline) -> StableDiffusionXLPipeline:
    """Rounds the weights to float16, and computes in float32."""
    return pipeline.to(torch.float16).to(torch.float32)


CALLS: dict[str, dict[str, Any]] = {
    "peft-unet": {"loras": [("peft-unet/adapter_model.safetensors", 1.0)]},
    "peft-text": {
        "loras": [
            ("peft-text/text_encoder/adapter_model.safetensors", 0.8),
            ("peft-text/text_encoder_2/adapter_model.safetensors", 1.5),
        ]
    },
    "diffusers": {"loras": [("diffusers/pytorch_lora_weights.safetensors", 0.5)]},
    "diffusers-old": {"loras": [("diffusers-old.safetensors", 1.0)]},
    "kohya": {"loras": [("kohya.safetensors", 1.0)]},
    "kohya-sgm": {"loras": [("kohya-sgm.safetensors", 0.9)]},
    "negative": {"loras": [("kohya.safetensors", -0.6)]},
    "off": {"loras": [("kohya.safetensors", 0.0)]},
    "several": {
        "loras": [
            ("diffusers/pytorch_lora_weights.safetensors", 0.7),
            ("kohya-sgm.safetensors", -0.4),
            ("diffusers-old.safetensors", 0.25),
        ]
    },
    "embedding": {"embeddings": ["sar-crop.safetensors"], "prompt": "a sar-crop field, sar-crop_1 and a Sar-Crop"},
    "two-files": {
        "embeddings": ["learned_embeds.safetensors", "learned_embeds_2.safetensors"],
        "prompt": "A <SAR> image of a <road>, forest",
    },
    "everything": {
        "loras": [("kohya.safetensors", 0.5), ("diffusers/pytorch_lora_weights.safetensors", 0.5)],
        "embeddings": ["learned_embeds.safetensors", "learned_embeds_2.safetensors", "sar-crop.safetensors"],
        "prompt": "sar-crop beside a <road>",
    },
}
HALF = ("peft-unet", "several", "everything")


def write_call(name: str, bundle: str, spec: dict[str, Any], out: Path) -> dict[str, Any]:
    torch.manual_seed(0)
    pipeline = tiny_pipeline(EPS_VAE8)
    if bundle == "fp16-vae8":
        pipeline = half(pipeline)
    before = parameters(pipeline)
    loras, files = spec.get("loras", []), spec.get("embeddings", [])
    merge(pipeline, out, loras)
    for file in files:
        load_embedding(pipeline, out / file)
    after = parameters(pipeline)
    changed = {
        key: samples(value)
        for key, value in after.items()
        if value.shape == before[key].shape and not torch.equal(value, before[key])
    }
    entry: dict[str, Any] = {"name": name, "bundle": bundle, "loras": [{"file": f, "weight": w} for f, w in loras]}
    stem = f"{bundle}-{name}"
    if changed:
        save_file(changed, out / f"{stem}-weights.safetensors")
        entry["weights"] = f"{stem}-weights.safetensors"
    request = call(steps=4, prompt=spec.get("prompt", FOREST))
    latents = run(pipeline, request, "latent").numpy()
    np.save(out / f"{stem}.npy", latents)
    entry |= {"embeddings": files, "request": request, "latents": f"{stem}.npy"}
    if files:
        prompt = [pipeline.maybe_convert_prompt(request["prompt"], t) for t in (pipeline.tokenizer, pipeline.tokenizer_2)]
        entry["token_ids"] = [
            tokenizer(text, padding="max_length", max_length=77, truncation=True).input_ids
            for text, tokenizer in zip(prompt, (pipeline.tokenizer, pipeline.tokenizer_2), strict=True)
        ]
    print(f"{bundle}/{name}: {len(changed)} weights changed, latents have standard deviation {latents.std():.3f}")
    return entry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=RESOURCES / "adapters")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for make in (peft_unet, peft_text, diffusers_all, diffusers_old, kohya, embeddings):
        make(out)
    entries = []
    for name, spec in CALLS.items():
        entries.append(write_call(name, EPS_VAE8.name, spec, out))
        if name in HALF:
            entries.append(write_call(name, "fp16-vae8", spec, out))
    (out / "index.json").write_text(json.dumps({"peft": peft.__version__, "calls": entries}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
