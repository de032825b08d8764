"""Writes the Gaussian tile weights of Mixture of Diffusers for org.sardiffusion.runtime.tiling.AxisTiling.

Run: python runtime/src/test/python/tile_weight_goldens.py
Needs: numpy. The formula is that of diffusers' examples/community/mixture_tiling.py (`_gaussian_weights`), with a
symmetric midpoint on both axes.
"""

import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parents[1] / "resources/org/sardiffusion/runtime/tiling"


def gauss(n):
    k = np.arange(n)
    return np.exp(-((k - (n - 1) / 2) ** 2) / n**2 / (2 * 0.01)) / np.sqrt(2 * np.pi * 0.01)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    np.save(OUT / "gaussian_weights_16x12.npy", np.outer(gauss(12), gauss(16)).astype("<f4"))
