"""Copies amplitude images without their first columns and rows, so that a grid of coarser pixels falls elsewhere on them.

    shifted.py IMAGES CAPTIONS X Y OUT

OUT gets the images as PNG, less X columns on the left and Y rows at the top, and ``captions.jsonl``, whose boxes moved with
them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PIL import Image


def shifted(images: Path, captions: Path, offset: tuple[int, int], out: Path) -> None:
    """Writes one shifted copy; ``offset``: columns and rows left out."""
    x, y = offset
    out.mkdir(parents=True)
    rows = []
    for line in captions.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        name = f"{Path(row['file_name']).stem}.png"
        with Image.open(images / Path(row["file_name"]).name) as image:
            image.convert("L").crop((x, y, image.width, image.height)).save(out / name, compress_level=1)
        boxes = [[max(0, x0 - x), max(0, y0 - y), x1 - x, y1 - y] for x0, y0, x1, y1 in row.get("inserted_vehicles", [])]
        rows.append(json.dumps({**row, "file_name": name, "inserted_vehicles": boxes}))
    (out / "captions.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    shifted(Path(sys.argv[1]), Path(sys.argv[2]), (int(sys.argv[3]), int(sys.argv[4])), Path(sys.argv[5]))
