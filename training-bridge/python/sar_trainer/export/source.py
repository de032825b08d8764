"""A Stable Diffusion XL model in diffusers' folder layout, read one component at a time."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.end_token import exported_end_token

#: Component -> (library, class) that this exporter knows; the order is the order of export.
KNOWN_CLASSES = {
    "text_encoder": ("transformers", "CLIPTextModel"),
    "text_encoder_2": ("transformers", "CLIPTextModelWithProjection"),
    "unet": ("diffusers", "UNet2DConditionModel"),
    "vae": ("diffusers", "AutoencoderKL"),
}
#: What every SDXL pipeline has; the refiner has no first text encoder and no first tokenizer.
REQUIRED = ("text_encoder_2", "tokenizer_2", "unet", "vae", "scheduler")
_ENTRY_BYTES_LIMIT = 100 * 1024 * 1024


@dataclass(frozen=True)
class ModelFolder:
    """A folder with the ``config.json`` and the safetensors files of one model, as ``save_pretrained`` leaves it."""

    path: Path
    library: str
    class_name: str

    def config(self) -> dict[str, Any]:
        """Its ``config.json``."""
        file = self.path / "config.json"
        if not file.is_file():
            raise SarTrainerError(f"{file} is missing.")
        return read_json(file)

    def weight_files(self) -> list[Path]:
        """Its safetensors files: one, or the shards that the index beside them names."""
        stem = "model" if self.library == "transformers" else "diffusion_pytorch_model"
        single = self.path / f"{stem}.safetensors"
        if single.is_file():
            return [single]
        index = self.path / f"{stem}.safetensors.index.json"
        if index.is_file():
            names = sorted(set(read_json(index).get("weight_map", {}).values()))
            if not names:
                raise SarTrainerError(f"{index} names no weight file.")
            for name in names:
                if Path(name).name != name or not (self.path / name).is_file():
                    raise SarTrainerError(f"{index} names {name!r}, which is not a file of {self.path}.")
            return [self.path / name for name in names]
        hint = ""
        if any(self.path.glob("*.bin")):
            hint = (
                " There are .bin files: they are Python pickles, which can run code, and are never read here. Save the "
                "model again with save_pretrained(..., safe_serialization=True)."
            )
        raise SarTrainerError(f"{self.path} has no {stem}.safetensors.{hint}")

    def weight_bytes(self) -> int:
        """The size of its weight files in bytes."""
        return sum(file.stat().st_size for file in self.weight_files())

    def load(self, dtype: torch.dtype) -> torch.nn.Module:
        """Loads the model in ``dtype``, in evaluation mode; every parameter must be in the file."""
        if self.library == "transformers":
            import transformers as module
        else:
            import diffusers as module
        try:
            model, info = getattr(module, self.class_name).from_pretrained(
                str(self.path),
                torch_dtype=dtype,
                use_safetensors=True,
                low_cpu_mem_usage=True,
                local_files_only=True,
                output_loading_info=True,
            )
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception as error:
            raise SarTrainerError(f"{self.path} can't be loaded as a {self.class_name}: {error}") from error
        for kind in ("missing_keys", "mismatched_keys", "error_msgs"):
            if info.get(kind):
                some = ", ".join(str(key) for key in sorted(info[kind], key=str)[:3])
                raise SarTrainerError(
                    f"{self.path} does not fit its config.json: {kind.replace('_', ' ')} ({len(info[kind])}): {some}."
                )
        return model.eval().requires_grad_(False)


@dataclass(frozen=True)
class DiffusersFolder:
    """A folder with ``model_index.json`` and one sub-folder per component.

    ``extra_controlnets`` are folders of ControlNets that lie elsewhere; they follow those of the folder itself. ``pooling`` is
    one of ``end_token.POOLINGS``.
    """

    path: Path
    extra_controlnets: tuple[Path, ...] = ()
    pooling: str = "reference"

    @classmethod
    def open(cls, path: Path, extra_controlnets: tuple[Path, ...] = (), pooling: str = "reference") -> DiffusersFolder:
        """Checks the layout, and the length of every weight file, before anything large is read."""
        if not path.is_dir():
            raise UsageError(f"No such folder: {path}. Give the folder of a diffusers pipeline (with model_index.json).")
        for extra in extra_controlnets:
            if not (extra / "config.json").is_file():
                raise UsageError(f"{extra} is no ControlNet in diffusers' layout: it has no config.json.")
        folder = cls(path, extra_controlnets, pooling)
        missing = [name for name in REQUIRED if folder.index.get(name, [None])[0] is None]
        if missing:
            raise SarTrainerError(
                f"{path} is not a Stable Diffusion XL pipeline: model_index.json ({folder.pipeline_class}) names no "
                f"{', '.join(missing)}."
            )
        for component in folder.components:
            expected, actual = KNOWN_CLASSES[component], tuple(folder.index[component])
            if actual[1] != expected[1]:
                raise SarTrainerError(
                    f"{path}/{component} is a {actual[1]}; only {expected[1]} can be exported (Stable Diffusion XL)."
                )
            folder.config(component)
            for file in folder.weight_files(component):
                check_safetensors(file)
        for controlnet in folder.controlnets:
            kind = controlnet.config().get("_class_name")
            if kind != controlnet.class_name:
                raise SarTrainerError(f"{controlnet.path} is a {kind}; only ControlNetModel can be exported.")
            for file in controlnet.weight_files():
                check_safetensors(file)
        for name in ("scheduler", "tokenizer", "tokenizer_2"):
            if folder.has(name) and not (path / name).is_dir():
                raise SarTrainerError(f"{path} has no {name}/ although model_index.json names it.")
        return folder

    @cached_property
    def index(self) -> dict[str, Any]:
        """``model_index.json``."""
        file = self.path / "model_index.json"
        if not file.is_file():
            raise SarTrainerError(
                f"{self.path} has no model_index.json: it is not a diffusers folder. A single .safetensors checkpoint "
                "must first be converted with diffusers (from_single_file, then save_pretrained)."
            )
        return read_json(file)

    @property
    def pipeline_class(self) -> str:
        return str(self.index.get("_class_name", "unknown class"))

    def has(self, component: str) -> bool:
        """Whether ``model_index.json`` names this component (``[null, null]`` means that there is none)."""
        return self.index.get(component, [None])[0] is not None

    @property
    def components(self) -> list[str]:
        """The components that hold weights, in the order of export."""
        return [name for name in KNOWN_CLASSES if self.has(name)]

    def config(self, component: str) -> dict[str, Any]:
        """The component's ``config.json``."""
        file = self.path / component / "config.json"
        if not file.is_file():
            raise SarTrainerError(f"{file} is missing, although model_index.json names {component}.")
        return read_json(file)

    def end_token(self, component: str) -> int:
        """The ``eos_token_id`` of a text encoder in the bundle (``sar_trainer.export.end_token``)."""
        tokenizer = self.path / component.replace("text_encoder", "tokenizer")
        return exported_end_token(self.config(component), tokenizer, self.pooling)

    def model(self, component: str) -> ModelFolder:
        """Where a component lies."""
        return ModelFolder(self.path / component, *KNOWN_CLASSES[component])

    def weight_files(self, component: str) -> list[Path]:
        """The component's safetensors files."""
        return self.model(component).weight_files()

    def weight_bytes(self, component: str) -> int:
        """The size of the component's weight files in bytes."""
        return self.model(component).weight_bytes()

    def load(self, component: str, dtype: torch.dtype) -> torch.nn.Module:
        """Loads one component in ``dtype``, in evaluation mode."""
        return self.model(component).load(dtype)

    @cached_property
    def controlnets(self) -> list[ModelFolder]:
        """The ControlNets, in order: ``controlnet``, ``controlnet_1``, ... beside the UNet, as diffusers'
        ``MultiControlNetModel.save_pretrained`` lays them out, then the extra ones."""
        own = []
        while (place := self.path / ("controlnet" if not own else f"controlnet_{len(own)}")).is_dir():
            own.append(place)
        return [ModelFolder(place, "diffusers", "ControlNetModel") for place in (*own, *self.extra_controlnets)]


def read_json(file: Path) -> dict[str, Any]:
    """Reads a JSON object, with an error that names the file."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SarTrainerError(f"{file} can't be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise SarTrainerError(f"{file} must hold a JSON object.")
    return value


def check_safetensors(file: Path) -> None:
    """Checks that a safetensors file is as long as its header says.

    The format: 8 bytes little-endian length of the header, the JSON header, the data (safetensors, ``README.md``, "Format").
    """
    size = file.stat().st_size
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > min(size - 8, _ENTRY_BYTES_LIMIT):
                raise ValueError(f"the header claims {length} bytes, the file has {size}")
            header = json.loads(stream.read(length))
        end = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"), default=0)
    except (OSError, ValueError, KeyError, TypeError, IndexError, struct.error) as error:
        raise SarTrainerError(f"{file} is not a readable safetensors file: {error}.") from error
    if 8 + length + end != size:
        raise SarTrainerError(
            f"{file} is truncated or damaged: its header describes {8 + length + end} bytes, "
            f"the file has {size}. Copy it again."
        )
