"""The command ``sar-trainer``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import traceback
import warnings
from dataclasses import asdict
from pathlib import Path

from sar_trainer import __version__
from sar_trainer.errors import SarTrainerError

_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns 0 on success, 1 on a failure, 2 on a usage error, 130 when interrupted."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("Interrupted; nothing was kept.", file=sys.stderr)
        return _INTERRUPTED
    except SarTrainerError as error:
        if options.traceback:
            traceback.print_exc()
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except MemoryError:
        print("error: The memory was not enough. Close other programs, or export with --dtype fp16.", file=sys.stderr)
        return 1
    except Exception as error:
        if options.traceback:
            traceback.print_exc()
        print(f"error: {type(error).__name__}: {error} (--traceback shows where)", file=sys.stderr)
        return 1


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sar-trainer", description="Exports Stable Diffusion XL models for SAR images.")
    parser.add_argument("--version", action="version", version=f"sar-trainer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_export(commands)
    _add_caption(commands)
    return parser


def _add_export(commands: argparse._SubParsersAction) -> None:
    from sar_trainer.export.card import CARD_KEYS

    keys = "\n".join(f"  {key:16} {meaning}" for key, (_, meaning) in CARD_KEYS.items())
    export = commands.add_parser(
        "export",
        help="turn a diffusers folder into a bundle of ONNX graphs",
        description=(
            "Turns a diffusers folder (Stable Diffusion XL, safetensors) into a bundle of ONNX graphs, and compares each "
            "graph with torch.\nA VAE whose config.json says force_upcast stays in fp32 even with --dtype fp16: it would "
            "overflow to black."
        ),
        epilog=f"keys of the card (JSON or YAML):\n{keys}\n\n"
        "example:\n  sar-trainer export my-sdxl my-bundle --dtype fp16 --card card.yaml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    export.add_argument("source", metavar="DIFFUSERS_FOLDER", type=Path, help="folder with model_index.json")
    export.add_argument("bundle", metavar="BUNDLE", type=Path, help="folder to write")
    export.add_argument("--dtype", choices=("fp32", "fp16"), default="fp32", help="element type of the weights (default: fp32)")
    export.add_argument("--card", metavar="FILE", type=Path, help="what sar_config.json says about the model (keys below)")
    export.add_argument("--name", help="name of the model (before the card's)")
    export.add_argument("--licence", help="licence of the model (before the card's)")
    export.add_argument("--description", help="description of the model (before the card's)")
    export.add_argument("--overwrite", action="store_true", help="replace an existing bundle")
    export.add_argument(
        "--tolerance",
        metavar="X",
        type=float,
        help="largest deviation from torch, as a fraction of each output's standard deviation (default: 1e-3, fp16: 1e-1)",
    )
    export.add_argument("--json", action="store_true", help="print one JSON object on stdout at the end")
    export.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    export.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    from sar_trainer.export.card import Card

    card = Card.read(options.card) if options.card else Card()
    card = card.with_values(name=options.name, licence=options.licence, description=options.description)
    started = time.monotonic()
    _quieten()
    # Imported late: torch takes seconds to load, and a mistyped card should not cost them.
    from sar_trainer.export import ExportRequest, export_bundle

    request = ExportRequest(options.source, options.bundle, options.dtype, options.overwrite, options.tolerance, card)
    reports = export_bundle(request, progress=lambda line: print(line, file=sys.stderr, flush=True))
    seconds = time.monotonic() - started
    if options.json:
        summary = {
            "bundle": str(options.bundle),
            "graphs": [asdict(report) for report in reports],
            "seconds": round(seconds, 1),
        }
        print(json.dumps(summary))
    else:
        size = sum(report.bytes for report in reports) / 2**20
        print(f"{options.bundle}: {len(reports)} graphs, {size:.1f} MiB, {seconds:.0f} s", file=sys.stderr)
    return 0


def _add_caption(commands: argparse._SubParsersAction) -> None:
    caption = commands.add_parser(
        "caption",
        help="write captions of images with an image-text model",
        description=(
            "Writes a caption for each image with any image-text model of transformers, as JSON lines that are only added to:\n"
            "killed and started again, it goes on with the images that have no caption of this model and prompt."
        ),
        epilog="example:\n  sar-trainer caption blip-large --images patches --out captions.jsonl",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    caption.add_argument("model", metavar="MODEL", help="folder of a model, or an id in the local cache")
    what = caption.add_mutually_exclusive_group(required=True)
    what.add_argument("--images", metavar="DIR", type=Path, help="folder of images")
    what.add_argument("--jobs", metavar="FILE", type=Path, help="JSON lines: name, image, optionally part (four fractions)")
    caption.add_argument("--out", metavar="FILE", type=Path, required=True, help="JSON lines: name, caption, model, prompt")
    caption.add_argument("--prompt", help="what the model is asked, or how its caption begins, as the model has it")
    caption.add_argument("--batch-size", metavar="N", type=int, default=4, help="images at once (default: 4)")
    caption.add_argument("--max-new-tokens", metavar="N", type=int, default=60, help="longest caption (default: 60)")
    caption.add_argument("--device", help="cpu, cuda or cuda:N (default: cuda where there is one)")
    caption.add_argument("--allow-download", action="store_true", help="fetch a model that is not in the cache")
    caption.add_argument("--trust-remote-code", action="store_true", help="run Python code that comes with the model")
    caption.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    caption.set_defaults(run=_caption)


def _caption(options: argparse.Namespace) -> int:
    from sar_trainer.captions.jobs import jobs_of_folder, jobs_of_list

    jobs = jobs_of_folder(options.images) if options.images else jobs_of_list(options.jobs)
    if options.allow_download:
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "0"
    _quieten()
    # Imported late: torch takes seconds to load, and a mistyped folder should not cost them.
    from sar_trainer.captions import CaptionRequest, ModelChoice, caption_images

    choice = ModelChoice(
        options.model, options.allow_download, options.trust_remote_code, options.device, options.max_new_tokens
    )
    request = CaptionRequest(jobs, choice, options.out, options.prompt, max(1, options.batch_size))
    report = caption_images(request, progress=lambda line: print(line, file=sys.stderr, flush=True))
    print(f"{options.out}: {report.captions} captions, {report.new} of them new", file=sys.stderr)
    return 0


def _quieten() -> None:
    """Keeps the libraries' progress bars and hints out of our output."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    warnings.simplefilter("ignore")
    import logging

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
