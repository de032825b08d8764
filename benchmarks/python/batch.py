"""A prompt list in three ways, side by side in one run: ``sar-diffusion batch``, ``generate`` called image by image in one JVM,
and diffusers driving the same ONNX graphs image by image in Python.

    benchmarks/batch.sh --model BUNDLE [--markdown FILE]

Each side is a process that loads the model, makes the images of a short list to warm up, and then times the same list: wall
clock and processor time of making and writing all images as PNG files, with what each writes along (the batch: journal,
manifests, contact sheet and annotations). Rounds alternate the sides. Processor time is what compares on a busy machine,
where the wall clock tells how much others left over. The bundle must be in float32, which is what Java runs on a processor.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLASS = "org.sardiffusion.benchmarks.BatchThroughput"
# As the launcher sets them.
FLAGS = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms48m", "-XX:-UsePerfData"]
SCENES = ["a dense forest", "a plowed field", "an airport with runways", "a marina by a town", "an urban area"]
GUIDANCE = 5.0


def prompts(count: int, each: int, note: str) -> list[tuple[str, int]]:
    """Prompts with how many images each of them gets."""
    whole = [(f"A <SAR> image of {SCENES[k % len(SCENES)]}, {note} {k}", each) for k in range(count // each)]
    return whole + ([(f"A <SAR> image of a road, {note}", count % each)] if count % each else [])


def write_list(file: Path, lines: list[tuple[str, int]]) -> None:
    rows = "".join(f'"{prompt}",{count}\n' for prompt, count in lines)
    file.write_text("prompt,count\n" + rows)


def python_side(options: argparse.Namespace) -> None:
    """One process of the Python side: prints the JSON object that the Java sides print."""
    import torch
    from PIL import Image
    from reference import Pipeline

    def make(lines: list[tuple[str, int]], folder: Path) -> int:
        folder.mkdir()
        made = 0
        for prompt, count in lines:
            for _ in range(count):
                # One at a time, as pipelines are called in a loop over a list; the prompt is encoded once for its images.
                own = {"prompt": prompt, "count": 1, "seed": made, "width": options.side, "height": options.side}
                request = argparse.Namespace(**(vars(options) | own))
                amplitude = pipeline.generate(request)[0][0]
                Image.fromarray((amplitude * 255 + 0.5).astype("uint8")).save(folder / f"{made}.png")
                made += 1
        return made

    with torch.inference_mode(), tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(options.model[0], None)
        known: dict[str, tuple] = {}
        encode = pipeline.encode
        pipeline.encode = lambda prompt: known[prompt] if prompt in known else known.setdefault(prompt, encode(prompt))
        make(prompts(options.warm_up, options.each, "to warm up"), Path(folder) / "warm-up")
        wall, cpu = time.perf_counter(), time.process_time()
        images = make(prompts(options.count, options.each, "place"), Path(folder) / "dataset")
        result = {"images": images, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps(result))


def run(side: str, options: argparse.Namespace, folder: Path) -> dict[str, float]:
    if side == "python":
        command = [sys.executable, __file__, "--side-of-python"]
        command += ["--model", str(options.model[0]), "--side", str(options.side), "--steps", str(options.steps)]
        command += ["--count", str(options.count), "--each", str(options.each), "--warm-up", str(options.warm_up)]
    else:
        command = [options.java, *FLAGS, CLASS, side, str(options.model[0]), str(folder / "list.csv"), str(options.side)]
        command += [str(options.steps), str(GUIDANCE), "png", tempfile.mkdtemp(dir=folder), str(folder / "warm-up.csv")]
    # ONNX Runtime bears no long command lines.
    environment = dict(os.environ, CLASSPATH=options.class_path)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{side} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def median(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def table(results: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> list[str]:
    lines = [
        f"**{options.side} x {options.side}, {options.steps} guided steps, {options.count} images of "
        f"{len(prompts(options.count, options.each, ''))} prompts**: medians of {options.rounds} rounds (least to most); "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.",
        "",
        "| | images per minute | processor seconds for 100 images |",
        "|---|---|---|",
    ]
    for side, samples in results.items():
        speed = median([60 * sample["images"] / sample["wall"] for sample in samples])
        lines.append(f"| {side} | {speed} | {median([100 * sample['cpu'] / sample['images'] for sample in samples])} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares batch, generate, and Python on a list of prompts.")
    parser.add_argument("--model", type=Path, action="append", required=True, help="a bundle in float32")
    parser.add_argument("--side", type=int, default=64, help="of the images")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--count", type=int, default=120, help="images")
    parser.add_argument("--each", type=int, default=8, help="images of one prompt")
    parser.add_argument("--warm-up", type=int, default=24, help="images before the clock starts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--java", default="java")
    parser.add_argument("--class-path", default=str(HERE.parent / "target" / "benchmarks.jar"))
    parser.add_argument("--markdown", type=Path, help="also write the table there")
    parser.add_argument("--side-of-python", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.guidance = GUIDANCE
    if options.side_of_python:
        python_side(options)
        return
    results: dict[str, list[dict[str, float]]] = {"batch": [], "generate": [], "python": []}
    with tempfile.TemporaryDirectory() as folder:
        write_list(Path(folder) / "list.csv", prompts(options.count, options.each, "place"))
        write_list(Path(folder) / "warm-up.csv", prompts(options.warm_up, options.each, "to warm up"))
        for number in range(options.rounds):
            for side, samples in results.items():
                samples.append(run(side, options, Path(folder)))
                print(f"round {number + 1}, {side}: {samples[-1]}", file=sys.stderr, flush=True)
    lines = table(results, options)
    print("\n".join(lines))
    if options.markdown:
        options.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
