"""Writes the golden values of crops, spectra, classifiers and intervals: NumPy, SciPy, scikit-image and scikit-learn.

    python evaluation/src/test/python/crop_goldens.py

writes evaluation/src/test/resources/org/sardiffusion/evaluation/crop_goldens.json. Needs numpy, scipy, scikit-image and
scikit-learn; the last run had numpy 2.4.6, scipy 1.17.1, scikit-image 0.26.0 and scikit-learn 1.9.1.
"""

import json
from pathlib import Path

import numpy as np
import scipy.ndimage
import scipy.signal
import scipy.stats
from skimage.feature import graycomatrix, graycoprops
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

OUT = Path(__file__).parents[1] / "resources/org/sardiffusion/evaluation/crop_goldens.json"
CROP = 112
BLOCKS = (2, 4, 8, 16)
STEPS = (0, 1, 2, 3, 4, 8)
RINGS = 24
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def speckle(seed: int, height: int, width: int) -> np.ndarray:
    """Amplitudes on 256 grey levels, correlated along rows; from a generator that is three lines in any language."""
    state, uniform = seed, []
    for _ in range(height * width):
        state = (state * 1664525 + 1013904223) % 2**32
        uniform.append((state + 0.5) / 2**32)
    a = 0.15 * np.sqrt(-2 * np.log(uniform)).reshape(height, width)
    a[:, 1:] = 0.6 * a[:, 1:] + 0.4 * a[:, :-1]
    return np.floor(np.minimum(a, 1) * 255 + 0.5) / 255


def hann_power(relative: np.ndarray) -> np.ndarray:
    side = len(relative)
    window = np.hanning(side)[:, None] * np.hanning(side)
    return np.abs(np.fft.fft2((relative - relative.mean()) * window)) ** 2


