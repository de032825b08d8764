"""Times what TextureBenchmark times, with scikit-image: five co-occurrence features of a 64 x 64 patch at four angles.

    python benchmarks/python/texture.py

Needs numpy and scikit-image.
"""

import statistics
import time

import numpy as np
import skimage
from skimage.feature import graycomatrix, graycoprops

ANGLES = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
FEATURES = ["contrast", "homogeneity", "correlation", "entropy", "energy"]
ROUNDS, REPEATS = 5, 20


def features(amplitude: np.ndarray) -> np.ndarray:
    grey = (amplitude * 255 + 0.5).astype(np.uint8)
    matrix = graycomatrix(grey, [1], ANGLES, levels=256)
    return np.array([graycoprops(matrix, feature) for feature in FEATURES])


def main() -> None:
    rng = np.random.default_rng(1)
    amplitude = np.minimum(1, rng.rayleigh(0.2, (64, 64))).astype(np.float32)
    features(amplitude)
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(REPEATS):
            features(amplitude)
        rounds.append((time.perf_counter() - start) / REPEATS * 1e6)
    print(
        f"scikit-image {skimage.__version__}: {statistics.median(rounds):.0f} us a patch "
        f"({min(rounds):.0f} to {max(rounds):.0f})"
    )


if __name__ == "__main__":
    main()
