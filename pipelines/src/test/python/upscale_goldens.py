"""Golden values of the upscaling of a TerraSAR-X product, by NumPy and SciPy (1.17.1).

    python pipelines/src/test/python/upscale_goldens.py

writes pipelines/src/test/resources/org/sardiffusion/pipelines/refinement/ssc_samples.npy, the whole numbers that the test puts
into a COSAR file ([rows, columns, 2]); ssc_points.npy, column and row of its point targets, counted from the corner of the
image; and ssc_resampled.npy, its amplitude at 0.40 m.
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[4]
sys.path.insert(0, str(ROOT / "conditioning/src/test/python"))

from conditioning_goldens import mirror_resample, noise  # noqa: E402

OUT = Path(__file__).parents[1] / "resources/org/sardiffusion/pipelines/refinement"
ROWS, COLUMNS = 61, 50
BAND = 0.8  # of the sampling rate
CENTROID = (0.23, -0.31)  # columns, rows; cycles per sample


def low_pass(z):
    """Keeps the middle of the spectrum, on a frame wide enough that the image's borders do not wrap around."""
    f = np.fft.fft2(z)
    for axis, n in enumerate(z.shape):
        keep = np.abs(np.fft.fftfreq(n)) < BAND / 2
        f *= keep.reshape((-1, 1) if axis == 0 else (1, -1))
    return np.fft.ifft2(f)


def main():
    rng = np.random.default_rng(20261123)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    z = 60 * low_pass(noise(rng, 128, 128))[:ROWS, :COLUMNS]
    points = np.array([[12.37, 14.81], [31.62, 22.13], [18.93, 40.44], [36.25, 48.70]])
    for column, row in points:
        z = z + 9000 * np.sinc(BAND * (x + 0.5 - column)) * np.sinc(BAND * (y + 0.5 - row))
    z *= np.exp(2j * np.pi * (CENTROID[0] * x + CENTROID[1] * y))
    samples = np.stack([np.rint(z.real), np.rint(z.imag)], axis=-1)
    assert np.abs(samples).max() < 32767

    # The processing: demodulate by the lag-one phases, mirror, resample; the padded lengths are those of an AxisPlan for
    # 1.364 m and 1.75 m to 0.40 m.
    z = samples[..., 0] + 1j * samples[..., 1]
    cx = np.angle((z[:, 1:] * z[:, :-1].conj()).sum()) / (2 * np.pi)
    cy = np.angle((z[1:] * z[:-1].conj()).sum()) / (2 * np.pi)
    centred = z * np.exp(-2j * np.pi * (cx * x + cy * y))
    fine = np.abs(mirror_resample(centred, ((128, 560), (200, 682)), (267, 171)))

    OUT.mkdir(parents=True, exist_ok=True)
    np.save(OUT / "ssc_samples.npy", samples.astype("<f4"))
    np.save(OUT / "ssc_points.npy", points.astype("<f8"))
    np.save(OUT / "ssc_resampled.npy", np.ascontiguousarray(fine).astype("<f4"))
    print(f"centroid {cx:.4f}, {cy:.4f}")


if __name__ == "__main__":
    main()