def spectrum(relative: np.ndarray) -> dict:
    power = hann_power(relative) + 1e-6
    f = np.fft.fftfreq(CROP)
    ring = (np.hypot(f[:, None], f) / 0.5 * RINGS).astype(int)
    noise = (np.hanning(CROP) ** 2).sum() ** 2
    radial = np.array([power[ring == k].mean() for k in range(RINGS)])
    along_x, along_y = power.mean(0)[1 : CROP // 2], power.mean(1)[1 : CROP // 2]
    bands = [p.reshape(-1, 5).mean(1) for p in (along_x, along_y)]
    db = lambda p: (10 * np.log10(p / noise)).tolist()  # noqa: E731
    return {
        "radial": db(radial),
        "along_x": db(along_x),
        "along_y": db(along_y),
        "features": db(np.concatenate([radial, *bands])),
    }


def block_moments(relative: np.ndarray) -> list:
    found = []
    for side in BLOCKS:
        blocks = relative.reshape(CROP // side, side, CROP // side, side).swapaxes(1, 2).reshape(-1, side * side)
        means, deviations = blocks.mean(1), blocks.std(1)
        for values in (means, deviations / np.maximum(means, 0.05)):
            centred, spread = values - values.mean(), values.std()
            found += [values.mean(), spread, (centred**3).mean() / spread**3, (centred**4).mean() / spread**4]
    return found


def correlations(relative: np.ndarray) -> list:
    centred = relative - relative.mean()
    return [
        (centred[: CROP - y, : CROP - x] * centred[y:, x:]).mean() / centred.var()
        for y in STEPS
        for x in STEPS
        if (y, x) != (0, 0)
    ]


def co_occurrence(crop: np.ndarray) -> list:
    levels = (np.round(crop * 255).astype(int) * 32 // 256).astype(np.uint8)
    matrix = graycomatrix(levels, [1, 2, 4], [0, np.pi / 2], levels=32)
    names = ["contrast", "homogeneity", "correlation", "entropy", "energy"]
    values = np.array([graycoprops(matrix, n) for n in names])  # [feature][distance][angle]
    return values.transpose(1, 2, 0).ravel().tolist()


def crop_features() -> dict:
    image = speckle(7, 120, 131)
    crop = image[4 : 4 + CROP, 9 : 9 + CROP]  # the centred one
    relative = crop / crop.mean()
    curves = spectrum(relative)
    return {
        "curves": {k: v for k, v in curves.items() if k != "features"},
        "features": curves["features"]
        + block_moments(relative)
        + correlations(relative)
        + co_occurrence(crop)
        + np.quantile(crop, QUANTILES).tolist(),
    }


def classifiers() -> dict:
    """Overlapping classes: rows to learn from, rows to be tested on, and what scikit-learn makes of them."""
    rng = np.random.default_rng(3)
    centres = {"field": 0.0, "forest": 0.8, "road": -0.7}
    counts = {"field": 60, "forest": 40, "road": 20}

    def drawn(scale: int) -> tuple[np.ndarray, np.ndarray]:
        x = [rng.normal(c, 1, size=(scale * counts[k], 6)) * [1, 2, 3, 1, 1, 1] for k, c in centres.items()]
        return np.concatenate(x).round(3), np.repeat(list(centres), [scale * counts[k] for k in centres])

    (x, y), (test_x, test_y) = drawn(1), drawn(5)
    binary, test_binary = y != "road", test_y != "road"
    regression = LogisticRegression(C=0.1, solver="liblinear", class_weight="balanced", tol=1e-8)
    two = make_pipeline(StandardScaler(), regression).fit(x[binary], y[binary])
    scaler = StandardScaler().fit(x)
    # LIBLINEAR weights the one class, not the rest.
    three = []
    for name, count in counts.items():
        weight = {True: len(y) / (len(counts) * count), False: 1}
        one = LogisticRegression(C=0.1, solver="liblinear", class_weight=weight, tol=1e-8).fit(scaler.transform(x), y == name)
        three.append(one.decision_function(scaler.transform(test_x)))
    best = np.array(list(counts))[np.argmax(three, axis=0)]
    trees = [
        ExtraTreesClassifier(300, min_samples_leaf=2, random_state=k).fit(x[binary], y[binary]).score(
            test_x[test_binary], test_y[test_binary]
        )
        for k in range(5)
    ]
    return {
        "learn": {"rows": x.tolist(), "classes": y.tolist()},
        "test": {"rows": test_x.tolist(), "classes": test_y.tolist()},
        "logistic_forest_probability": two.predict_proba(test_x[test_binary])[:, 1].tolist(),
        "logistic_accuracy": two.score(test_x[test_binary], test_y[test_binary]),
        "logistic_three_accuracy": float((best == test_y).mean()),
        "trees_accuracy": float(np.mean(trees)),
    }


def shares() -> list:
    pairs = [(0, 10), (5, 10), (31, 96), (96, 96), (499, 1000)]
    return [[k, n, *scipy.stats.binomtest(k, n).proportion_ci(0.95, method="wilson")] for k, n in pairs]


def areas() -> dict:
    rng = np.random.default_rng(4)
    a, b = rng.normal(0, 1, 40).round(1), rng.normal(0.5, 1, 31).round(1)
    area = roc_auc_score(np.repeat([0, 1], [len(a), len(b)]), np.concatenate([a, b]))
    return {"first": sorted(a.tolist()), "second": sorted(b.tolist()), "area": float(area)}


def lattice() -> dict:
    """The strongest line of two images with a grating of 8 x 16 pixels, and of the same without it."""
    y, x = np.mgrid[:200, :230]
    found = {}
    for name, strength in (("plain", 0), ("woven", 0.25)):
        powers = []
        for seed in (3, 5):
            image = speckle(seed, 200, 230) * (1 + strength * np.cos(2 * np.pi * (x / 8 + y / 16)))
            image = np.floor(np.minimum(image.astype(np.float32), 1) * 255.0 + 0.5) / 255
            top, left = (200 - 64) % 32 // 2, (230 - 64) % 32 // 2
            for j in range(top, 200 - 63, 32):
                for i in range(left, 230 - 63, 32):
                    crop = image[j : j + 64, i : i + 64]
                    power = hann_power(crop / crop.mean())
                    powers.append(10 * np.log10(power / power.mean() + 1e-9))
        mean = np.mean(powers, axis=0)
        ring = np.ones((7, 7), bool)
        ring[2:5, 2:5] = False
        j, i = np.mgrid[-3:4, -3:4]
        sides = [ring & half for half in (i < 0, i > 0, j < 0, j > 0)]
        around = np.max([scipy.ndimage.generic_filter(mean, np.median, footprint=s, mode="wrap") for s in sides], axis=0)
        excess = mean - around
        f = np.abs(np.fft.fftfreq(64, 1 / 64))
        excess[(f[:, None] < 3) & (f < 3)] = -np.inf
        j, i = np.unravel_index(np.argmax(excess), excess.shape)
        found[name] = {"crops": len(powers), "db": excess[j, i], "x": 64 / max(f[i], 1e-9), "y": 64 / max(f[j], 1e-9)}
    return found


def points() -> dict:
    """Widths at bright points, found with SciPy's filters and measured by scipy.signal.peak_widths."""
    image = 0.3 * speckle(11, 160, 180)
    y, x = np.mgrid[:160, :180]
    for k, (cy, cx) in enumerate([(30, 40), (31, 120), (80, 85), (120, 30), (125, 140), (155, 90)]):
        image = np.maximum(image, 0.9 * np.exp(-(((x - cx - 0.2) / (1 + 0.3 * k)) ** 2) - ((y - cy + 0.3) / (2.5 - 0.2 * k)) ** 2))
    image = image.astype(np.float32).astype(np.float64)
    near = np.ones((5, 5), bool)
    near[2, 2] = False
    peak = image > scipy.ndimage.maximum_filter(image, footprint=near)
    bright = image**2 >= 8 * scipy.ndimage.uniform_filter(image**2, 17)
    inside = np.zeros_like(peak)
    inside[8:-8, 8:-8] = True
    widths = []
    for j, i in np.argwhere(peak & bright & inside):
        both = []
        for line, at in ((image[j] ** 2, i), (image[:, i] ** 2, j)):
            whole = (line[[at]], np.array([0]), np.array([len(line) - 1]))
            both.append(scipy.signal.peak_widths(line, [at], 0.5, whole)[0][0])
        widths.append(both)
    return {"widths": widths}


def main() -> None:
    golden = {"crop": crop_features(), "classifiers": classifiers(), "shares": shares(), "areas": areas()}
    golden |= {"lattice": lattice(), "points": points()}
    OUT.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
