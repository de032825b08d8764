"""Makes the tiny bundles of the Java tests, and what diffusers computes with the very same weights.

    python goldens/make_goldens.py

writes ``runtime/src/test/resources/bundles/<name>/`` and ``runtime/src/test/resources/goldens/`` (see ``README.md`` beside this
file for their format). It needs no network and no other model. The diffusers folders live in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from diffusers import StableDiffusionXLPipeline
from optimum_style import export_optimum_style
from tiny_models import EPS_VAE8, V_VAE8_WIDE, V_ZSNR_VAE4, TinyModel, tiny_pipeline

from sar_trainer.export import ExportRequest, export_bundle
from sar_trainer.export.card import Card

RESOURCES = Path(__file__).resolve().parents[3] / "runtime" / "src" / "test" / "resources"

#: Scheduler name -> (diffusers class, what it adds to the bundle's configuration, whether it has Karras sigmas).
SCHEDULERS: dict[str, tuple[str, dict[str, Any], bool]] = {
    "euler": ("EulerDiscreteScheduler", {}, True),
    "euler_a": ("EulerAncestralDiscreteScheduler", {}, False),
    "ddim": ("DDIMScheduler", {}, False),
    "ddpm": ("DDPMScheduler", {}, False),
    "dpmpp_2m": ("DPMSolverMultistepScheduler", {}, True),
    "dpmpp_2m_sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}, True),
    "unipc": ("UniPCMultistepScheduler", {}, True),
    "heun": ("HeunDiscreteScheduler", {}, True),
    "lms": ("LMSDiscreteScheduler", {}, True),
    "pndm": ("PNDMScheduler", {}, False),
    "lcm": ("LCMScheduler", {}, False),
}

FOREST = "A <SAR> image of a dense forest next to a plowed field with a road"
LONG = ", ".join(f"a field with {k} trees and a straight road beside the river" for k in range(1, 30))
UNICODE = "Forêt DENSE\n\tet  champs labourés — 森林 №42 🌲🛰️ naïve ½ e\u0301té don't 'll"
PROMPTS = {
    "plain": FOREST,
    "unicode": UNICODE,
    "empty": "",
    "spaces": "   ",
    "digits": "X-band, 0.40 m/pixel; 1024x768!!! (10:30)",
    "specials": "<|startoftext|>forest<|endoftext|> field <SAR><sar> <SAR>road",
    "long": LONG,
}


def call(**changes: Any) -> dict[str, Any]:
    """A request with the defaults of these goldens."""
    return {"prompt": FOREST, "seed": 11, "count": 1, "steps": 6, "guidance_scale": 5.0, **changes}


def requests(model: TinyModel) -> dict[str, dict[str, Any]]:
    """Name -> request, for a bundle of ours."""
    result = {}
    for k, (name, (_, _, karras)) in enumerate(SCHEDULERS.items()):
        result[f"scheduler-{name}"] = call(scheduler=name, steps=6 + k % 5, seed=k)
        if karras:
            result[f"scheduler-{name}-karras"] = call(scheduler=f"{name}_karras", steps=7 + k % 4, seed=100 + k)
    result |= {
        "default-scheduler": call(),
        "no-guidance": call(guidance_scale=1.0),
        "strong-guidance": call(guidance_scale=7.5),
        "guidance-rescale": call(guidance_scale=7.5, guidance_rescale=0.7),
        "unicode": call(prompt=UNICODE),
        "empty-prompt": call(prompt=""),
        "empty-negative": call(negative_prompt=""),
        "negative": call(negative_prompt="blurry, Stripes"),
        "long-prompt": call(prompt=LONG, negative_prompt=LONG[::-1]),
        "two": call(count=2, scheduler="euler_a"),
        "three-ddpm": call(count=3, scheduler="ddpm", negative_prompt="water"),
        "wide": call(width=96, height=64, image=True),
        "tall-odd-count": call(width=32, height=160 if model is EPS_VAE8 else 88, count=3, scheduler="dpmpp_2m_sde"),
        "tiny-latents": call(width=32, height=32, scheduler="euler_a"),
        "micro": call(original_size=[240, 296], crop=[5, 40], target_size=[128, 64]),
        "micro-negative": call(
            original_size=[640, 480],
            crop=[8, 16],
            target_size=[512, 384],
            negative_original_size=[100, 200],
            negative_crop=[3, 4],
            negative_target_size=[300, 400],
            negative_prompt="sea",
        ),
        "clip-skip": call(clip_skip=1, negative_prompt="noise"),
        "ddim-eta": call(scheduler="ddim", eta=0.6, seed=5),
        "ddim-eta-1": call(scheduler="ddim", eta=1.0, count=2, seed=6),
        "one-step": call(steps=1, scheduler="euler"),
        "two-steps-dpmpp": call(steps=2, scheduler="dpmpp_2m"),
        "many-steps": call(steps=30, scheduler="dpmpp_2m_karras", guidance_scale=3.0),
        "large-seed": call(seed=2**32 + 12345, scheduler="euler"),
        "timesteps": call(timesteps=[999, 850, 600, 433, 200, 50], scheduler="euler"),
        "timesteps-ddim": call(timesteps=[981, 700, 500, 300, 100, 1], scheduler="ddpm"),
        "sigmas": call(sigmas=[14.6, 7.0, 3.1, 1.2, 0.4, 0.05], scheduler="euler"),
        "euler-linspace": call(scheduler="euler", scheduler_config={"timestep_spacing": "linspace"}),
        "euler-trailing": call(scheduler="euler", scheduler_config={"timestep_spacing": "trailing"}),
        "euler-leading": call(scheduler="euler", scheduler_config={"timestep_spacing": "leading"}),
        "heun-linspace": call(scheduler="heun", scheduler_config={"timestep_spacing": "linspace"}),
        "lms-linspace": call(scheduler="lms", scheduler_config={"timestep_spacing": "linspace"}),
        "dpmpp-order-3": call(scheduler="dpmpp_2m", steps=9, scheduler_config={"solver_order": 3}),
        "dpmpp-lower-final": call(scheduler="dpmpp_2m", steps=9, scheduler_config={"lower_order_final": False}),
        "dpmpp-euler-final": call(scheduler="dpmpp_2m", steps=9, scheduler_config={"euler_at_final": True}),
        "dpmpp-heun": call(scheduler="dpmpp_2m", steps=9, scheduler_config={"solver_type": "heun"}),
        "dpmpp-lu": call(scheduler="dpmpp_2m", steps=9, scheduler_config={"use_lu_lambdas": True}),
        "dpmpp-sigma-min": call(scheduler="dpmpp_2m", steps=9, scheduler_config={"final_sigmas_type": "sigma_min"}),
        "unipc-order-3": call(scheduler="unipc", steps=9, scheduler_config={"solver_order": 3}),
        "unipc-bh1": call(
            scheduler="unipc", steps=9, scheduler_config={"solver_type": "bh1", "final_sigmas_type": "sigma_min"}
        ),
        "ddpm-fixed-large": call(scheduler="ddpm", scheduler_config={"variance_type": "fixed_large"}),
        "image-two": call(count=2, image=True, scheduler="dpmpp_2m_karras"),
    }
    if model is V_ZSNR_VAE4:
        # Zero terminal SNR makes diffusers' Karras sigmas and given sigmas huge but finite; both stay in.
        result["image-dpmpp"] = call(scheduler="dpmpp_2m", image=True, steps=9)
    return result


def common_requests() -> dict[str, dict[str, Any]]:
    """Name -> request, for bundles that share another's weights: enough to see that they are read right."""
    return {
        "default": call(),
        "ddim": call(scheduler="ddim", steps=8, negative_prompt="blurry"),
        "euler-a-two": call(scheduler="euler_a", count=2, seed=3),
        "wide": call(width=96, height=64, scheduler="dpmpp_2m", image=True),
        "no-guidance": call(guidance_scale=1.0, prompt="a village"),
    }


