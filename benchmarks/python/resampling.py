"""Times SpectralResampler beside SciPy: complex images resampled in the frequency domain with two threads.

    ./mvnw -Pbenchmarks -DskipTests -DskipPython -pl benchmarks -am package
    python benchmarks/python/resampling.py [--rounds N] [--case SIZE:FROM:TO ...] [--types complex64 ...]

Needs numpy and scipy. Both sides do what ``scipy.signal.resample`` along both axes does (scale by M/N, Nyquist bin split or
added). SciPy does it in its two best forms, axis by axis and in two dimensions, of which the faster counts; transforms work in
place where they may. Each side is one process that lives through all rounds, so that it is warm; in every round each does the
work once while the others wait. What is printed: the best wall-clock time, which other work disturbed least, the median, and
the least processor time (user and system).
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

LIBRARIES = Path(__file__).parents[1] / "target"
JAVA = ["java", "-Xmx{heap}m", "-cp", str(LIBRARIES / "benchmarks.jar"), "org.sardiffusion.benchmarks.ResamplingProcess"]
CASES = ["2048:1.35:0.4", "2048:0.8:0.4", "2025:0.4:1.35", "8192:0.8:0.4", "8100:0.4:1.35"]


def lengths(case: str) -> tuple[int, int]:
    size, source, target = case.split(":")
    return int(size), round(int(size) * Fraction(source) / Fraction(target))


def fit(spectrum, length: int, axis: int):
    """The bins along an axis that both lengths have."""
    import numpy as np

    spectrum = np.moveaxis(spectrum, axis, -1)
    n = spectrum.shape[-1]
    m = min(n, length)
    fitted = np.zeros((*spectrum.shape[:-1], length), spectrum.dtype)
    positive, negative = m // 2 + 1, (m - 1) // 2
    fitted[..., :positive] = spectrum[..., :positive]
    if negative:
        fitted[..., -negative:] = spectrum[..., -negative:]
    if m % 2 == 0 and n < length:
        fitted[..., m // 2] /= 2
        fitted[..., -(m // 2)] = fitted[..., m // 2]
    elif m % 2 == 0 and n > length:
        fitted[..., m // 2] += spectrum[..., -(m // 2)]
    return np.moveaxis(fitted, -1, axis)


def separable(image, length: int):
    from scipy import fft

    scale = length / image.shape[0]
    for axis in (1, 0):
        spectrum = fit(fft.fft(image, axis=axis, workers=2), length, axis)
        image = fft.ifft(spectrum, axis=axis, workers=2, overwrite_x=True)
        image *= scale
    return image


def two_dimensional(image, length: int):
    from scipy import fft

    scale = (length / image.shape[0]) ** 2
    spectrum = fft.fft2(image, workers=2)
    for axis in (1, 0):
        spectrum = fit(spectrum, length, axis)
    image = fft.ifft2(spectrum, workers=2, overwrite_x=True)
    image *= scale
    return image


FORMS = {"separable": separable, "two-dimensional": two_dimensional}


def serve(form: str, dtype: str, size: int, length: int) -> None:
    """Does the work once for each line of the standard input and answers with seconds."""
    import numpy as np

    rng = np.random.default_rng(1)
    image = (2 * rng.random((size, 2 * size), np.float32) - 1).view(np.complex64).astype(dtype)
    print("ready", flush=True)
    for _ in sys.stdin:
        wall, processor = time.perf_counter(), time.process_time()
        FORMS[form](image, length)
        print(json.dumps([time.perf_counter() - wall, time.process_time() - processor]), flush=True)


class Side:
    """A process that does the work whenever it is told to."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise SystemExit(f"{name} did not start: {' '.join(command)}")
        self.walls, self.processors = [], []

    def work(self, counts: bool) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        wall, processor = json.loads(self.process.stdout.readline())
        if counts:
            self.walls.append(wall)
            self.processors.append(processor)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()

    def row(self, case: str) -> str:
        times = (min(self.walls), statistics.median(self.walls), min(self.processors))
        return " | ".join([f"| {case}", self.name, *(f"{seconds:.2f}" for seconds in times)]) + " |"


def compare(case: str, options: argparse.Namespace) -> None:
    size, length = lengths(case)
    pixels = size**2 + length**2
    heap = 1024 + 4 * 8 * pixels // 2**20
    sides = [Side("ours", [part.format(heap=heap) for part in JAVA] + [str(size), str(length)])]
    for dtype in options.types:
        for form in FORMS:
            serving = [sys.executable, __file__, "--serve", form, dtype, str(size), str(length)]
            sides.append(Side(f"SciPy {dtype}, {form}", serving))
    for number in range(-options.warm_up, options.rounds):
        for side in sides:
            side.work(counts=number >= 0)
    for side in sides:
        side.close()
        print(side.row(f"{size} to {length}"), flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", action="append", help="SIZE:FROM:TO, spacings in metres")
    parser.add_argument("--types", nargs="+", default=["complex64", "complex128"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=3)
    options = parser.parse_args()
    print("| pixels along each axis | | best, s | median, s | processor, s |\n|---|---|---|---|---|", flush=True)
    for case in options.case or CASES:
        compare(case, options)


if __name__ == "__main__":
    main()
