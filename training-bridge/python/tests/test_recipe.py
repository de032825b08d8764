"""The scripts of the default model's recipe (models/default/recipe)."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

RECIPE = Path(__file__).resolve().parents[3] / "models/default/recipe"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(name).stem, RECIPE / name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("a field with a diagonal tree line at the top left and two vehicles", "a field, a diagonal tree line at the top left"),
        ("a field with two vehicles, one at the top and one at the bottom right", "a field"),
        ("dense forest on the left and one vehicle in a narrow clearing", "dense forest on the left, a narrow clearing"),
        ("a plowed field with four vehicles next to a dark road and trees", "a plowed field, a dark road, trees"),
        ("a black shadow at the bottom and on the left, houses", "a black shadow at the bottom, on the left, houses"),
        ("homogeneous grassland with one vehicle left of the center", "homogeneous grassland"),
        ("several vehicles", ""),
    ],
)
def test_captions_become_phrases_without_vehicles(caption: str, expected: str) -> None:
    found = script("version-2/captions.py").phrases(caption)
    assert ", ".join(found) == expected.replace(", on the left, houses", ", houses")


def test_dark_areas_are_measured_where_they_are() -> None:
    captions = script("version-2/captions.py")
    image = np.random.default_rng(1).rayleigh(60.0, (480, 480))
    everything = np.ones_like(image)
    assert captions.dark_phrase(image, everything) == ""
    image[:160, 320:] *= 0.1
    assert captions.dark_phrase(image, everything) == "some dark areas at the top right"
    mask = everything.copy()
    mask[:160, 320:] = 0
    assert captions.dark_phrase(image, mask) == "", "boxes do not count"
    image[160:400] *= 0.1
    assert captions.dark_phrase(image, everything) == "mostly dark"


@pytest.mark.parametrize("direction", range(4))
def test_the_direction_of_lines_is_measured(direction: int) -> None:
    captions = script("version-2/captions.py")
    generator = np.random.default_rng(direction)
    y, x = np.mgrid[:256, :256]
    # Along these, brightness does not change: down, to the upper right (y points down), to the right, to the lower right.
    across = (x, (x + y) / np.sqrt(2), y, (x - y) / np.sqrt(2))[direction]
    speckle = generator.rayleigh(60.0, (3, 256, 256))
    usual = np.median([captions.direction_powers(image) for image in speckle], axis=0)
    image = generator.rayleigh(60.0, (256, 256)) * (1 + 0.5 * np.sin(2 * np.pi * across / 8))
    assert captions.direction_phrase(captions.direction_powers(image), usual) == captions.DIRECTIONS[direction]
    assert captions.direction_phrase(captions.direction_powers(speckle[0]), usual) == ""


def test_shifted_images_and_boxes_stay_together(tmp_path: Path) -> None:
    pixels = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30).astype(np.uint8)
    (tmp_path / "images").mkdir()
    Image.fromarray(pixels).save(tmp_path / "images" / "1.png")
    row = {"file_name": "images/1.png", "caption": "a field", "inserted_vehicles": [[0, 5, 10, 12]]}
    (tmp_path / "metadata.jsonl").write_text(json.dumps(row) + "\n")
    script("version-2/shifted.py").shifted(tmp_path / "images", tmp_path / "metadata.jsonl", (1, 2), tmp_path / "out")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "out" / "1.png")), pixels[2:, 1:])
    moved = json.loads((tmp_path / "out" / "captions.jsonl").read_text())
    assert moved["inserted_vehicles"] == [[0, 3, 9, 10]] and moved["caption"] == "a field"


def test_merged_sets_are_one_imagefolder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for split in ("train", "validation", "test"):
            folder = tmp_path / name / split
            folder.mkdir(parents=True)
            (folder / "1.png").write_bytes(name.encode())
            (folder / "metadata.jsonl").write_text(json.dumps({"file_name": "1.png", "text": name}) + "\n")
    script("version-2/merged.py").merged(tmp_path / "all", [tmp_path / "a", tmp_path / "b"])
    rows = [json.loads(line) for line in (tmp_path / "all/train/metadata.jsonl").read_text().splitlines()]
    assert [(tmp_path / "all/train" / row["file_name"]).read_text() for row in rows] == ["a", "b"]


def test_the_two_sample_test_sees_a_lattice_and_nothing_else() -> None:
    pytest.importorskip("sklearn", reason="needs scikit-learn, which is no part of the trainer's environment")
    two_sample = script("two_sample.py")
    generator = np.random.default_rng(0)
    real, same, woven = (list(generator.rayleigh(0.25, (20, 240, 240))) for _ in range(3))
    woven = [image * (1 + 0.15 * np.cos(np.pi * np.arange(240) / 4)) for image in woven]
    pairs = [[(image, np.ones_like(image)) for image in images] for images in (real, same, woven)]
    blind, seen = two_sample.report(pairs[0], pairs[1]), two_sample.report(pairs[0], pairs[2])
    assert blind["real against made"]["logistic"] < 70 and blind["line of made"]["decibels"] < 3
    assert seen["real against made"]["logistic"] > 95
    assert seen["line of made"]["decibels"] > 6
    assert (seen["line of made"]["period_x"], seen["line of made"]["period_y"]) == (8.0, 0.0)