def scheduler_for(pipeline: StableDiffusionXLPipeline, base: Any, request: dict[str, Any]) -> Any:
    """The scheduler that a request names, on the bundle's configuration, as ``Scheduler.from_config`` builds it."""
    overrides = dict(request.get("scheduler_config", {}))
    if "scheduler" not in request:
        return type(base).from_config(base.config, **overrides)
    name = request["scheduler"]
    kind, extra, _ = SCHEDULERS[name.removesuffix("_karras")]
    if name.endswith("_karras"):
        extra = {**extra, "use_karras_sigmas": True}
    return getattr(diffusers, kind).from_config(base.config, **extra, **overrides)


def swapped(pair: list[int] | None) -> tuple[int, int] | None:
    """Our pairs are (width, height) or (x, y); diffusers' are (height, width) or (top, left)."""
    return None if pair is None else (pair[1], pair[0])


def run(pipeline: StableDiffusionXLPipeline, request: dict[str, Any], output_type: str) -> torch.Tensor:
    """One call of diffusers' pipeline."""
    count = request["count"]
    arguments = {
        "prompt": request["prompt"],
        "negative_prompt": request.get("negative_prompt"),
        "num_images_per_prompt": count,
        "num_inference_steps": request["steps"],
        "guidance_scale": request["guidance_scale"],
        "guidance_rescale": request.get("guidance_rescale", 0.0),
        "width": request.get("width"),
        "height": request.get("height"),
        "original_size": swapped(request.get("original_size")),
        "target_size": swapped(request.get("target_size")),
        "crops_coords_top_left": swapped(request.get("crop", [0, 0])),
        "negative_original_size": swapped(request.get("negative_original_size")),
        "negative_target_size": swapped(request.get("negative_target_size")),
        "negative_crops_coords_top_left": swapped(request.get("negative_crop", [0, 0])),
        "clip_skip": request.get("clip_skip"),
        "eta": request.get("eta", 0.0),
        "timesteps": request.get("timesteps"),
        "sigmas": request.get("sigmas"),
        "generator": [torch.Generator().manual_seed(request["seed"] + k) for k in range(count)],
    }
    return pipeline(**arguments, output_type=output_type).images


