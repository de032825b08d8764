"""A CLIP in transformers' folder layout: read, prepared for amplitude images, or made anew."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.source import check_safetensors, read_json

#: OpenAI's CLIP (``preprocessor_config.json``), which new models follow.
DEFAULT_MEAN = (0.48145466, 0.4578275, 0.40821073)
DEFAULT_STD = (0.26862954, 0.26130258, 0.27577711)
WEIGHTS = "model.safetensors"
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "special_tokens_map.json")


@dataclass(frozen=True)
class Preparation:
    """How an amplitude image becomes ``pixel_values``: resized to ``size`` x ``size``, clipped to [0,1], (x - mean) / std.

    One mean and one deviation for all three channels, which are equal in a radar image.
    """

    size: int
    mean: float
    std: float

    def pixels(self, amplitude: Tensor) -> Tensor:
        """``pixel_values`` [B,3,S,S] of amplitudes [B,1,H,W] in [0,1].

        Bicubic (Keys, a = -0.5), the kernel widened when it shrinks the image: Pillow's ``BICUBIC``.
        """
        resized = functional.interpolate(
            amplitude.float(), (self.size, self.size), mode="bicubic", antialias=True, align_corners=False
        )
        return ((resized.clamp(0, 1) - self.mean) / self.std).expand(-1, 3, -1, -1)


@dataclass(frozen=True)
class ClipFolder:
    """``config.json``, ``model.safetensors``, the tokenizer's files, perhaps ``preprocessor_config.json``, in one folder."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> ClipFolder:
        """Checks what can be seen without reading weights."""
        if not path.is_dir():
            raise UsageError(f"No such folder: {path}. Give the folder of a transformers CLIP (with config.json).")
        folder = cls(path)
        kind = folder.config.get("model_type")
        if kind != "clip":
            raise SarTrainerError(f"{path} holds a model of type {kind!r}, not a CLIP with both towers ('clip').")
        if not any((path / name).is_file() for name in ("tokenizer.json", "vocab.json")):
            raise SarTrainerError(f"{path} has no tokenizer (tokenizer.json, or vocab.json and merges.txt).")
        return folder

    @cached_property
    def config(self) -> dict[str, Any]:
        """``config.json``."""
        file = self.path / "config.json"
        if not file.is_file():
            raise SarTrainerError(f"{self.path} has no config.json: it is not a transformers folder.")
        return read_json(file)

    @cached_property
    def preparation(self) -> Preparation:
        file = self.path / "preprocessor_config.json"
        values = read_json(file) if file.is_file() else {}
        mean, std = values.get("image_mean", DEFAULT_MEAN), values.get("image_std", DEFAULT_STD)
        return Preparation(self.model_config.vision_config.image_size, sum(mean) / len(mean), sum(std) / len(std))

    @cached_property
    def tokenizer(self) -> Any:
        from transformers import CLIPTokenizer

        try:
            return CLIPTokenizer.from_pretrained(self.path, local_files_only=True)
        except Exception as error:
            raise SarTrainerError(f"{self.path}: the tokenizer can't be read as CLIP's: {error}") from error

    @cached_property
    def model_config(self) -> Any:
        """``config.json`` as a ``CLIPConfig``, told which token ends a text.

        Old files say 2, and the text is then read at the token of the highest id: wrong once a token was added.
        """
        from transformers import CLIPConfig

        try:
            config = CLIPConfig.from_dict(self.config)
        except Exception as error:
            raise SarTrainerError(f"{self.path}/config.json describes no CLIP: {error}") from error
        config.text_config.eos_token_id = self.tokenizer.eos_token_id
        if len(self.tokenizer) > config.text_config.vocab_size:
            raise SarTrainerError(
                f"{self.path}: the tokenizer knows {len(self.tokenizer)} tokens, config.json says vocab_size "
                f"{config.text_config.vocab_size}. Both must come from the same model."
            )
        return config

    def load(self) -> nn.Module:
        """The ``CLIPModel``, float32, frozen, in evaluation mode; every parameter must be in the file."""
        from transformers import CLIPModel

        file = self.path / WEIGHTS
        if not file.is_file():
            hint = " Pickled weights (.bin) are never read." if any(self.path.glob("*.bin")) else ""
            raise SarTrainerError(f"{self.path} has no {WEIGHTS}.{hint} Set initialise: random to begin without weights.")
        check_safetensors(file)
        try:
            model, info = CLIPModel.from_pretrained(
                self.path,
                config=self.model_config,
                dtype=torch.float32,
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
            )
        except Exception as error:
            raise SarTrainerError(f"{self.path} can't be loaded as a CLIPModel: {error}") from error
        missing = sorted(info.get("missing_keys", ())) + sorted(map(str, info.get("mismatched_keys", ())))
        if missing:
            raise SarTrainerError(
                f"{self.path} does not fit its config.json: {', '.join(missing[:3])} ({len(missing)} weights)."
            )
        return model.eval().requires_grad_(False)

    def draw(self, seed: int) -> nn.Module:
        """A new ``CLIPModel`` of this configuration, its weights drawn from ``seed``."""
        from transformers import CLIPModel

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return CLIPModel(self.model_config).float().eval().requires_grad_(False)

    def tokens(self, texts: list[str]) -> Tensor:
        """Token ids [B,T], T that of the longest text; texts that are too long are cut, the end token kept."""
        length = self.model_config.text_config.max_position_embeddings
        return self.tokenizer(texts, padding=True, max_length=length, truncation=True, return_tensors="pt").input_ids

    def copy_tokenizer(self, target: Path) -> None:
        """Writes ``tokenizer.json`` and ``tokenizer_config.json`` (whatever files this folder has) to the folder ``target``."""
        target.mkdir(exist_ok=True)
        if (self.path / "tokenizer.json").is_file():
            for name in _TOKENIZER_FILES:
                if (self.path / name).is_file():
                    shutil.copyfile(self.path / name, target / name)
        else:
            self.tokenizer.save_pretrained(target)


