"""Java against Python, side by side in one run: the same ONNX graphs, prompt, seed, steps, threads and session options.

    benchmarks/compare.sh --model BUNDLE [--markdown FILE]

Each round starts one process of each side, in turns, and measures from outside of it:

* launch to first step: from starting the process until the first denoising step is done. Both sides print a JSON object at
  their end that says how long before it the first step was; the clock is this script's.
* images per minute: from the first step to the end, in which all images but one step are made.
* peak memory and processor time, as the kernel counts them (wait4).

The first round counts too, unless --warm-up adds rounds that don't: files should be in the page cache for both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROMPT = "A <SAR> image of a dense forest next to a plowed field with a road"


@dataclass(frozen=True)
class Sample:
    """One process."""

    first_step: float
    images_per_minute: float
    peak_mib: float
    cpu: float
    wall: float


def measure(command: list[str], steps: int, count: int) -> Sample:
    # A child inherits its parent's peak memory in the kernel's count until it has more: so this script imports nothing large.
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline()
    told = time.perf_counter()
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}\nfailed with exit code {process.returncode}:\n{error.decode()}")
    seconds = json.loads(line)["seconds"]
    rest = seconds["total"] - seconds["first_step"]
    return Sample(
        first_step=told - begin - rest,
        images_per_minute=60 * (count - 1 / steps) / rest,
        peak_mib=usage.ru_maxrss / 1024,
        cpu=usage.ru_utime + usage.ru_stime,
        wall=wall,
    )


def deviation(actual: Path, expected: Path) -> float:
    """The largest difference of two arrays, relative to the standard deviation of the second: in a process of its own."""
    program = (
        "import sys, numpy as np; a, b = (np.load(f) for f in sys.argv[1:]); assert a.shape == b.shape, (a.shape, b.shape);"
        "print(np.abs(a - b).max() / b.std())"
    )
    done = subprocess.run([sys.executable, "-c", program, actual, expected], check=True, capture_output=True, text=True)
    return float(done.stdout)


def image_size(bundle: Path) -> tuple[int, int]:
    """Width and height that the model was made for."""
    sample = json.loads((bundle / "unet" / "config.json").read_text())["sample_size"]
    levels = len(json.loads((bundle / "vae_decoder" / "config.json").read_text())["block_out_channels"])
    side = sample * 2 ** (levels - 1)
    return side, side


def spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(java: list[Sample], python: list[Sample]) -> list[str]:
    rows = ["| | Java | Python | ratio |", "|---|---|---|---|"]
    for name, field, digits, upside in (
        ("launch to first step, s", "first_step", 2, False),
        ("images per minute", "images_per_minute", 2, True),
        ("peak memory, MiB", "peak_mib", 0, False),
        ("processor time, s", "cpu", 2, False),
        ("launch to end, s", "wall", 2, False),
    ):
        ours = [getattr(sample, field) for sample in java]
        theirs = [getattr(sample, field) for sample in python]
        ratio = statistics.median(ours) / statistics.median(theirs)
        better = f"{ratio:.2f} x as many" if upside else f"{1 / ratio:.2f} x less"
        rows.append(f"| {name} | {spread(ours, digits)} | {spread(theirs, digits)} | {better} |")
    return rows


def compare(bundle: Path, options: argparse.Namespace, folder: Path) -> tuple[list[str], float]:
    """The Markdown lines for one bundle, and how far the latents are apart."""
    width, height = image_size(bundle)
    arguments = ["--model", str(bundle), "--prompt", options.prompt, "--seed", str(options.seed)]
    arguments += ["--count", str(options.count), "--steps", str(options.steps), "--guidance", str(options.guidance)]
    arguments += ["--width", str(width), "--height", str(height)]
    arguments += ["--threads", str(options.threads)] if options.threads else []

    def files(side: str) -> list[str]:
        return ["--out", str(folder / f"{side}.npy"), "--save-latents", str(folder / f"{side}_latents.npy")]

    sides = {
        "java": [str(options.command), "generate", *arguments, *files("java"), "--json"],
        "python": [sys.executable, str(HERE / "reference.py"), *arguments, *files("python")],
    }
    samples: dict[str, list[Sample]] = {side: [] for side in sides}
    for number in range(-options.warm_up, options.rounds):
        for side, command in sides.items():
            sample = measure(command, options.steps, options.count)
            if number >= 0:
                samples[side].append(sample)
            print(
                f"{bundle.name}, round {number + 1}, {side}: first step {sample.first_step:.2f} s, "
                f"{sample.images_per_minute:.2f} images/min, {sample.peak_mib:.0f} MiB",
                file=sys.stderr,
            )
    apart = deviation(folder / "java_latents.npy", folder / "python_latents.npy")
    title = f"`{bundle.name}`, {width} x {height}, {options.steps} guided steps, {options.count} images"
    lines = [f"**{title}**: medians of {options.rounds} rounds (least to most).", ""]
    lines += table(samples["java"], samples["python"])
    lines += ["", f"Largest difference of the final latents: {apart:.1e} of their standard deviation.", ""]
    return lines, apart


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    return f"{os.cpu_count()} cores of {model}, load {os.getloadavg()[0]:.1f} at the start."


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares sar-diffusion with the same graphs driven from Python.")
    parser.add_argument("--model", type=Path, action="append", required=True, help="a bundle in float32; repeatable")
    parser.add_argument("--command", type=Path, default=HERE.parents[1] / "sar-diffusion")
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=5.0)
    parser.add_argument("--count", type=int, default=3, help="images of one process")
    parser.add_argument("--threads", type=int, help="of ONNX Runtime, for both; its own choice if not given")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=1, help="rounds that don't count")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="fail if the latents differ by more")
    parser.add_argument("--markdown", type=Path, help="also write the tables there")
    options = parser.parse_args()
    lines = [machine(), ""]
    far = []
    with tempfile.TemporaryDirectory() as folder:
        for bundle in options.model:
            found, apart = compare(bundle, options, Path(folder))
            lines += found
            if not apart <= options.tolerance:
                far.append(f"{bundle}: the latents differ by {apart:.1e} of their standard deviation.")
    print("\n".join(lines))
    if options.markdown:
        options.markdown.write_text("\n".join(lines) + "\n")
    if far:
        sys.exit("\n".join(far))


if __name__ == "__main__":
    main()