@torch.no_grad()
def write_prompts(pipeline: StableDiffusionXLPipeline, bundle: str, out: Path) -> list[dict[str, Any]]:
    """Token ids of both tokenizers, and what ``encode_prompt`` gives, for every prompt and clip skip."""
    entries = []
    for name, prompt in PROMPTS.items():
        for skip in (None, 1) if name == "plain" else (None,):
            embeds, _, pooled, _ = pipeline.encode_prompt(prompt, do_classifier_free_guidance=False, clip_skip=skip)
            stem = f"{bundle}/prompt-{name}{'' if skip is None else f'-skip{skip}'}"
            np.save(out / f"{stem}-embeds.npy", embeds.numpy())
            np.save(out / f"{stem}-pooled.npy", pooled.numpy())
            ids = [
                tokenizer(prompt, padding="max_length", max_length=77, truncation=True).input_ids
                for tokenizer in (pipeline.tokenizer, pipeline.tokenizer_2)
            ]
            entry = {"name": Path(stem).name, "bundle": bundle, "prompt": prompt, "token_ids": ids[0], "token_ids_2": ids[1]}
            if skip is not None:
                entry["clip_skip"] = skip
            entries.append({**entry, "prompt_embeds": f"{stem}-embeds.npy", "pooled_prompt_embeds": f"{stem}-pooled.npy"})
    return entries


@torch.no_grad()
def amplitude(pipeline: StableDiffusionXLPipeline, latents: torch.Tensor) -> torch.Tensor:
    """Decodes latents [N,4,h,w]: the mean of the three channels [N,H,W], then mapped to [0,1] and clipped."""
    config = pipeline.vae.config
    if config.latents_mean is not None and config.latents_std is not None:
        mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (config.latents_mean, config.latents_std))
        latents = latents * std / config.scaling_factor + mean
    else:
        latents = latents / config.scaling_factor
    return (pipeline.vae.decode(latents).sample.mean(dim=1) / 2 + 0.5).clamp(0, 1)


def write_calls(
    pipeline: StableDiffusionXLPipeline, bundle: str, wanted: dict[str, dict[str, Any]], out: Path
) -> list[dict[str, Any]]:
    """Latents (and images, where asked) of every request; requests that diffusers itself refuses are left out, by name."""
    base, entries = pipeline.scheduler, []
    for name, asked in wanted.items():
        request = {key: value for key, value in asked.items() if key != "image"}
        pipeline.scheduler = scheduler_for(pipeline, base, request)
        try:
            latents = run(pipeline, request, "latent").numpy()
        except (ValueError, NotImplementedError) as error:
            print(f"{bundle}/{name}: diffusers refuses: {error}")
            entries.append({"name": name, "bundle": bundle, "request": request, "refused": str(error)})
            continue
        deviation = float(latents.std())
        if not np.isfinite(latents).all():
            entries.append({"name": name, "bundle": bundle, "request": request, "not_finite": True})
            print(f"{bundle}/{name}: diffusers gives NaN or infinity")
            continue
        entry = {"name": name, "bundle": bundle, "request": request, "latents": f"{bundle}/{name}.npy"}
        np.save(out / entry["latents"], latents)
        if asked.get("image"):
            entry["image"] = f"{bundle}/{name}-image.npy"
            np.save(out / entry["image"], amplitude(pipeline, torch.from_numpy(latents)).numpy())
        print(f"{bundle}/{name}: latents {latents.shape}, standard deviation {deviation:.2f}")
        entries.append(entry)
    pipeline.scheduler = base
    return entries


