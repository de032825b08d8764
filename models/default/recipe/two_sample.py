"""How often a classifier tells real radar images from made ones, and the strongest line that a decoder's lattice leaves.

    two_sample.py REAL MADE

REAL and MADE are folders: imagefolders (``metadata.jsonl``, whose boxes under ``mask`` are left out), or any images in them.
Needs numpy, Pillow and scikit-learn (``pip install scikit-learn``; no part of the trainer's environment).

Each image is cut into crops of 112 x 112 pixels. A crop becomes numbers that do not know what it shows: its power spectrum
(radial and along both axes), moments of its blocks of 2 to 16 pixels, correlations of neighbours 1 to 8 pixels apart, the
quantiles of its amplitudes. A logistic regression and an ensemble of trees learn to tell the two kinds apart, cross-validated
in folds that never share an image; 50 % is chance. The comparison ``real against real`` says what chance looks like here.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CROP = 112
BLOCKS = (2, 4, 8, 16)
_STEPS = (0, 1, 2, 3, 4, 8)
LAGS = [(y, x) for y in _STEPS for x in _STEPS if (y, x) != (0, 0)]
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
RINGS = 24
#: Crops of this side show lines of 2, 4, 8 and 16 pixels in single frequencies.
LATTICE_CROP = 64
#: Frequencies nearer to zero than this (cycles per crop) are the scene's, not the lattice's.
_LOWEST = 3
_FOLDS = 5
_DARKEST = 1e-3

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """What the classifiers found: accuracies in %, with the half width of their 95 % interval over images."""

    images: int
    crops: int
    logistic: float
    logistic_interval: float
    trees: float
    trees_interval: float


@dataclass(frozen=True)
class Line:
    """The strongest line: ``decibels`` over its neighbourhood, and its period in pixels along x and y (0: constant)."""

    decibels: float
    period_x: float
    period_y: float


def features(crop: Array) -> Array:
    """The numbers of one crop of 112 x 112 amplitudes; all relative to its mean, but for the quantiles."""
    relative = crop / max(crop.mean(), _DARKEST)
    return np.concatenate(
        [_spectrum(relative), _block_moments(relative), _correlations(relative), np.quantile(crop, QUANTILES)]
    )


def compare(real: list[list[Array]], made: list[list[Array]], seed: int = 0) -> Comparison:
    """Cross-validates both classifiers on the crops of each image; the larger kind loses images at random to be as large."""
    generator = np.random.default_rng(seed)
    count = min(len(real), len(made))
    kinds = [[group[k] for k in generator.permutation(len(group))[:count]] for group in (real, made)]
    x = np.array([features(crop) for kind in kinds for image in kind for crop in image])
    y = np.array([label for label, kind in enumerate(kinds) for image in kind for _ in image])
    groups = np.array([label * count + k for label, kind in enumerate(kinds) for k, image in enumerate(kind) for _ in image])
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
    found = []
    for model in (
        make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000, class_weight="balanced")),
        ExtraTreesClassifier(300, min_samples_leaf=2, class_weight="balanced", random_state=seed),
    ):
        right = cross_val_predict(model, x, y, groups=groups, cv=folds) == y
        # Crops of one image are not independent: the interval is that of the images' means.
        means = np.array([right[groups == group].mean() for group in np.unique(groups)])
        found += [100 * means.mean(), 100 * 1.96 * means.std(ddof=1) / math.sqrt(len(means))]
    return Comparison(2 * count, len(y), *(round(float(value), 1) for value in found))


def strongest_line(images: list[Array]) -> Line:
    """The frequency whose power stands out most over the median of the 7 x 7 frequencies around it (not 3 x 3).

    Decibels are averaged over the crops, not powers: one fence would outweigh a thousand fields.
    """
    window = np.hanning(LATTICE_CROP)[:, None] * np.hanning(LATTICE_CROP)
    decibels = []
    for image in images:
        for crop in crops_of(image, np.ones_like(image), LATTICE_CROP, LATTICE_CROP // 2):
            power = np.abs(np.fft.fft2((crop - crop.mean()) * window)) ** 2
            if power.mean() > 0:
                decibels.append(10 * np.log10(power / power.mean() + 1e-9))
    mean = np.mean(decibels, axis=0)
    around = [np.roll(mean, (y, x), (0, 1)) for y in range(-3, 4) for x in range(-3, 4) if max(abs(y), abs(x)) > 1]
    excess = mean - np.median(around, axis=0)
    f = np.abs(np.fft.fftfreq(LATTICE_CROP, 1 / LATTICE_CROP))
    excess[(f[:, None] < _LOWEST) & (f < _LOWEST)] = -np.inf
    y, x = np.unravel_index(np.argmax(excess), excess.shape)
    return Line(round(float(excess[y, x]), 2), *(LATTICE_CROP / f[k] if f[k] else 0.0 for k in (x, y)))


def crops_of(image: Array, mask: Array, side: int = CROP, stride: int = CROP) -> list[Array]:
    """The crops on a centred grid all of whose pixels count."""
    height, width = image.shape
    top, left = ((length - side) % stride // 2 for length in (height, width))
    return [
        image[y : y + side, x : x + side]
        for y in range(top, height - side + 1, stride)
        for x in range(left, width - side + 1, stride)
        if mask[y : y + side, x : x + side].all()
    ]


def _spectrum(relative: Array) -> Array:
    window = np.hanning(CROP)[:, None] * np.hanning(CROP)
    power = np.abs(np.fft.fft2((relative - relative.mean()) * window)) ** 2 + 1e-6
    f = np.fft.fftfreq(CROP)
    ring = (np.hypot(f[:, None], f) / 0.5 * RINGS).astype(int)
    radial = np.array([power[ring == k].mean() for k in range(RINGS)])
    half = CROP // 2
    along_x, along_y = power.mean(0)[1:half], power.mean(1)[1:half]
    return np.log(np.concatenate([radial, along_x.reshape(-1, 5).mean(1), along_y.reshape(-1, 5).mean(1)]))


def _block_moments(relative: Array) -> Array:
    found = []
    for side in BLOCKS:
        blocks = relative.reshape(CROP // side, side, CROP // side, side).swapaxes(1, 2).reshape(-1, side * side)
        means, deviations = blocks.mean(1), blocks.std(1)
        contrast = deviations / np.maximum(means, 0.05)
        for values in (means, contrast):
            centred = values - values.mean()
            spread = max(values.std(), 1e-6)
            found += [values.mean(), spread, (centred**3).mean() / spread**3, (centred**4).mean() / spread**4]
    return np.array(found)


def _correlations(relative: Array) -> Array:
    centred = relative - relative.mean()
    variance = max(float((centred**2).mean()), 1e-9)
    return np.array([(centred[: CROP - y, : CROP - x] * centred[y:, x:]).mean() / variance for y, x in LAGS])


def images_of(folder: Path) -> Iterator[tuple[Array, Array]]:
    """The images of a folder as amplitudes in [0,1], each with a mask: 1 where pixels count."""
    metadata = folder / "metadata.jsonl"
    if metadata.is_file():
        rows = [json.loads(line) for line in metadata.read_text(encoding="utf-8").splitlines() if line.strip()]
    else:
        endings = {".png", ".tif", ".tiff"}
        rows = [{"file_name": str(file.relative_to(folder))} for file in sorted(folder.rglob("*")) if file.suffix in endings]
    for row in rows:
        with Image.open(folder / row["file_name"]) as image:
            pixels = np.asarray(image, dtype=np.float64)
        if pixels.ndim == 3:
            pixels = pixels[..., :3].mean(-1)
        largest = pixels.max()
        amplitude = pixels / (65535 if largest > 255 else 255 if largest > 1 else 1)
        mask = np.ones_like(amplitude)
        for x0, y0, x1, y1 in row.get("mask") or row.get("inserted_vehicles") or []:
            mask[max(0, math.floor(y0)) : math.ceil(y1), max(0, math.floor(x0)) : math.ceil(x1)] = 0
        yield amplitude, mask


def report(real: list[tuple[Array, Array]], made: list[tuple[Array, Array]]) -> dict[str, object]:
    """Everything, of images with their masks."""
    real_crops, made_crops = ([c for c in (crops_of(*pair) for pair in pairs) if c] for pairs in (real, made))
    shuffled = [real_crops[k] for k in np.random.default_rng(1).permutation(len(real_crops))]
    return {
        "real against made": asdict(compare(real_crops, made_crops)),
        "real against real": asdict(compare(shuffled[::2], shuffled[1::2])),
        "line of made": asdict(strongest_line([image for image, _ in made])),
        "line of real": asdict(strongest_line([image for image, _ in real])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path)
    parser.add_argument("made", type=Path)
    options = parser.parse_args()
    json.dump(report(list(images_of(options.real)), list(images_of(options.made))), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
