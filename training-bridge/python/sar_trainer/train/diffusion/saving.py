"""The finished model as a diffusers folder, and what was learned as adapter files."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import save_file
from torch import nn

from sar_trainer.export.source import KNOWN_CLASSES, DiffusersFolder
from sar_trainer.train.diffusion.components import TrainedParts, finished_state
from sar_trainer.train.diffusion.model import TEXT_ENCODERS, SdxlModel
from sar_trainer.train.diffusion.new_token import TokenEmbedding
from sar_trainer.train.folders import copy_without


def save_model(model: SdxlModel, target: Path) -> None:
    """Writes ``target``, which must not exist: every network in float32 with LoRA merged and the new token's vectors inside.

    All of it in float32, also what was read in float16 and never trained: components of two types don't run together. Frozen
    weights keep their values to the bit. Other folders (ControlNets) are copied; a read-me would speak of the old weights.
    """
    source = model.folder.path
    rewritten = {entry.name for entry in source.iterdir() if entry.is_file()} - {"model_index.json"}
    copy_without(source, target, rewritten | model.networks.keys() | model.taught)
    for name in model.taught:
        model.tokenizers[name].save_pretrained(target / name)
    for name, network in model.networks.items():
        save_network(model.folder, name, network, target / name)


def save_network(folder: DiffusersFolder, name: str, network: nn.Module, target: Path) -> None:
    """Writes one network: ``config.json`` of the folder that it came from, changed where it changed, and one weight file."""
    target.mkdir()
    config = folder.config(name)
    state = finished_state(network)
    stem = "diffusion_pytorch_model"
    if KNOWN_CLASSES[name][0] == "transformers":
        stem = "model"
        config |= {key: getattr(network.config, key) for key in ("vocab_size", "eos_token_id")}
        config = {key: value for key, value in config.items() if key != "torch_dtype"} | {"dtype": "float32"}
        # As in SDXL's own files, which every version of transformers reads; version 5 has no such module in the first encoder.
        state = {key if key.startswith("text_") else f"text_model.{key}": value for key, value in state.items()}
    (target / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    save_file(state, target / f"{stem}.safetensors", metadata={"format": "pt"})


def save_adapters(parts: TrainedParts, name: str, target: Path) -> tuple[Path, ...]:
    """Writes what diffusers and ``--lora``, ``--embedding`` can add to the model that training began with; returns the files.

    ``NAME-lora.safetensors`` in diffusers' format: the LoRA of the UNet and the text encoders, with ranks and alphas in the
    metadata (the format has no place for that of a VAE). ``NAME-token.safetensors``: the new token's vectors, ``clip_l`` and
    ``clip_g`` as in kohya's scripts, the token in the metadata.
    """
    target.mkdir(exist_ok=True)
    return (*_save_lora(parts, target / f"{name}-lora.safetensors"), *_save_token(parts, target / f"{name}-token.safetensors"))


def _save_lora(parts: TrainedParts, file: Path) -> list[Path]:
    from diffusers import StableDiffusionXLPipeline
    from peft.utils import get_peft_model_state_dict

    layers, metadata = {}, {}
    for component in ("unet", *TEXT_ENCODERS):
        if component in parts.loras:
            state = get_peft_model_state_dict(parts.model.networks[component])
            layers[f"{component}_lora_layers"] = {key: value.detach().cpu().contiguous() for key, value in state.items()}
            metadata[f"{component}_lora_adapter_metadata"] = parts.loras[component].to_dict()
    if not layers:
        return []
    StableDiffusionXLPipeline.save_lora_weights(file.parent, weight_name=file.name, **layers, **metadata)
    return [file]


def _save_token(parts: TrainedParts, file: Path) -> list[Path]:
    rows, text = {}, ""
    for key, encoder in zip(("clip_l", "clip_g"), TEXT_ENCODERS, strict=True):
        for module in parts.model.networks[encoder].modules():
            if isinstance(module, TokenEmbedding):
                rows[key] = module.row.detach().cpu()[None].contiguous()
                text = module.text
    if not rows:
        return []
    save_file(rows, file, metadata={"format": "pt", "token": text})
    return [file]
