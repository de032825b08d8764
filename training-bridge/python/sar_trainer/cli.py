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
    parser = argparse.ArgumentParser(
        prog="sar-trainer", description="Trains and exports Stable Diffusion XL models for SAR images."
    )
    parser.add_argument("--version", action="version", version=f"sar-trainer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_export(commands)
    _add_train(commands)
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


def _add_train(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser(
        "train",
        help="fine-tune a model as a configuration says",
        description=(
            "Trains a model as CONFIG says (YAML; the schema, with the meaning and default of every key, is "
            "sar_trainer/train/training.schema.json),\nand exports it. SIGINT and SIGTERM write a checkpoint and stop "
            "(exit code 130); --resume goes on, also after a SIGKILL."
        ),
        epilog="example:\n  sar-trainer train whale-north-8.yaml --run runs/whale-north-8\n"
        "  sar-trainer train whale-north-8.yaml --run runs/whale-north-8 --resume",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    train.add_argument("configuration", metavar="CONFIG", type=Path, help="configuration (YAML)")
    train.add_argument("--run", dest="folder", metavar="DIR", type=Path, required=True, help="folder of the run")
    train.add_argument("--resume", action="store_true", help="go on from the newest checkpoint of the run")
    train.add_argument(
        "--json-events",
        action="store_true",
        help="print events as JSON lines on stdout (events.schema.json), and stop when stdin, a pipe, ends",
    )
    train.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    _quieten()
    from sar_trainer.train.command import TrainRequest, train

    return train(TrainRequest(options.configuration, options.folder, options.resume, options.json_events, options.traceback))


def _quieten() -> None:
    """Keeps the libraries' progress bars and hints out of our output."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    warnings.simplefilter("ignore")
    import logging

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
