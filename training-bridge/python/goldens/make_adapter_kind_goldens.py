"""Makes random adapters of every kind but plain LoRA, and the latents that the tiny model gives with them.

    python goldens/make_adapter_kind_goldens.py

writes ``runtime/src/test/resources/adapter-kinds/``. It needs lycoris-lora (4.1.3), which is not in the lock file: it is the
oracle here and nothing else, so put it on PYTHONPATH (``pip install --no-deps --target FOLDER lycoris-lora toml einops``). The
layers of LyCORIS and peft themselves run, as in training; nothing is merged.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import peft
import torch
from lycoris import LycorisNetwork, create_lycoris
from make_goldens import FOREST, RESOURCES, call, run
from make_lora_goldens import save_peft
from safetensors.torch import load_file, save_file
from tiny_models import EPS_VAE8, tiny_pipeline
from torch import nn

BLOCK = "down_blocks.1"
LINEAR = [f"{BLOCK}.attentions.0.transformer_blocks.0.attn1.to_q", f"{BLOCK}.attentions.0.transformer_blocks.0.attn2.to_out.0"]
CONVOLUTIONS = [f"{BLOCK}.resnets.0.conv1"]
NORMS = [f"{BLOCK}.resnets.0.norm1", f"{BLOCK}.attentions.0.transformer_blocks.0.norm2"]
NAMES = LINEAR + CONVOLUTIONS

#: Name -> (arguments of LyCORIS, the weight of the adapter).
LYCORIS: dict[str, tuple[dict[str, Any], float]] = {
    "locon": ({"algo": "locon"}, 0.8),
    "tucker": ({"algo": "locon", "use_tucker": True}, 1.0),
    "dora": ({"algo": "locon", "dora_wd": True}, 1.0),
    "dora-part": ({"algo": "locon", "dora_wd": True}, 0.6),
    "dora-inputs": ({"algo": "locon", "dora_wd": True, "wd_on_output": False}, 1.0),
    "loha": ({"algo": "loha"}, 0.7),
    "loha-tucker": ({"algo": "loha", "use_tucker": True}, 1.0),
    "doha": ({"algo": "loha", "dora_wd": True}, 1.0),
    "lokr": ({"algo": "lokr", "factor": 8}, 0.9),
    "lokr-full": ({"algo": "lokr", "full_matrix": True}, 1.0),
    "lokr-both": ({"algo": "lokr", "decompose_both": True, "linear_dim": 2, "conv_dim": 2}, 1.0),
    "lokr-tucker": ({"algo": "lokr", "use_tucker": True, "factor": 4, "linear_dim": 2, "conv_dim": 2}, 1.0),
    "full": ({"algo": "full"}, 0.5),
    "norms": ({"algo": "locon", "train_norm": True}, 1.0),
    "glora": ({"algo": "glora"}, 1.0),
    "ia3": ({"algo": "ia3"}, 0.5),
    "diag-oft": ({"algo": "diag-oft"}, 1.0),
    "diag-oft-part": ({"algo": "diag-oft", "rescaled": True, "constraint": 0.01}, 0.5),
}

PEFT: dict[str, peft.PeftConfig] = {
    "peft-dora": peft.LoraConfig(r=4, lora_alpha=6, target_modules=NAMES, use_dora=True),
    "peft-bias": peft.LoraConfig(r=4, lora_alpha=6, target_modules=LINEAR[1:], lora_bias=True),
    "peft-loha": peft.LoHaConfig(r=4, alpha=6, target_modules=NAMES),
    "peft-lokr": peft.LoKrConfig(r=2, alpha=3, target_modules=NAMES),
    "peft-ia3": peft.IA3Config(target_modules=LINEAR, feedforward_modules=LINEAR[:1]),
    "peft-vera": peft.VeraConfig(r=8, target_modules=LINEAR, save_projection=True),
    "peft-patterns": peft.LoraConfig(
        r=4, lora_alpha=4, target_modules=LINEAR, alpha_pattern={r".*attn1\.to_q": 16}, rank_pattern={r"attn\d\.to_out\.\d": 2}
    ),
}

#: What peft changes in the base, and what no closed formula is known for: refused by name.
REFUSED: dict[str, tuple[peft.PeftConfig, str]] = {
    "pissa": (peft.LoraConfig(r=2, target_modules=LINEAR, init_lora_weights="pissa"), "init_lora_weights pissa"),
    "olora": (peft.LoraConfig(r=2, target_modules=LINEAR, init_lora_weights="olora"), "init_lora_weights olora"),
    "peft-oft": (peft.OFTConfig(target_modules=LINEAR, oft_block_size=8, r=0), "orthogonal adapter"),
}


@torch.no_grad()
def enliven(parameters: Iterator[tuple[str, nn.Parameter]], seed: int) -> None:
    """Moves every parameter of an adapter from where its library starts it."""
    generator = torch.Generator().manual_seed(seed)
    for _, parameter in parameters:
        spread = 0.15 * max(1, parameter[0].numel()) ** -0.5 if parameter.dim() > 1 else 0.15
        parameter.add_(torch.randn(parameter.shape, generator=generator) * spread)


def write_lycoris(name: str, arguments: dict[str, Any], weight: float, seed: int, out: Path) -> dict[str, Any]:
    torch.manual_seed(seed)
    pipeline = tiny_pipeline(EPS_VAE8)
    names = NAMES + (NORMS if arguments.get("train_norm") else [])
    LycorisNetwork.apply_preset({"enable_conv": True, "target_module": [], "target_name": names})
    defaults: dict[str, Any] = {"linear_dim": 4, "linear_alpha": 2, "conv_dim": 4, "conv_alpha": 2}
    network = create_lycoris(pipeline.unet, weight, **{**defaults, **arguments})
    network.apply_to()
    enliven(network.named_parameters(), seed)
    network.set_multiplier(weight)
    state = {key: value.detach().clone().contiguous() for key, value in network.state_dict().items()}
    save_file(state, out / f"{name}.safetensors")
    return entry(pipeline, name, f"{name}.safetensors", weight, out)


def write_peft(name: str, config: peft.PeftConfig, seed: int, out: Path) -> dict[str, Any]:
    torch.manual_seed(seed)
    pipeline = tiny_pipeline(EPS_VAE8)
    model = peft.get_peft_model(pipeline.unet, config)
    enliven(((key, value) for key, value in model.named_parameters() if value.requires_grad), seed)
    save_peft(model, out / name)
    return entry(pipeline, name, f"{name}/adapter_model.safetensors", 1.0, out)


def entry(pipeline: Any, name: str, file: str, weight: float, out: Path) -> dict[str, Any]:
    request = call(steps=3, prompt=FOREST)
    with torch.no_grad():
        latents = run(pipeline, request, "latent").numpy()
    np.save(out / f"{name}.npy", latents)
    print(f"{name}: {sorted(load_file(out / file))[:3]} ... {latents.std():.3f}")
    loras = [{"file": file, "weight": weight}]
    return {
        "name": name,
        "bundle": EPS_VAE8.name,
        "loras": loras,
        "embeddings": [],
        "request": request,
        "latents": f"{name}.npy",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=RESOURCES / "adapter-kinds")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    calls = [write_lycoris(name, *spec, seed, out) for seed, (name, spec) in enumerate(LYCORIS.items())]
    calls += [write_peft(name, config, 100 + seed, out) for seed, (name, config) in enumerate(PEFT.items())]
    refused = []
    for seed, (name, (config, words)) in enumerate(REFUSED.items()):
        file = write_peft(name, config, 200 + seed, out)["loras"][0]["file"]
        (out / f"{name}.npy").unlink()
        refused.append({"file": file, "words": words})
    (out / "index.json").write_text(json.dumps({"calls": calls, "refused": refused}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
