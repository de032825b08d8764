"""Golden values of the dataset builder, by NumPy and SciPy (1.17.1): one small chain from complex samples to patches.

    python training-bridge/src/test/python/dataset_goldens.py

writes training-bridge/src/test/resources/org/sardiffusion/training/dataset/chain_*.
"""

import json
from pathlib import Path

import numpy as np
from scipy import fft, signal

OUT = Path(__file__).parents[1] / "resources/org/sardiffusion/training/dataset"

WIDTH, HEIGHT = 96, 120
#: 0.20 m between columns and 0.25 m between rows, to 0.40 m: ratios of 1/2 and 5/8.
PREPARED = (48, 75)
#: Lengths of the transforms: a mirrored border of 32 pixels and what makes the ratio exact and the transform fast.
PADDED_IN = (162, 192)
PADDED_OUT = (81, 120)
PATCH, STRIDE = 24, 16
CALIBRATION = 2.5


def mirror_extend(x, padded):
    """Mirror images of both ends, faded into each other, after the samples of axis 0."""
    n = len(x)
    t = np.arange(padded - n)

    def at(i):
        i = np.mod(i, 2 * n)
        return x[np.where(i < n, i, 2 * n - 1 - i)]

    w = ((t + 0.5) / (padded - n))[:, None]
    return np.concatenate([x, (1 - w) * at(n + t) + w * at(t - (padded - n))])


def scene(rng):
    """Speckle over a few fields, a bright target, and a spectrum that is off its centre on both axes."""
    noise = rng.standard_normal((HEIGHT, WIDTH)) + 1j * rng.standard_normal((HEIGHT, WIDTH))
    f = np.abs(np.fft.fftfreq(HEIGHT))[:, None] < 0.4
    g = np.abs(np.fft.fftfreq(WIDTH))[None] < 0.35
    noise = np.fft.ifft2(np.fft.fft2(noise) * f * g)
    texture = np.kron(rng.uniform(0.3, 2, (5, 4)), np.ones((24, 24)))
    texture[60:62, 40:43] = 40
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return noise * texture * np.exp(2j * np.pi * (0.17 * x - 0.31 * y)) * 50


def sharpness(patch, axis):
    blocks = patch.reshape(3, 8, 3, 8).transpose(0, 2, 1, 3)
    mean = blocks.mean(axis=(2, 3))
    value = (np.diff(blocks, axis=2 + axis) ** 2).mean(axis=(2, 3)) / 2 / mean**2
    value = np.sort(value[mean >= 4 / 255])
    return value[len(value) // 2]


def perceptual_hash(patch):
    side = patch.shape[0]
    edges = [(i * side // 32, max(i * side // 32 + 1, (i + 1) * side // 32)) for i in range(32)]
    small = np.sqrt([[patch[t:b, l:r].mean() for l, r in edges] for t, b in edges])
    low = fft.dctn(small, type=2)[1:17, 1:17].ravel()
    bits = low > np.median(low)
    return "".join(f"{sum(1 << i for i in range(64) if word[i]):016x}" for word in bits.reshape(4, 64))


def main():
    z = scene(np.random.default_rng(31)).astype("<c8")
    np.save(OUT / "chain_in.npy", z)
    z = z.astype(complex)

    # Refocus: the circular mean of the power spectrum, which is the phase of the autocorrelation at lag one.
    kx = np.angle((z[:, 1:] * z[:, :-1].conj()).sum()) / (2 * np.pi)
    ky = np.angle((z[1:] * z[:-1].conj()).sum()) / (2 * np.pi)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    z = z * np.exp(-2j * np.pi * (kx * x + ky * y))

    # Resample rows, then columns.
    z = signal.resample(mirror_extend(z.T, PADDED_IN[0]), PADDED_OUT[0], axis=0)[: PREPARED[0]].T
    z = signal.resample(mirror_extend(z, PADDED_IN[1]), PADDED_OUT[1], axis=0)[: PREPARED[1]]

    amplitude = np.abs(z) * CALIBRATION
    divisor = amplitude.mean() + 3 * amplitude.std()
    normalised = np.clip(amplitude / divisor, 0, 1)
    corners = [
        (row, column)
        for row in range(0, PREPARED[1] - PATCH + 1, STRIDE)
        for column in range(0, PREPARED[0] - PATCH + 1, STRIDE)
    ]
    patches = np.stack([normalised[r : r + PATCH, c : c + PATCH] for r, c in corners])
    np.save(OUT / "chain_patches.npy", patches.astype("<f4"))
    (OUT / "chain.json").write_text(
        json.dumps(
            {
                "divisor": divisor,
                "centroid": [kx, ky],
                "corners": corners,
                "sharpness": [min(sharpness(p, 0), sharpness(p, 1)) for p in patches],
                "hash": [perceptual_hash(p) for p in patches],
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
