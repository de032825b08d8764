"""``sar_config.json``: what the bundle is, in the repository's own terms."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sar_trainer import __version__
from sar_trainer.errors import UsageError

FORMAT_VERSION = 1
CARD_FILE = "sar_config.json"

#: Key of a card -> (types, what it says): the documentation that ``--help`` prints.
CARD_KEYS: dict[str, tuple[tuple[type, ...], str]] = {
    "name": ((str,), "name of the model"),
    "version": ((str,), "version of the model"),
    "description": ((str,), "what it is and what it is not for"),
    "licence": ((str,), "SPDX identifier, or a sentence"),
    "band": ((str,), "radar band (default X)"),
    "pixel_spacing_m": ((int, float), "ground size of one pixel in metres (default 0.40)"),
    "trigger_token": ((str, type(None)), 'token that calls SAR imagery; default "<SAR>" if the tokenizer has it'),
    "amplitude": ((dict,), "amplitude normalisation (default: divided by mean + 3 sigma, clipped to [0,1])"),
    "training": ((str, dict), "how it was trained: free text or an object"),
    "recommended": (
        (dict,),
        "width, height, steps, guidance_scale, guidance_rescale, scheduler, negative_prompt, original_size [w,h], "
        "crop [x,y], target_size [w,h]",
    ),
}
RECOMMENDED_KEYS: dict[str, tuple[type, ...]] = {
    "width": (int,),
    "height": (int,),
    "steps": (int,),
    "guidance_scale": (int, float),
    "guidance_rescale": (int, float),
    "scheduler": (str,),
    "negative_prompt": (str,),
    "original_size": (list,),
    "crop": (list,),
    "target_size": (list,),
}
DEFAULT_AMPLITUDE = {"method": "mean_plus_3_sigma", "clip": [0.0, 1.0], "channels": "repeated"}


@dataclass(frozen=True)
class Card:
    """What a person says about the model; the exporter adds what it can see for itself."""

    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Card:
        """Reads a card from JSON (``.json``) or YAML (any other ending)."""
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"The card {file} can't be read: {error.strerror}.") from error
        try:
            if file.suffix == ".json":
                values = json.loads(text)
            else:
                import yaml

                values = yaml.safe_load(text)
        except Exception as error:
            raise UsageError(f"The card {file} is malformed: {error}") from error
        if not isinstance(values, dict):
            raise UsageError(f"The card {file} must be an object (key: value).")
        return cls(values).checked(str(file))

    def checked(self, where: str) -> Card:
        """This card, if every key is known and every value has the right type."""
        _check(self.values, {key: types for key, (types, _) in CARD_KEYS.items()}, where)
        _check(self.values.get("recommended", {}), RECOMMENDED_KEYS, f"{where}, recommended")
        for key in ("original_size", "crop", "target_size"):
            pair = self.values.get("recommended", {}).get(key)
            if pair is not None and (len(pair) != 2 or not all(type(number) is int and number >= 0 for number in pair)):
                raise UsageError(f"{where}, recommended: {key} must be two whole numbers, not {pair!r}.")
        return self

    def with_values(self, **values: Any) -> Card:
        """This card with the given values put on top; ``None`` leaves a value as it is."""
        return Card({**self.values, **{key: value for key, value in values.items() if value is not None}})


def _check(values: dict[str, Any], known: dict[str, tuple[type, ...]], where: str) -> None:
    for key, value in values.items():
        if key not in known:
            raise UsageError(f"{where}: unknown key {key!r}. Known keys: {', '.join(known)}.")
        if not isinstance(value, known[key]) or (isinstance(value, bool) and bool not in known[key]):
            expected = " or ".join(kind.__name__ for kind in known[key])
            raise UsageError(f"{where}: {key} must be of type {expected}, not {value!r}.")


def provenance(pipeline_class: str, diffusers_version: str | None) -> dict[str, Any]:
    """Where the bundle comes from: the source pipeline's class and the versions of the software that made it."""
    libraries = ("torch", "diffusers", "transformers", "onnxscript", "onnx-ir")
    return {
        "source_class": pipeline_class,
        "source_diffusers_version": diffusers_version,
        "exporter": f"sar-trainer {__version__}",
        "software": {library: version(library) for library in libraries},
    }


def file_records(bundle: Path) -> dict[str, dict[str, Any]]:
    """Relative path (with ``/``) -> size in bytes and SHA-256, of every file but ``sar_config.json`` itself."""
    records = {}
    for file in sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != CARD_FILE):
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        records[file.relative_to(bundle).as_posix()] = {"bytes": file.stat().st_size, "sha256": digest}
    return records
