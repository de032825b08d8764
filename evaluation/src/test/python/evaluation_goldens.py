"""Writes the golden values of the evaluation tests: NumPy, SciPy and scikit-image on small speckle images.

    python evaluation/src/test/python/evaluation_goldens.py

writes evaluation/src/test/resources/org/sardiffusion/evaluation/. Needs numpy, scipy, scikit-image and mpmath; the last run
had numpy 2.4, scipy 1.17.1 and scikit-image 0.26.0.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.optimize
import scipy.special
import scipy.stats
from scipy.ndimage import gaussian_filter
from scipy.spatial.distance import jensenshannon
from skimage.feature import graycomatrix, graycoprops

OUT = Path(__file__).parents[1] / "resources/org/sardiffusion/evaluation"

SATURATION = 254.5 / 255
EPSILON = 1e-10
BINS = 64
FEATURES = ["contrast", "homogeneity", "correlation", "entropy", "energy"]


def speckle(rng: np.random.Generator, shape: tuple[int, int], order: float, mean: float) -> np.ndarray:
    """One-look amplitude, K-distributed, its speckle correlated over about two pixels; float32 in [0,1]."""
    field = rng.normal(size=(2, *shape))
    field = gaussian_filter(field, sigma=(0, 0.6, 0.6))
    intensity = (field**2).sum(axis=0)
    texture = rng.gamma(order, 1 / order, size=shape)
    amplitude = np.sqrt(intensity * texture)
    return np.clip(amplitude * mean / amplitude.mean(), 0, 1).astype(np.float32)


def eight_bit(image: np.ndarray) -> np.ndarray:
    return np.floor(image.astype(np.float64) * 255 + 0.5).astype(np.uint8)


def amplitude(image: np.ndarray) -> dict:
    values = image.astype(np.float64).ravel()
    kept = values[values < SATURATION]
    return {
        "count": int(kept.size),
        "saturated": int(values.size - kept.size),
        "mean": kept.mean(),
        "std": kept.std(),
        "skewness": scipy.stats.skew(kept),
        "kurtosis": scipy.stats.kurtosis(kept),
        "histogram": np.histogram(kept, bins=BINS, range=(0, 1))[0].tolist(),
    }


def distances(real: np.ndarray, generated: np.ndarray) -> dict:
    p, q = (v.astype(np.float64).ravel() for v in (real, generated))
    p, q = p[p < SATURATION], q[q < SATURATION]
    hp, hq = (np.histogram(v, bins=BINS, range=(0, 1))[0] / v.size for v in (p, q))
    return {
        "kl": scipy.stats.entropy(hp + EPSILON, hq + EPSILON),
        "js": jensenshannon(hp, hq) ** 2,
        "w1": scipy.stats.wasserstein_distance(p, q),
    }


def k_cdf(a: np.ndarray, order: float, intensity: float) -> np.ndarray:
    z = 2 * np.maximum(a, 1e-12) * np.sqrt(order / intensity)
    return 1 - np.exp(
        np.log(2) + order * np.log(z / 2) + np.log(scipy.special.kve(order, z)) - z - scipy.special.gammaln(order)
    )


def g0_cdf(a: np.ndarray, roughness: float, gamma: float, looks: float) -> np.ndarray:
    """By SciPy's F distribution, of which the intensity is a multiple."""
    return scipy.stats.f.cdf(roughness * a**2 / gamma, 2 * looks, 2 * roughness)


MODELS = {
    "G0": (g0_cdf, [4.0, 0.3, 1.0], ["-alpha", "gamma", "looks"]),
    "Rayleigh": (lambda a, s: scipy.stats.rayleigh.cdf(a, scale=s), [0.2], ["sigma"]),
    "K (one look)": (k_cdf, [3.0, 0.08], ["order", "intensity"]),
    "Gamma": (lambda a, k, s: scipy.stats.gamma.cdf(a, k, scale=s), [2.0, 0.1], ["shape", "scale"]),
    "log-normal": (lambda a, m, s: scipy.stats.lognorm.cdf(a, s, scale=np.exp(m)), [-1.5, 0.6], ["mu", "sigma"]),
}


def fits(image: np.ndarray) -> dict:
    """Maximum likelihood on 256 grey levels, cut at the saturation level, by Powell's and Nelder and Mead's methods from other starts."""
    grey = eight_bit(image).ravel()
    counts = np.bincount(grey, minlength=256)[:255]
    edges = np.concatenate([[0], (np.arange(1, 255) - 0.5) / 255, [SATURATION]])
    share = counts / counts.sum()
    result = {}
    for name, (cdf, start, names) in MODELS.items():
        positive = [n != "mu" for n in names]

        def unpack(x: np.ndarray, positive: list[bool] = positive) -> list[float]:
            return [float(np.exp(v)) if p else float(v) for v, p in zip(x, positive, strict=True)]

        def badness(x: np.ndarray, cdf: Callable = cdf) -> float:
            f = cdf(edges, *unpack(x))
            f[0] = 0
            p = np.maximum(np.diff(f) / f[-1], 1e-300)
            used = share > 0
            return float((share[used] * np.log(share[used] / p[used])).sum())

        x0 = [np.log(v) if p else v for v, p in zip(start, positive, strict=True)]
        best = scipy.optimize.minimize(badness, x0, method="Powell", options={"xtol": 1e-10, "ftol": 1e-14})
        # Powell's method stops early in the flat valley of three parameters.
        polish = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 5000}
        best = scipy.optimize.minimize(badness, best.x, method="Nelder-Mead", options=polish)
        values = unpack(np.atleast_1d(best.x))
        f = cdf(edges, *values)
        f[0] = 0
        ks = np.abs(np.cumsum(share) - f[1:] / f[-1]).max()
        signed = {n.removeprefix("-"): -v if n.startswith("-") else v for n, v in zip(names, values, strict=True)}
        result[name] = signed | {"kl": float(best.fun), "ks": float(ks)}
    return result