@dataclass(frozen=True)
class ClipArchitecture:
    """The shape of a new CLIP. The defaults suit a data set of hundreds of images: 4.5 M parameters beside the table of tokens,
    which has ``text_width`` numbers for each (9.5 M for CLIP's 49,408)."""

    image_size: int = 128
    patch: int = 16
    image_width: int = 192
    text_width: int = 192
    image_layers: int = 6
    text_layers: int = 4
    heads: int = 3
    projection: int = 128

    def write(self, tokenizer: Path, target: Path) -> ClipFolder:
        """Writes a folder with configurations and the files of a CLIP tokenizer (a folder), but without weights.

        A training with ``initialise: random`` begins with it. ``target`` must not exist.
        """
        from transformers import CLIPConfig, CLIPTokenizer

        for name in ("image_size", "patch", "image_width", "text_width", "image_layers", "text_layers", "heads", "projection"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is at least 1, not {getattr(self, name)}.")
        if self.image_size % self.patch or self.image_width % self.heads or self.text_width % self.heads:
            raise UsageError("The image size must be a multiple of the patch, and both widths of the number of heads.")
        if target.exists():
            raise UsageError(f"{target} already exists. Give another place.")
        if not tokenizer.is_dir():
            raise UsageError(f"No such folder: {tokenizer}. Give the folder of a CLIP tokenizer.")
        loaded = CLIPTokenizer.from_pretrained(tokenizer, local_files_only=True)

        def layers(width: int) -> dict[str, int]:
            return {"hidden_size": width, "intermediate_size": 4 * width, "num_attention_heads": self.heads}

        config = CLIPConfig(
            projection_dim=self.projection,
            text_config=layers(self.text_width)
            | {
                "num_hidden_layers": self.text_layers,
                "vocab_size": len(loaded),
                "max_position_embeddings": min(loaded.model_max_length, 77),
                "projection_dim": self.projection,
                "bos_token_id": loaded.bos_token_id,
                "eos_token_id": loaded.eos_token_id,
                "pad_token_id": loaded.pad_token_id,
            },
            vision_config=layers(self.image_width)
            | {
                "num_hidden_layers": self.image_layers,
                "image_size": self.image_size,
                "patch_size": self.patch,
                "projection_dim": self.projection,
            },
        )
        target.mkdir(parents=True)
        config.architectures = ["CLIPModel"]
        config.save_pretrained(target)
        for name in _TOKENIZER_FILES:
            if (tokenizer / name).is_file():
                shutil.copyfile(tokenizer / name, target / name)
        # The amplitudes of normalised radar images, over which Rayleigh's distribution is spread.
        preparation = {"image_mean": [0.35] * 3, "image_std": [0.25] * 3, "size": {"shortest_edge": self.image_size}}
        (target / "preprocessor_config.json").write_text(json.dumps(preparation, indent=2) + "\n", encoding="utf-8")
        return ClipFolder.open(target)
