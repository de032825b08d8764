"""Writes the golden values of LocalMeanFollowingTest: the same filter on scipy.

    python local_mean_following_golden.py FILE.json

Needs numpy and scipy.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter


def window(cells: float, cell: float) -> int:
    """The odd side, pixels, nearest to a number of resolution cells."""
    return 2 * int(np.floor((cells * max(1, cell) - 1) / 2 + 0.5)) + 1


def follow(image: np.ndarray, given: np.ndarray, cell: float, looks: float) -> np.ndarray:
    """``image`` with the local mean of ``given``, as far as speckle of so many looks lets one know it."""
    result = image.copy()
    for cells in (5, 2.5):
        w = window(cells, cell)
        wanted = uniform_filter(given, w, mode="reflect")
        found = uniform_filter(result, w, mode="reflect")
        d = np.log(wanted / found)
        speckle = 0.5 * (4 / np.pi - 1) * (cell**2 / looks + 1) / w**2
        mean_square = uniform_filter(d * d, 3 * w, mode="reflect")
        k = np.maximum(0, 1 - speckle / mean_square)
        goal = found * np.exp(k * d)
        for _ in range(2):
            result *= goal / uniform_filter(result, w, mode="reflect")
    w = window(10, cell)
    return result * uniform_filter(given, w, mode="reflect") / uniform_filter(result, w, mode="reflect")


def main() -> None:
    rng = np.random.default_rng(4)
    rows, columns = 20, 24
    cases = []
    for cell, looks in ((3.375, 1.0), (2.0, 4.0), (0.8, 1.0)):
        texture = 1 + 0.5 * np.sin(np.arange(columns) / 3)[None, :] + 0.2 * (np.arange(rows) > 9)[:, None]
        given, image = (texture * rng.rayleigh(0.4, (rows, columns)) for _ in range(2))
        given, image = (a.astype(np.float32).astype(float) for a in (given, 1.3 * image))
        cases.append(
            {
                "cell": cell,
                "looks": looks,
                "width": columns,
                "height": rows,
                "input": [float(np.float32(v)) for v in given.ravel()],
                "image": [float(np.float32(v)) for v in image.ravel()],
                "followed": [round(float(v), 7) for v in follow(image, given, cell, looks).ravel()],
            }
        )
    Path(sys.argv[1]).write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