def load(folder: Path) -> StableDiffusionXLPipeline:
    pipeline = StableDiffusionXLPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def wide_requests() -> dict[str, dict[str, Any]]:
    """Name -> request, for the bundle with latents of 16 channels."""
    common = {name: request for name, request in common_requests().items() if name != "ddim"}
    # DDIM clips z_0 at every step: diffusers itself moves by 5e-5 there when its convolutions are computed otherwise.
    return common | {
        "negative": call(scheduler="unipc", steps=8, negative_prompt="blurry"),
        "lcm-four-steps": call(scheduler="lcm", steps=4, guidance_scale=1.0, image=True),
        "tall-two": call(count=2, width=32, height=96, scheduler="dpmpp_2m", image=True),
    }


def write_sources(sources: Path) -> None:
    """The diffusers folder of each bundle but ``optimum``, which is made of that of ``eps-vae8``."""
    for model in (EPS_VAE8, V_ZSNR_VAE4, V_VAE8_WIDE):
        tiny_pipeline(model).save_pretrained(sources / model.name)
    pipeline = tiny_pipeline(EPS_VAE8).to(torch.float16)
    pipeline.vae.register_to_config(force_upcast=False)
    pipeline.save_pretrained(sources / "fp16-vae8")


def write_bundle(name: str, sources: Path, bundle: Path) -> None:
    """Exports one bundle in place of the one that is there."""
    shutil.rmtree(bundle, ignore_errors=True)
    if name == "optimum":
        export_optimum_style(sources / EPS_VAE8.name, bundle)
        return
    card = Card({"licence": "Apache-2.0", "description": "Random weights, for tests."}).with_values(name=name)
    dtype = "fp16" if name == "fp16-vae8" else "fp32"
    export_bundle(ExportRequest(sources / name, bundle, dtype=dtype, card=card), progress=print)


def main() -> None:
    work = {
        EPS_VAE8.name: requests(EPS_VAE8),
        V_ZSNR_VAE4.name: requests(V_ZSNR_VAE4),
        "optimum": common_requests(),
        "fp16-vae8": common_requests(),
        V_VAE8_WIDE.name: wide_requests(),
    }
    parser = argparse.ArgumentParser(description="Makes the tiny bundles and the golden values of the Java tests.")
    parser.add_argument("--out", type=Path, default=RESOURCES, help="where bundles/ and goldens/ go")
    parser.add_argument("--only", choices=work, help="make this bundle and its values only, and leave the others")
    parser.add_argument("--only-calls", action="store_true", help="keep the bundles, make only the golden values")
    parser.add_argument("--keep-sources", type=Path, help="also keep the diffusers folders here")
    options = parser.parse_args()
    torch.set_num_threads(1)
    bundles, out = options.out / "bundles", options.out / "goldens"
    index: dict[str, Any] = {"calls": [], "prompts": []}
    if options.only is not None:
        old = json.loads((out / "index.json").read_text(encoding="utf-8"))
        index = {key: [entry for entry in old[key] if entry["bundle"] != options.only] for key in index}
    with tempfile.TemporaryDirectory() as scratch:
        sources = options.keep_sources or Path(scratch)
        write_sources(sources)
        for bundle in work if options.only is None else [options.only]:
            if not options.only_calls:
                write_bundle(bundle, sources, bundles / bundle)
            shutil.rmtree(out / bundle, ignore_errors=True)
            (out / bundle).mkdir(parents=True)
            pipeline = load(sources / (EPS_VAE8.name if bundle == "optimum" else bundle))
            index["calls"] += write_calls(pipeline, bundle, work[bundle], out)
            if bundle in (EPS_VAE8.name, V_ZSNR_VAE4.name):
                index["prompts"] += write_prompts(pipeline, bundle, out)
    index = {"diffusers": diffusers.__version__, "torch": torch.__version__, **index}
    (out / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
