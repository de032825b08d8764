"""Writes captions as phrases between commas, which a training can shuffle and leave out: captions.py IMAGES CAPTIONS OUT.jsonl

Each caption becomes, by these rules and no others:

1. What somebody wrote, split into phrases at commas, and at "and" or "with" where a new thing is named after them ("a field
   with a diagonal tree line and houses" -> "a field", "a diagonal tree line", "houses").
2. Without vehicles: they were pasted into the images, and their boxes are left out of the losses. "two vehicles in a clearing
   at the top" -> "a clearing at the top"; what speaks of vehicles alone goes.
3. How much of the image is dark, if more than 5 %: "some dark areas" (to 20 %), "large dark areas" (to 45 %), "mostly dark";
   and where, if one ninth of the image has at least 40 % of it. Dark are blocks of 8 x 8 pixels whose mean is less than 0.4 of
   the image's mean.
4. Which way fine lines run (plow lines, tracks), if one of four directions has at least 1.5 times the power that it has in the
   median image, at periods of 4 to 20 pixels, and more than any other relative to it.

Measured phrases leave the vehicles' boxes out. The images are expected with range along y, as everywhere here.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BLOCK = 8
DARK = 0.4
#: Directions of lines by the angle of their spectral peak: lines run across it.
DIRECTIONS = (
    "fine vertical lines",
    "fine lines from the lower left to the upper right",
    "fine horizontal lines",
    "fine lines from the upper left to the lower right",
)
PERIODS = (4.0, 20.0)
LEAST_EXCESS = 1.5
_TILE = 128

_PLACES = r"(?:top|bottom|left|right|center|centre|both|below|above|one|the|it|them|its)\b"
#: "and" and "with" before a new thing, not before a second place ("at the top and bottom", "one on the left and one below").
_JOINT = re.compile(rf",\s*(?:and\s+|with\s+)?|\s+(?:and|with)\s+(?!{_PLACES})")
_VEHICLES = re.compile(r"\b(?:\w+\s+)?vehicles?\b(?:\s+(?:in|within|next to|beside)\s+(?P<scene>an?\s+.*))?")
#: What is left of "two vehicles, one at the top and one on the right" speaks of vehicles, too.
_ELLIPSIS = re.compile(r"^(?:one|two|three|four|another|several|many|some|top|bottom|left|right|near|on|at|in|below|above)\b")
_CONJUNCTION = re.compile(r"\s*\b(?:holding|with|and|next to|beside|around)\s*$")
_THINGS = re.compile(
    r"\b(?:tree|hous|field|road|track|hedge|shadow|forest|building|line|grass|pond|fence|strip|ditch|crown|clearing)"
)


Array = NDArray[np.float64]


def phrases(caption: str) -> list[str]:
    """Rules 1 and 2."""
    found: list[str] = []
    for part in _JOINT.split(caption.strip().rstrip(".")):
        vehicles = _VEHICLES.search(part)
        named = [part] if vehicles is None else [_CONJUNCTION.sub("", part[: vehicles.start()]), vehicles["scene"] or ""]
        found += [thing for thing in named if thing and not (_ELLIPSIS.match(thing) and not _THINGS.search(thing))]
    return list(dict.fromkeys(thing.strip() for thing in found))


def dark_phrase(image: Array, mask: Array) -> str:
    """Rule 3; empty if there is nothing to say."""
    means, counted = _block_means(image, mask)
    dark = (means < DARK * means[counted].mean()) & counted
    share = dark.sum() / counted.sum()
    if share < 0.05:
        return ""
    extent = "some dark areas" if share < 0.2 else "large dark areas" if share < 0.45 else "mostly dark"
    ninths = np.array([[third.sum() for third in np.array_split(row, 3, 1)] for row in np.array_split(dark, 3, 0)])
    if extent == "mostly dark" or ninths.max() < 0.4 * dark.sum():
        return extent
    y, x = np.unravel_index(np.argmax(ninths), ninths.shape)
    return f"{extent} {_PLACE_NAMES[y][x]}"


def direction_powers(image: Array) -> Array:
    """The relative power of the four directions, [4], at the periods of rule 4: the median over tiles of 128 x 128 pixels."""
    window = np.hanning(_TILE)[:, None] * np.hanning(_TILE)
    f = np.fft.fftfreq(_TILE)
    radius, angle = np.hypot(f[:, None], f), np.arctan2(f[:, None], f)
    ring = (radius >= 1 / PERIODS[1]) & (radius <= 1 / PERIODS[0])
    sector = np.round(angle / (np.pi / 4)).astype(int) % 4
    found = []
    for y in range(0, image.shape[0] - _TILE + 1, _TILE // 2):
        for x in range(0, image.shape[1] - _TILE + 1, _TILE // 2):
            tile = image[y : y + _TILE, x : x + _TILE]
            power = np.abs(np.fft.fft2((tile - tile.mean()) * window)) ** 2
            powers = np.array([power[ring & (sector == k)].mean() for k in range(4)])
            found.append(powers / max(powers.sum(), 1e-12))
    return np.median(found, axis=0)


def direction_phrase(powers: Array, usual: Array) -> str:
    """Rule 4, for ``direction_powers`` of an image and the median of all images; empty if no direction stands out."""
    excess = powers / usual
    return DIRECTIONS[int(np.argmax(excess))] if excess.max() >= LEAST_EXCESS else ""


_PLACE_NAMES = (
    ("at the top left", "at the top", "at the top right"),
    ("on the left", "in the center", "on the right"),
    ("at the bottom left", "at the bottom", "at the bottom right"),
)


def _block_means(image: Array, mask: Array) -> tuple[Array, NDArray[np.bool_]]:
    height, width = (length // BLOCK * BLOCK for length in image.shape)
    blocks = (height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    return image[:height, :width].reshape(blocks).mean((1, 3)), mask[:height, :width].reshape(blocks).min((1, 3)) == 1


def write(images: Path, captions: Path, out: Path) -> None:
    """Writes ``out``: the rows of ``captions`` with other captions."""
    rows = [json.loads(line) for line in captions.read_text(encoding="utf-8").splitlines() if line.strip()]
    darks, powers = [], []
    for row in rows:
        with Image.open(images / Path(row["file_name"]).name) as file:
            image = np.asarray(file.convert("L"), dtype=np.float64)
        mask = np.ones_like(image)
        for x0, y0, x1, y1 in row.get("inserted_vehicles", []):
            mask[max(0, y0) : y1, max(0, x0) : x1] = 0
        darks.append(dark_phrase(image, mask))
        # Bright rectangles have straight edges: the mean takes their place.
        powers.append(direction_powers(np.where(mask == 1, image, image[mask == 1].mean())))
    usual = np.median(powers, axis=0)
    lines = []
    for row, dark, own in zip(rows, darks, powers, strict=True):
        named = [*phrases(row["caption"]), dark, direction_phrase(own, usual)]
        text = ", ".join(dict.fromkeys(phrase for phrase in named if phrase))
        lines.append(json.dumps({**row, "caption": text or "open ground"}))
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:4]))
