"""The parts of a Stable Diffusion XL model in memory, all in float32."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from sar_trainer.errors import SarTrainerError
from sar_trainer.export.source import KNOWN_CLASSES, DiffusersFolder

#: What a configuration calls the trainable components, and the modules that each is made of.
COMPONENTS: dict[str, tuple[str, ...]] = {
    "unet": ("unet",),
    "vae_encoder": ("vae.encoder", "vae.quant_conv"),
    "vae_decoder": ("vae.decoder", "vae.post_quant_conv"),
    "text_encoder": ("text_encoder",),
    "text_encoder_2": ("text_encoder_2",),
}
TEXT_ENCODERS = ("text_encoder", "text_encoder_2")
TOKENIZERS = ("tokenizer", "tokenizer_2")


@dataclass
class SdxlModel:
    """The networks of ``folder`` by their names there (unet, vae, text_encoder, text_encoder_2), and its tokenizers.

    ``drawn``: the networks whose weights were drawn instead of read; ``taught``: the tokenizers that learned a token.
    """

    folder: DiffusersFolder
    networks: dict[str, nn.Module]
    tokenizers: dict[str, Any]
    drawn: list[str] = field(default_factory=list)
    taught: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, folder: DiffusersFolder) -> SdxlModel:
        """Reads everything; every network is frozen and in evaluation mode."""
        networks = {name: folder.load(name, torch.float32) for name in _networks(folder)}
        return cls(folder, networks, _tokenizers(folder))

    @classmethod
    def initialise(cls, folder: DiffusersFolder, draw: Collection[str], seed: int) -> SdxlModel:
        """Draws the weights of the networks in ``draw``, and of those that the folder has no weights of; reads the others."""
        networks, drawn = {}, []
        for name in _networks(folder):
            if name in draw or not _has_weights(folder, name):
                with torch.random.fork_rng(devices=[]):
                    torch.manual_seed(seed)
                    networks[name] = _from_config(folder, name).float().eval().requires_grad_(False)
                drawn.append(name)
            else:
                networks[name] = folder.load(name, torch.float32)
        return cls(folder, networks, _tokenizers(folder), drawn)

    def modules(self, component: str) -> dict[str, nn.Module]:
        """The modules of a trainable component, by their path (``vae.encoder``); a VAE may have no ``quant_conv``."""
        found = {}
        for path in COMPONENTS[component]:
            network, _, attribute = path.partition(".")
            module = getattr(self.networks[network], attribute) if attribute else self.networks[network]
            if module is not None:
                found[path] = module
        return found

    def to(self, device: torch.device) -> None:
        for network in self.networks.values():
            network.to(device)


def network_of(component: str) -> str:
    """The network that a component is (a part of)."""
    return COMPONENTS[component][0].partition(".")[0]


def _networks(folder: DiffusersFolder) -> list[str]:
    missing = [name for name in (*KNOWN_CLASSES, *TOKENIZERS, "scheduler") if not folder.has(name)]
    if missing:
        raise SarTrainerError(
            f"{folder.path} has no {', '.join(missing)}: only SDXL's base model can be trained, not its refiner."
        )
    return list(KNOWN_CLASSES)


def _has_weights(folder: DiffusersFolder, name: str) -> bool:
    return any((folder.path / name).glob("*.safetensors"))


def _from_config(folder: DiffusersFolder, name: str) -> nn.Module:
    library, class_name = KNOWN_CLASSES[name]
    config = folder.config(name)
    try:
        if library == "transformers":
            import transformers

            return getattr(transformers, class_name)(transformers.CLIPTextConfig.from_dict(config))
        import diffusers

        return getattr(diffusers, class_name).from_config(config)
    except (TypeError, ValueError, KeyError) as error:
        raise SarTrainerError(f"{folder.path / name}/config.json describes no {class_name}: {error}") from error


def _tokenizers(folder: DiffusersFolder) -> dict[str, Any]:
    from transformers import CLIPTokenizer

    tokenizers = {}
    for name in TOKENIZERS:
        try:
            tokenizers[name] = CLIPTokenizer.from_pretrained(folder.path / name, local_files_only=True)
        except Exception as error:
            raise SarTrainerError(f"{folder.path / name} can't be read as CLIP's tokenizer: {error}") from error
    return tokenizers
