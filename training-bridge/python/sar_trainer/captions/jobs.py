"""What is to be captioned: a folder of images, or a list of names, files and parts of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sar_trainer.errors import UsageError

_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Job:
    """One image to caption.

    ``part``: left, upper, right and lower edge of what is looked at, as fractions of the image's width and height.
    """

    name: str
    image: Path
    part: tuple[float, float, float, float] = _WHOLE

    def picture(self) -> Image.Image:
        """The part as an RGB picture of 8 bits; raises ``OSError`` if the file cannot be read."""
        with Image.open(self.image) as image:
            picture = _eight_bits(image)
        left, upper, right, lower = self.part
        width, height = picture.size
        box = (int(left * width), int(upper * height), round(right * width), round(lower * height))
        # At least a pixel of something, however small the part.
        return picture.crop((box[0], box[1], max(box[2], box[0] + 1), max(box[3], box[1] + 1)))


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Pillow clips 16 bits to 255 where it converts; the upper byte is what is seen.
        return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def jobs_of_folder(folder: Path) -> list[Job]:
    """Every image of a folder by its name without ending, in alphabetical order."""
    if not folder.is_dir():
        raise UsageError(f"No such folder of images: {folder}.")
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _ENDINGS)
    if not files:
        raise UsageError(f"{folder} holds no images (endings: {', '.join(_ENDINGS)}).")
    return [Job(file.stem, file) for file in files]


def jobs_of_list(file: Path) -> list[Job]:
    """JSON lines with ``name``, ``image`` and optionally ``part``; relative paths start at the list's folder."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"Cannot read the list of images {file}: {error.strerror}.") from error
    jobs = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            jobs.append(Job(str(entry["name"]), file.parent / entry["image"], tuple(map(float, entry.get("part", _WHOLE)))))
        except (ValueError, TypeError, KeyError) as error:
            raise UsageError(f"Line {number} of {file} is no job: it needs name and image ({error}).") from error
    return jobs
