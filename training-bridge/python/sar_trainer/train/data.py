"""Images and captions in Hugging Face's ``imagefolder`` layout.

``metadata.jsonl`` has one object a line: ``file_name`` (relative), ``text`` or ``caption``, optionally ``labels`` (a list), and
boxes ``[x0, y0, x1, y1]`` in pixels (x1 and y1 exclusive) under ``mask`` or ``inserted_vehicles``. Other columns are kept.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sar_trainer.errors import SarTrainerError

METADATA = "metadata.jsonl"
_BOXES = ("mask", "inserted_vehicles")


class DataError(SarTrainerError):
    """The training data is wrong; the message names the file, and the line of ``metadata.jsonl``."""

    def __init__(self, message: str, key: str = "data.train") -> None:
        super().__init__(message, key=key)


@dataclass(frozen=True)
class Entry:
    """One line of ``metadata.jsonl``."""

    file: Path
    text: str
    labels: tuple[str, ...]
    boxes: tuple[tuple[float, float, float, float], ...]
    columns: dict[str, Any]
    place: str
    """``metadata.jsonl:LINE``."""


@dataclass(frozen=True)
class ImageFolder:
    """The entries of one folder, in the order of ``metadata.jsonl``; pixels are read when asked for."""

    folder: Path
    entries: tuple[Entry, ...]

    @classmethod
    def open(cls, folder: Path, key: str = "data.train") -> ImageFolder:
        """Reads ``metadata.jsonl`` and sees that every image is there. ``key``: the configuration key that names the folder."""
        if not folder.is_dir():
            raise DataError(f"No such folder: {folder}.", key)
        file = folder / METADATA
        if not file.is_file():
            raise DataError(f"{folder} has no {METADATA}: it is not an imagefolder.", key)
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{file} can't be read: {error}.", key) from error
        entries = tuple(
            _entry(folder, line, f"{file}:{number}", key) for number, line in enumerate(lines, start=1) if line.strip()
        )
        if not entries:
            raise DataError(f"{file} names no image.", key)
        return cls(folder, entries)

    def __len__(self) -> int:
        return len(self.entries)

    def grey(self, index: int) -> np.ndarray:
        """The image as amplitude: float32 [H,W] in [0,1]; the mean of the channels if there are several."""
        pixels = read_pixels(self.entries[index].file, self.entries[index].place)
        return pixels if pixels.ndim == 2 else pixels.mean(axis=2, dtype=np.float32)

    def paired(self, index: int, column: str) -> np.ndarray:
        """The image that ``column`` names: float32 [H,W,3] in [0,1], as large as the image itself."""
        entry = self.entries[index]
        name = entry.columns.get(column)
        if not isinstance(name, str):
            raise DataError(f"{entry.place}: no {column}, which names the paired image (controlnet.condition.column).")
        pixels = read_pixels(self.folder / name, entry.place)
        return np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels

    @cached_property
    def digest(self) -> str:
        """SHA-256 over ``metadata.jsonl`` and the length of every image: the fingerprint of the data, quick to take."""
        digest = hashlib.sha256((self.folder / METADATA).read_bytes())
        for entry in self.entries:
            digest.update(f"{entry.file.stat().st_size}\n".encode())
        return digest.hexdigest()


def read_pixels(file: Path, place: str) -> np.ndarray:
    """Float32 in [0,1], [H,W] for grey and [H,W,3] for colour; 8 and 16 bits a channel, or float in [0,1].

    Transparency is dropped. ``place`` says in errors who names the file.
    """
    from PIL import Image

    try:
        with Image.open(file) as image:
            image.load()
            if image.mode.startswith("I"):  # 16 bits (Pillow: "I;16", in some files "I")
                return _within(np.asarray(image, dtype=np.float32) / 65535, file, place)
            if image.mode == "F":
                return _within(np.asarray(image, dtype=np.float32), file, place)
            if image.mode in ("1", "L", "LA", "La"):
                return np.asarray(image.convert("L"), dtype=np.float32) / 255
            return np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    except DataError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises many kinds, SyntaxError among them
        raise DataError(f"{place}: {file} is not a readable image: {error}.") from error


def _within(pixels: np.ndarray, file: Path, place: str) -> np.ndarray:
    if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
        raise DataError(f"{place}: {file} has values outside 0 to 1. Divide by mean + 3 sigma and clip first (dataset).")
    return pixels


def _entry(folder: Path, line: str, place: str, key: str) -> Entry:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataError(f"{place}: malformed JSON: {error}.", key) from error
    if not isinstance(row, dict) or not isinstance(row.get("file_name"), str):
        raise DataError(f"{place}: no file_name.", key)
    text = row.get("text", row.get("caption"))
    if not isinstance(text, str) or not text.strip():
        raise DataError(f"{place}: {row['file_name']} has no caption (text or caption).", key)
    file = folder / row["file_name"]
    if not file.is_file():
        raise DataError(f"{place}: {file} is missing.", key)
    labels = row.get("labels", ())
    boxes = tuple(box for column in _BOXES for box in _boxes(row.get(column), column, place, key))
    return Entry(file, text, (labels,) if isinstance(labels, str) else tuple(map(str, labels or ())), boxes, row, place)


def _boxes(value: Any, column: str, place: str, key: str) -> list[tuple[float, float, float, float]]:
    if value is None:
        return []
    try:
        boxes = [(float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in value]
    except (TypeError, ValueError):
        raise DataError(f"{place}: {column} must be a list of boxes [x0, y0, x1, y1].", key) from None
    if any(x0 > x1 or y0 > y1 for x0, y0, x1, y1 in boxes):
        raise DataError(f"{place}: {column} has a box whose second corner lies before the first.", key)
    return boxes
