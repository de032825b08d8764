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
    _add_export_clip(commands)
    _add_new_clip(commands)
    _add_mawc(commands)
    _add_presets(commands)
    _add_caption(commands)
    return parser


def _add_export(commands: argparse._SubParsersAction) -> None:
    from sar_trainer.export.card import CARD_KEYS

    keys = "\n".join(f"  {key:16} {meaning}" for key, (_, meaning) in CARD_KEYS.items())
    export = commands.add_parser(
        "export",
        help="turn a diffusers folder into a bundle of ONNX graphs, or such a bundle back",
        description=(
            "Turns a diffusers folder (Stable Diffusion XL, safetensors) into a bundle of ONNX graphs, and compares each "
            "graph with torch.\nWith --to-diffusers, turns such a bundle into a diffusers folder again, with the same bits, "
            "so that it can be trained.\nA VAE whose config.json says force_upcast stays in fp32 even with --dtype fp16: it "
            "would overflow to black."
        ),
        epilog=f"keys of the card (JSON or YAML):\n{keys}\n\n"
        "example:\n  sar-trainer export my-sdxl my-bundle --dtype fp16 --card card.yaml\n"
        "  sar-trainer export --to-diffusers my-bundle my-sdxl",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    export.add_argument(
        "source", metavar="DIFFUSERS_FOLDER", type=Path, help="folder with model_index.json (with --to-diffusers: the bundle)"
    )
    export.add_argument("bundle", metavar="BUNDLE", type=Path, help="folder to write (with --to-diffusers: FOLDER)")
    export.add_argument(
        "--to-diffusers", action="store_true", help="the way back: BUNDLE FOLDER; no other option but --json applies"
    )
    export.add_argument("--dtype", choices=("fp32", "fp16"), default="fp32", help="element type of the weights (default: fp32)")
    export.add_argument(
        "--controlnet",
        metavar="FOLDER",
        type=Path,
        action="append",
        default=[],
        help="diffusers folder of a ControlNet to bake into a second graph of the UNet, after those that the source itself has "
        "in controlnet/, controlnet_1/, ...; repeatable, in the order in which their control images will be given",
    )
    export.add_argument(
        "--optimize",
        choices=("none", "cuda"),
        default="none",
        help="cuda: fuse each attention into one operator, which ONNX Runtime computes as flash or memory-efficient attention "
        "on NVIDIA GPUs (best with --dtype fp16); adapters can be merged into such a bundle as into any other (default: none)",
    )
    export.add_argument(
        "--pooling",
        choices=("reference", "end_token"),
        default="reference",
        help="where text_encoder_2 reads the embedding of a whole prompt: reference, where diffusers does (models that say "
        "eos_token_id 2 at the largest id, which a token added later takes away), or at the tokenizer's end token "
        "(default: reference)",
    )
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
    if options.to_diffusers:
        return _export_to_diffusers(options)
    from sar_trainer.export.card import Card

    card = Card.read(options.card) if options.card else Card()
    card = card.with_values(name=options.name, licence=options.licence, description=options.description)
    started = time.monotonic()
    _quieten()
    # Imported late: torch takes seconds to load, and a mistyped card should not cost them.
    from sar_trainer.export import ExportRequest, export_bundle

    request = ExportRequest(
        options.source,
        options.bundle,
        options.dtype,
        options.overwrite,
        options.tolerance,
        card,
        tuple(options.controlnet),
        options.optimize,
        options.pooling,
    )
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


def _export_to_diffusers(options: argparse.Namespace) -> int:
    _quieten()
    from sar_trainer.export.restore import restore_diffusers

    restore_diffusers(options.source, options.bundle, progress=lambda line: print(line, file=sys.stderr, flush=True))
    if options.json:
        print(json.dumps({"folder": str(options.bundle)}))
    else:
        print(f"{options.bundle}: a diffusers folder", file=sys.stderr)
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


def _add_export_clip(commands: argparse._SubParsersAction) -> None:
    export = commands.add_parser(
        "export-clip",
        help="turn a SAR-CLIP into a bundle of both towers",
        description="Turns a transformers CLIP folder (safetensors) into ONNX graphs of its image and its text encoder, "
        "float32, and compares each with torch.",
        epilog="example:\n  sar-trainer export-clip runs/sar-clip/model sar-clip-bundle",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    export.add_argument("source", metavar="CLIP_FOLDER", type=Path, help="folder with config.json and model.safetensors")
    export.add_argument("bundle", metavar="BUNDLE", type=Path, help="folder to write")
    export.add_argument("--name", default="", help="name of the model (default: that of the folder)")
    export.add_argument("--overwrite", action="store_true", help="replace an existing bundle")
    export.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    export.set_defaults(run=_export_clip)


def _export_clip(options: argparse.Namespace) -> int:
    _quieten()
    from sar_trainer.export.clip import ClipExportRequest, export_clip

    request = ClipExportRequest(options.source, options.bundle, options.name, options.overwrite)
    export_clip(request, progress=lambda line: print(line, file=sys.stderr, flush=True))
    return 0


def _add_new_clip(commands: argparse._SubParsersAction) -> None:
    new = commands.add_parser(
        "new-clip",
        help="write the folder of a new, small CLIP that a training can begin with",
        description="Writes configurations and tokenizer of a new CLIP, without weights: sar-trainer train draws them "
        "(initialise: random).",
        epilog="example:\n  sar-trainer new-clip tiny-clip --tokenizer my-sdxl/tokenizer --image-size 128",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    new.add_argument("folder", metavar="FOLDER", type=Path, help="folder to write")
    new.add_argument("--tokenizer", metavar="FOLDER", type=Path, required=True, help="folder of a CLIP tokenizer")
    for name, default, meaning in (
        ("image-size", 128, "side in pixels of the images that the image encoder sees"),
        ("patch", 16, "side in pixels of its patches"),
        ("image-width", 192, "width of the image encoder"),
        ("text-width", 192, "width of the text encoder"),
        ("image-layers", 6, "layers of the image encoder"),
        ("text-layers", 4, "layers of the text encoder"),
        ("heads", 3, "heads of their attention"),
        ("projection", 128, "dimension of the common space"),
    ):
        new.add_argument(f"--{name}", metavar="N", type=int, default=default, help=f"{meaning} (default: {default})")
    new.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    new.set_defaults(run=_new_clip)


def _new_clip(options: argparse.Namespace) -> int:
    _quieten()
    from sar_trainer.clip_folder import ClipArchitecture

    names = ("image_size", "patch", "image_width", "text_width", "image_layers", "text_layers", "heads", "projection")
    ClipArchitecture(**{name: getattr(options, name) for name in names}).write(options.tokenizer, options.folder)
    return 0


def _add_mawc(commands: argparse._SubParsersAction) -> None:
    mawc = commands.add_parser(
        "mawc",
        help="measure how far training moved each part of a model",
        description=(
            "Mean absolute weight change between two diffusers folders, by layer and by sub-block: mawc.csv, and the\n"
            "sub-blocks as a bar chart, mawc.svg."
        ),
        epilog="example:\n  sar-trainer mawc sdxl runs/whale-north-8/model --component unet --out runs/whale-north-8",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mawc.add_argument("before", metavar="BEFORE", type=Path, help="diffusers folder that training began with")
    mawc.add_argument("after", metavar="AFTER", type=Path, help="diffusers folder of the finished model")
    mawc.add_argument("--component", metavar="NAME", help="unet, vae, text_encoder or text_encoder_2 (default: all)")
    mawc.add_argument("--out", metavar="DIR", type=Path, default=Path(), help="where to write (default: here)")
    mawc.add_argument("--json", action="store_true", help="print one JSON object on stdout at the end")
    mawc.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    mawc.set_defaults(run=_mawc)


def _mawc(options: argparse.Namespace) -> int:
    from sar_trainer.mawc import weight_changes

    changes = weight_changes(options.before, options.after, options.component)
    table, chart = changes.write(options.out)
    if options.json:
        blocks = [asdict(block) for block in changes.sub_blocks]
        print(json.dumps({"table": str(table), "chart": str(chart), "sub_blocks": blocks}))
    else:
        for block in sorted(changes.sub_blocks, key=lambda block: -block.mawc)[:10]:
            print(f"{block.mawc:.3e}  {block.component} {block.sub_block}")
        print(f"{table}, {chart}", file=sys.stderr)
    return 0


def _add_presets(commands: argparse._SubParsersAction) -> None:
    presets = commands.add_parser(
        "presets",
        help="list the paper's runs, or copy the configuration of one",
        description=(
            "Without NAME, lists the configurations of the paper's runs. With it, writes that one to --out; its placeholders\n"
            "(model: sdxl, data: dataset/train and dataset/validation) are relative to where the file lies."
        ),
        epilog="example:\n  sar-trainer presets whale-north-8 --out whale-north-8.yaml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    presets.add_argument("name", metavar="NAME", nargs="?", help="name of a run")
    presets.add_argument("--out", metavar="FILE", type=Path, help="file to write (default: stdout)")
    presets.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    presets.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    presets.set_defaults(run=_presets)


def _presets(options: argparse.Namespace) -> int:
    from sar_trainer.presets import preset, summaries

    if options.name is None:
        found = summaries()
        if options.json:
            print(json.dumps(found))
        else:
            for name, summary in found.items():
                print(f"{name:24} {summary}")
        return 0
    text = preset(options.name)
    if options.out is None:
        print(json.dumps({"name": options.name, "yaml": text}) if options.json else text, end="")
    else:
        with options.out.open("x", encoding="utf-8") as file:
            file.write(text)
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