def glcm(image: np.ndarray) -> list:
    grey = eight_bit(image)
    cases = []
    for levels, symmetric in [(256, False), (256, True), (32, False), (8, True)]:
        quantised = (grey.astype(int) * levels // 256).astype(np.uint8)
        for x, y, side in [(0, 0, 64), (17, 5, 64), (30, 31, 16)]:
            patch = quantised[y : y + side, x : x + side]
            matrix = graycomatrix(patch, [1, 2, 5], np.deg2rad([0, 45, 90, 135, 30]), levels=levels, symmetric=symmetric)
            cases.append(
                {
                    "levels": levels,
                    "symmetric": symmetric,
                    "patch": [x, y, side],
                    # [feature][distance][angle]
                    "features": [graycoprops(matrix, f).tolist() for f in FEATURES],
                }
            )
    return cases


def snap(image: np.ndarray) -> dict:
    """SNAP's preset on one patch: 32 equally filled levels, four directions at displacement 4 pooled, windows of 9 pixels."""
    grey = eight_bit(image)
    counts = np.bincount(grey.ravel(), minlength=256)
    middle = (np.cumsum(counts) - counts / 2) / counts.sum()
    quantised = np.minimum(31, (middle * 32).astype(int)).astype(np.uint8)[grey]
    x, y, side, window = 10, 12, 24, 9
    sums = np.zeros(len(FEATURES))
    places = range(side - window + 1)
    for j in places:
        for i in places:
            part = quantised[y + j : y + j + window, x + i : x + i + window]
            # On a diagonal SNAP goes as far along each axis.
            straight = graycomatrix(part, [4], np.deg2rad([0, 90]), levels=32, symmetric=True)
            diagonal = graycomatrix(part, [4 * np.sqrt(2)], np.deg2rad([45, 135]), levels=32, symmetric=True)
            pooled = (straight.sum(axis=3) + diagonal.sum(axis=3))[..., None]
            sums += [graycoprops(pooled, f)[0, 0] for f in FEATURES]
    return {"patch": [x, y, side], "features": (sums / len(places) ** 2).tolist()}


def constant() -> list:
    matrix = graycomatrix(np.full((16, 16), 7, np.uint8), [1], [0], levels=256)
    return [float(graycoprops(matrix, f)[0, 0]) for f in FEATURES]


def patch_measures(image: np.ndarray) -> dict:
    patch = image[5:69, 17:81].astype(np.float64)
    intensity = patch**2
    return {"enl": intensity.mean() ** 2 / intensity.var(), "mean_over_std": patch.mean() / patch.std()}


def main() -> None:
    rng = np.random.default_rng(20)
    OUT.mkdir(parents=True, exist_ok=True)
    real = speckle(rng, (96, 100), 3, 0.25)
    generated = speckle(rng, (96, 100), 12, 0.32)
    np.save(OUT / "real.npy", real)
    np.save(OUT / "generated.npy", generated)
    a, b = rng.normal(size=41), rng.normal(0.4, 1.3, size=29).round(1)
    orders = [0.05, 0.5, 1, 3.7, 20, 150, 1000]
    arguments = [1e-5, 0.01, 0.5, 2, 17, 90]
    golden = {
        "real": amplitude(real),
        "generated": amplitude(generated),
        "eight_bit": amplitude((eight_bit(real) / np.float32(255)).astype(np.float32)),
        "distances": distances(real, generated),
        "distances_eight_bit": distances(eight_bit(real) / 255.0, eight_bit(generated) / 255.0),
        "fits": fits(real),
        "glcm": glcm(real),
        "glcm_constant": constant(),
        "glcm_snap": snap(real),
        "patch": patch_measures(real),
        "spread": {
            "a": a.tolist(),
            "b": b.tolist(),
            "w1": scipy.stats.wasserstein_distance(a, b),
            "median": float(np.median(a)),
            "std": float(a.std()),
        },
        "log_bessel_k": [[o, z, float(log_k(o, z))] for o in orders for z in arguments],
    }
    (OUT / "goldens.json").write_text(json.dumps(golden, indent=1) + "\n")


def log_k(order: float, z: float) -> float:
    """log K, with 60 digits where doubles overflow."""
    import mpmath

    with mpmath.workdps(60):
        return mpmath.log(mpmath.besselk(order, z))


if __name__ == "__main__":
    main()
