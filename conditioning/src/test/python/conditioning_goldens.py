"""Golden values of the conditioning module, by NumPy and SciPy (1.17.1).

    python conditioning/src/test/python/conditioning_goldens.py

writes conditioning/src/test/resources/org/sardiffusion/conditioning/*.npy, and what the trainer is tested on, whose control
images of low resolution must be the same, to training-bridge/python/tests/data.
"""

from pathlib import Path

import numpy as np
from scipy import ndimage, signal

OUT = Path(__file__).parents[1] / "resources/org/sardiffusion/conditioning"
TRAINER = Path(__file__).parents[4] / "training-bridge/python/tests/data"


def save(name, array, dtype):
    np.save(OUT / f"{name}.npy", np.ascontiguousarray(array).astype(dtype))


def noise(rng, *shape):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)


def resample2(z, height, width, window=None):
    return signal.resample(signal.resample(z, width, axis=1, window=window), height, axis=0, window=window)


def ramp(shape, kx, ky, sign):
    """exp(sign 2 pi i (kx x / width + ky y / height)): whole bins, so that it is periodic."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.exp(sign * 2j * np.pi * (kx * x / shape[1] + ky * y / shape[0]))


def mirror_extend(x, padded):
    """Mirror images of both ends, faded into each other, after the samples of axis 0."""
    n = len(x)
    t = np.arange(padded - n)

    def at(i):
        i = np.mod(i, 2 * n)
        return x[np.where(i < n, i, 2 * n - 1 - i)]

    w = ((t + 0.5) / max(1, padded - n)).reshape((-1,) + (1,) * (x.ndim - 1))
    return np.concatenate([x, (1 - w) * at(n + t) + w * at(t - (padded - n))])


def java_gaussians(seed, count):
    """``new MersenneTwister(seed).nextGaussian()`` of Commons Math 3: MT19937 seeded with both halves of the number, doubles of
    2 x 26 bits, Box-Muller (``BitsStreamGenerator``)."""
    words = np.random.RandomState(np.array([seed >> 32, seed & 0xFFFFFFFF], np.uint32))
    bits = (words.randint(0, 2**32, 2 * count, dtype=np.uint32) >> 6).astype(np.float64)
    x, y = ((bits[0::2] * 2**26 + bits[1::2]) / 2**52).reshape(-1, 2).T
    r = np.sqrt(-2 * np.log(y))
    return np.stack([r * np.cos(2 * np.pi * x), r * np.sin(2 * np.pi * x)], axis=1).ravel()


def mirror_resample(z, padded, lengths):
    """Rows and columns with mirrored borders: ((padded in, padded out) of y, of x), (height, width)."""
    for axis in (1, 0):
        (p, q), n = padded[axis], lengths[axis]
        line = mirror_extend(np.moveaxis(z, axis, 0), p)
        z = np.moveaxis(signal.resample(line, q, axis=0)[:n], 0, axis)
    return z


def low_resolution(amplitude, seed):
    """0.40 m to 1.35 m with speckle of its own, and back; the padded lengths are those of an AxisPlan."""
    gaussians = java_gaussians(seed, 2 * amplitude.size).reshape(*amplitude.shape, 2)
    noise = ((gaussians[..., 0] + 1j * gaussians[..., 1]) / np.sqrt(2)).astype(np.complex64)
    d = amplitude.astype(np.float64)
    scene = np.sqrt(np.maximum(0, ndimage.uniform_filter(d**2, 3, mode="reflect"))) * noise
    coarse = mirror_resample(scene, ((135, 40), (135, 40)), (18, 14))
    coarse *= np.sqrt(np.mean(np.abs(scene) ** 2) / np.mean(np.abs(coarse) ** 2))
    controls = []
    for z in (coarse, np.abs(coarse)):
        fine = mirror_resample(z, ((96, 324), (80, 270)), (61, 47))
        fine = np.abs(fine) if np.iscomplexobj(z) else np.maximum(0, fine)
        controls.append(np.clip(fine / (fine.mean() + 3 * fine.std()), 0, 1).astype(np.float32))
    return noise, np.abs(coarse).astype(np.float32), *controls


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20261123)

    # Resampling: complex and real, up and down, even and odd, primes; periodic borders.
    for (h, w), (oh, ow) in [
        ((24, 32), (81, 108)),
        ((40, 54), (12, 16)),
        ((31, 37), (47, 23)),
        ((16, 17), (17, 16)),
        ((2, 3), (9, 1)),
        ((24, 20), (24, 32)),
    ]:
        z = noise(rng, h, w).astype(np.complex64)
        a = np.abs(z).astype(np.float32)
        name = f"resample_{h}x{w}_{oh}x{ow}"
        save(f"{name}_complex_in", z, "<c8")
        save(f"{name}_complex_out", resample2(z.astype(complex), oh, ow), "<c8")
        save(f"{name}_real_out", resample2(a.astype(float), oh, ow), "<f4")

    # A spectrum off centre by whole bins: demodulate, resample, modulate.
    z = noise(rng, 32, 40).astype(np.complex64)
    kx, ky = 14, -5
    base = resample2(z * ramp(z.shape, kx, ky, -1), 108, 135)
    save("carrier_in", z, "<c8")
    save("carrier_centred", base, "<c8")
    save("carrier_kept", base * ramp(base.shape, kx, ky, 1), "<c8")

    # Windows: inverse Hamming over the input band, then a taper over it (going up they coincide).
    def window(f):
        f = np.abs(f)
        hamming = 0.6 + 0.4 * np.cos(2 * np.pi * f)
        taper = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1, (0.5 - f) / 0.15))
        return taper / hamming

    save("window_out", resample2(z.astype(complex), 48, 60, window), "<c8")

    # Mirrored borders, ratios 27/8 and 3/2; the padded lengths are those of an AxisPlan.
    z = noise(rng, 27, 37).astype(np.complex64)
    save("mirror_in", z, "<c8")
    x = mirror_extend(z.astype(complex).T, 72).T  # columns
    x = signal.resample(x, 243, axis=1)[:, :125]
    x = mirror_extend(x, 60)  # rows
    save("mirror_out", signal.resample(x, 90, axis=0)[:41], "<c8")

    # Spectral centroid: lag-one phases, and the circular mean of the power spectrum.
    z = np.fft.ifft2(np.fft.ifftshift(np.pad(noise(rng, 40, 50), 20)))
    y, x = np.mgrid[:80, :90]
    z = (z * np.exp(2j * np.pi * (0.31 * x - 0.47 * y))).astype(np.complex64)
    save("centroid_in", z, "<c8")
    d = z.astype(complex)
    turn = 2 * np.pi
    power = np.abs(np.fft.fft2(d)) ** 2
    fy, fx = np.meshgrid(np.fft.fftfreq(80), np.fft.fftfreq(90), indexing="ij")
    save(
        "centroid",
        [
            np.angle((d[:, 1:] * d[:, :-1].conj()).sum()) / turn,
            np.angle((d[1:] * d[:-1].conj()).sum()) / turn,
            np.angle((power * np.exp(1j * turn * fx)).sum()) / turn,
            np.angle((power * np.exp(1j * turn * fy)).sum()) / turn,
        ],
        "<f8",
    )

    # Statistics of an amplitude image, in float64 of its float32 samples.
    a = (np.abs(noise(rng, 61, 47)) * 1000).astype(np.float32)
    a[10:13, 20:24] = 40000
    save("amplitude", a, "<f4")
    d = a.astype(np.float64)
    save(
        "statistics",
        [d.mean(), d.std(), np.median(d), *np.percentile(d, [0, 1, 37.5, 98, 99.9, 100])],
        "<f8",
    )
    save("normalised", np.clip(d / (d.mean() + 3 * d.std()), 0, 1), "<f4")

    # Speckle: ENL, local moments (mirrored borders).
    save("enl", [np.mean(d**2) ** 2 / np.var(d**2)], "<f8")
    mean = ndimage.uniform_filter(d, 7, mode="reflect")
    square = ndimage.uniform_filter(d**2, 7, mode="reflect")
    save("local_mean_7", mean, "<f4")
    save("local_std_7", np.sqrt(np.maximum(0, square - mean**2)), "<f4")

    # A coarser sensor's view of the image, and the control image made of it.
    noise_, degraded, control_complex, control_amplitude = low_resolution(a, 77)
    save("degraded_77", degraded, "<f4")
    save("low_resolution_control_77", control_amplitude, "<f4")
    np.savez_compressed(
        TRAINER / "low_resolution_control.npz",
        amplitude=a,
        noise=noise_,
        degraded=degraded,
        control_complex=control_complex,
        control_amplitude=control_amplitude,
    )

    # Edges: ratio of averages over two halves of a 7 x 7 window, four directions.
    c = np.pad(d, 3, mode="symmetric")
    win = np.lib.stride_tricks.sliding_window_view(c, (7, 7))
    yy, xx = np.mgrid[-3:4, -3:4]
    edge = np.zeros_like(d)
    for side in (xx, yy, xx + yy, xx - yy):
        m1 = (win * (side < 0)).sum(axis=(2, 3)) / (side < 0).sum()
        m2 = (win * (side > 0)).sum(axis=(2, 3)) / (side > 0).sum()
        edge = np.maximum(edge, 1 - np.minimum(m1 / m2, m2 / m1))
    np.save(TRAINER / "edges_7.npy", edge.astype("<f4"))


if __name__ == "__main__":
    main()
