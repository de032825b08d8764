"""Which weights of the model are trained: every one of a component, low-rank matrices beside them, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from sar_trainer.train.diffusion.model import SdxlModel
from sar_trainer.train.diffusion.new_token import TokenEmbedding
from sar_trainer.train.schema import ConfigurationError

#: The layers that LoRA is put beside. Names of attention projections in diffusers, and in transformers' CLIP.
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
TEXT_ATTENTION = ("q_proj", "k_proj", "v_proj", "out_proj")
CONVOLUTIONS = ("conv1", "conv2")


@dataclass(frozen=True)
class Lora:
    """W + alpha / rank B A (the paper's equation 9) for the layers whose name ends with one of ``targets``."""

    rank: int
    alpha: float
    targets: tuple[str, ...]

    def targets_in(self, module: nn.Module) -> list[str]:
        """The targets that ``module`` has layers for."""
        names = [f".{name}" for name, child in module.named_modules() if isinstance(child, (nn.Linear, nn.Conv2d))]
        return [target for target in self.targets if any(name.endswith(f".{target}") for name in names)]

    @staticmethod
    def layers(component: str, targets: str | tuple[str, ...]) -> tuple[str, ...]:
        """The names that ``attention`` and ``attention+convolutions`` stand for in a component; names stand for themselves."""
        if not isinstance(targets, str):
            return tuple(targets)
        if component.startswith("text_encoder"):
            return TEXT_ATTENTION  # There are no convolutions.
        return ATTENTION + CONVOLUTIONS if targets == "attention+convolutions" else ATTENTION


@dataclass
class TrainedParts:
    """What is trained of a model: parameters by component and path, and the LoRA configurations by the network or module."""

    model: SdxlModel
    parameters: dict[str, dict[str, nn.Parameter]] = field(default_factory=dict)
    loras: dict[str, Any] = field(default_factory=dict)

    def train_fully(self, component: str) -> None:
        """Trains every weight of a component that the loss depends on, but no vectors beside a new token's."""
        unused = _unused_prefixes(self.model, component)
        chosen = {}
        for path, module in self.model.modules(component).items():
            for name, parameter in module.named_parameters():
                in_vocabulary = name.endswith(("token_embedding.table", "token_embedding.row"))
                if not in_vocabulary and not name.startswith(unused):
                    chosen[_inside_network(path, name)] = parameter.requires_grad_(True)
        self.parameters[component] = chosen

    def train_lora(self, component: str, lora: Lora, seed: int) -> None:
        """Puts low-rank matrices beside a component's layers; the second is zero, so the model does what it did."""
        from peft import LoraConfig, inject_adapter_in_model

        modules = self.model.modules(component)
        known = {target for module in modules.values() for target in lora.targets_in(module)}
        if len(known) < len(lora.targets):
            unknown = ", ".join(target for target in lora.targets if target not in known)
            raise ConfigurationError(
                f"components.{component}.targets: no linear layer's or convolution's name ends with {unknown}.",
                f"components.{component}.targets",
            )
        unused = _unused_prefixes(self.model, component)
        excluded = "|".join(f"{re.escape(prefix)}.*" for prefix in unused) or None
        chosen = {}
        for path, module in modules.items():
            targets = lora.targets_in(module)
            if not targets:
                continue  # quant_conv belongs to the VAE's encoder, but has no attention.
            config = LoraConfig(r=lora.rank, lora_alpha=lora.alpha, target_modules=targets, exclude_modules=excluded)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                inject_adapter_in_model(config, module)
            self.loras[path] = config
            chosen |= {_inside_network(path, n): p for n, p in module.named_parameters() if ".lora_" in n}
        self.parameters[component] = chosen

    def train_token(self, embeddings: dict[str, TokenEmbedding]) -> None:
        """Trains a new token's rows; last, because putting in LoRA freezes everything else."""
        self.parameters["token"] = {
            f"{encoder}.row": embedding.row.requires_grad_(True) for encoder, embedding in embeddings.items()
        }


def finished_state(network: nn.Module) -> dict[str, Tensor]:
    """The state of a network on the CPU as if it had been trained without LoRA and without a token of its own.

    Low-rank products are added to the weights as in peft's ``merge_and_unload``, a token's row lies in its table. The network
    stays as it is.
    """
    from peft.tuners.lora import LoraLayer

    wrappers = {path: module for path, module in network.named_modules() if isinstance(module, (LoraLayer, TokenEmbedding))}
    state = {}
    for name, value in network.state_dict().items():
        path, attribute = _wrapper_of(name, wrappers)
        wrapper = wrappers.get(path)
        match wrapper:
            case None:
                merged, name_there = value, name
            case TokenEmbedding():
                if attribute != "table":
                    continue
                merged, name_there = wrapper.merged(), f"{path}.weight"
            case _:
                if not attribute.startswith("base_layer."):
                    continue
                name_there = f"{path}.{attribute.removeprefix('base_layer.')}"
                is_weight = attribute == "base_layer.weight"
                merged = value + _product(wrapper) if is_weight else value
        state[name_there] = merged.detach().to("cpu", torch.float32).contiguous()
    return state


def _product(layer: Any) -> Tensor:
    weight = layer.get_base_layer().weight
    # Autocast would round the product to its own type.
    with torch.autocast(weight.device.type, enabled=False):
        return layer.get_delta_weight("default").to(weight.dtype)


def _wrapper_of(name: str, wrappers: dict[str, nn.Module]) -> tuple[str, str]:
    """Splits a parameter's name into the path of the wrapper that it is in, and the rest; empty if it is in none."""
    parts = name.split(".")
    for k in range(len(parts) - 1, 0, -1):
        if (path := ".".join(parts[:k])) in wrappers:
            return path, ".".join(parts[k:])
    return "", name


def _unused_prefixes(model: SdxlModel, component: str) -> tuple[str, ...]:
    """SDXL takes the last hidden state but one of the first text encoder, and not its pooled output: what comes after it never
    gets a gradient. (The second encoder's pooled output is used.)"""
    if component != "text_encoder":
        return ()
    network = model.networks[component]
    last = network.config.num_hidden_layers - 1
    prefix = "text_model." if hasattr(network, "text_model") else ""
    return (f"{prefix}encoder.layers.{last}.", f"{prefix}final_layer_norm.")


def _inside_network(path: str, name: str) -> str:
    """The name of a parameter in its network: ``vae.encoder`` and ``conv_in.weight`` are ``encoder.conv_in.weight`` there."""
    _, _, inside = path.partition(".")
    return f"{inside}.{name}" if inside else name
