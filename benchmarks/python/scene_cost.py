"""Measures what scenes of growing size cost: time for each megapixel, and memory.

Run: python benchmarks/python/scene_cost.py --model BUNDLE [--megapixels 4 16 64 256] [--size 40000x7000]
Needs: Python alone, Linux, and the built command (./sar-diffusion --version builds it).

Every scene is one run of `sar-diffusion scene` in a heap of 1 GB. Seconds are the command's own; processor time and
peak memory the kernel's count of the process; the peak of the heap is the fullest that the garbage collector found.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAR = ROOT / "cli/target/sar-diffusion.jar"
HEAP = re.compile(r"Pause .*? (\d+)M->\d+M\(\d+M\)")


def model_of_tiles(bundle, tile, folder):
    """A copy of a bundle whose own images, and so the tiles of its scenes, are of `tile` latent pixels."""
    copy = folder / "bundle"
    shutil.copytree(bundle, copy, ignore=shutil.ignore_patterns("sar_config.json"))
    config = copy / "unet" / "config.json"
    values = json.loads(config.read_text())
    values["sample_size"] = tile
    config.write_text(json.dumps(values))
    return copy


def measure(command, width, height, folder):
    out = folder / "scene.tif"
    log = folder / "gc.log"
    log.unlink(missing_ok=True)
    java, *rest = command
    arguments = [
        java,
        "-Xmx1g",
        "-XX:+UseSerialGC",
        f"-Xlog:gc:file={log}",
        *rest,
        "--width",
        str(width),
        "--height",
        str(height),
    ]
    arguments += ["--out", str(out), "--json", "--quiet"]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{shlex.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    report = json.loads(said)
    size = out.stat().st_size
    out.unlink()
    return {
        "megapixels": width * height / 1e6,
        "size": f"{width} x {height}",
        "tiles": report["tiles"],
        "denoise": report["seconds"]["denoise"],
        "decode": report["seconds"]["decode"],
        "total": report["seconds"]["total"],
        "processor": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss / 1024,
        "heap": max((int(m) for m in HEAP.findall(log.read_text())), default=0),
        "file": size / 1e6,
    }


def row(result):
    pixels = result["megapixels"]
    return (
        f"| {result['size']} | {pixels:.0f} | {result['tiles']} | {result['denoise'] / pixels:.2f} |"
        f" {result['decode'] / pixels:.2f} | {result['processor'] / pixels:.2f} | {result['total']:.0f} |"
        f" {result['rss']:.0f} | {result['heap']} | {result['file']:.0f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--tile", type=int, help="latent pixels of a tile; those of the model if not given")
    parser.add_argument("--megapixels", type=int, nargs="*", default=[4, 16, 64])
    parser.add_argument("--size", help="one scene of WIDTHxHEIGHT instead")
    parser.add_argument("--launch", default=f"java -jar {JAR}", help="what starts the command")
    parser.add_argument("--options", default="--steps 2 --guidance 1 --decode-tile 64", help="of the command")
    arguments = parser.parse_args()
    # Twice as wide as high: 2896 x 1448, 5792 x 2896 and so on.
    sizes = [(round((2e6 * n) ** 0.5), round((5e5 * n) ** 0.5)) for n in arguments.megapixels]
    if arguments.size:
        width, height = arguments.size.split("x")
        sizes = [(int(width), int(height))]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = model_of_tiles(arguments.model, arguments.tile, folder) if arguments.tile else arguments.model
        command = shlex.split(arguments.launch)
        command += ["scene", "--model", str(model), "--prompt", "A <SAR> image of a forest"]
        command += shlex.split(arguments.options)
        print("| size | megapixels | tiles | denoise, s/MP | decode, s/MP | processor, s/MP | total, s |", end="")
        print(" memory, MiB | heap, MiB | file, MB |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for width, height in sizes:
            print(row(measure(command, width, height, folder)), flush=True)


if __name__ == "__main__":
    main()
