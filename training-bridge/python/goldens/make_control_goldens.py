"""Makes the ControlNets of the Java tests, and what diffusers' image pipelines compute with them.

    python goldens/make_control_goldens.py

writes ``runtime/src/test/resources/control/`` (see ``README.md`` beside this file for its format). The bundles of
``make_goldens.py`` must be there and stay as they are: what is added to each is a graph that reads their UNet's weights, packed
by gzip, and a ``sar_config.json`` that lists it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from diffusers import (
    ControlNetModel,
    StableDiffusionXLControlNetImg2ImgPipeline,
    StableDiffusionXLControlNetPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
)
from diffusers.pipelines.stable_diffusion_xl import pipeline_stable_diffusion_xl_img2img as img2img_module
from make_goldens import RESOURCES, SCHEDULERS, call, load, scheduler_for
from tiny_models import EPS_VAE8, V_ZSNR_VAE4, TinyModel, tiny_controlnet, tiny_pipeline

from sar_trainer.export.bundle import DTYPES
from sar_trainer.export.card import file_records
from sar_trainer.export.control import CONTROL_FILE, CONTROL_GRAPH, control_name, controlled_unet_graph
from sar_trainer.export.names import verify_names
from sar_trainer.export.onnx_writer import OPSET, write_graph
from sar_trainer.export.parity import deviations, torch_reference

HALF = "fp16-vae8"
OPTIMUM = "optimum"
SEEDS = {EPS_VAE8.name: (21,), V_ZSNR_VAE4.name: (31, 32), HALF: (21,), OPTIMUM: ()}
#: Schedulers that take each a way of their own to a late start.
VARIED = ("euler", "euler_a", "ddim", "dpmpp_2m_sde", "heun", "pndm")


class InpaintPipeline(StableDiffusionXLInpaintPipeline):
    """diffusers', but with the latent statistics of the VAE applied when the image is encoded, as diffusers' own image-to-image
    pipelines do. ``StableDiffusionXLInpaintPipeline._encode_vae_image`` passes them over although its decoding applies them,
    so what is to be kept would come back changed."""

    def _encode_vae_image(self, image: torch.Tensor, generator: Any) -> torch.Tensor:
        latents = super()._encode_vae_image(image, generator)
        config = self.vae.config
        if config.latents_mean is None:
            return latents
        mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (config.latents_mean, config.latents_std))
        return (latents / config.scaling_factor - mean) * config.scaling_factor / std


def picture(height: int, width: int, seed: int, channels: int = 1) -> np.ndarray:
    """Speckled stripes in [0,1], in steps of 1/256: [H,W], or [C,H,W]."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    phases = random.uniform(0, 6, (channels, 1, 1))
    smooth = 0.4 + 0.3 * np.sin(rows / 9 + columns / 14 + phases)
    values = smooth * random.rayleigh(0.8, (channels, height, width))
    values = (np.clip(values, 0, 1) * 256).round() / 256
    return (values[0] if channels == 1 else values).astype(np.float32)


def hole(height: int, width: int) -> np.ndarray:
    """A mask with soft edges that end inside latent cells."""
    rows, columns = np.mgrid[0:height, 0:width]
    distance = np.hypot((rows - height * 0.4) / height, (columns - width * 0.55) / width)
    return np.clip(1.6 - 5 * distance, 0, 1).astype(np.float32)


def image_requests() -> dict[str, dict[str, Any]]:
    result = {}
    for k, (name, (_, _, karras)) in enumerate(SCHEDULERS.items()):
        result[f"img2img-{name}"] = call(scheduler=name, steps=8, strength=(0.3, 0.5, 0.8)[k % 3], seed=k)
        if karras:
            result[f"img2img-{name}-karras"] = call(scheduler=f"{name}_karras", steps=9, strength=0.6, seed=50 + k)
    result |= {
        "img2img-default": call(strength=0.3, steps=12),
        "img2img-full": call(strength=1.0, steps=5),
        "img2img-full-ddim": call(strength=1.0, steps=5, scheduler="ddim"),
        "img2img-little": call(strength=0.1, steps=10, scheduler="dpmpp_2m"),
        "img2img-almost-full-pndm": call(strength=0.9, steps=10, scheduler="pndm"),
        "img2img-unguided": call(strength=0.5, guidance_scale=1.0),
        "img2img-rescaled": call(strength=0.7, guidance_scale=7.5, guidance_rescale=0.7),
        "img2img-three": call(strength=0.6, count=3, scheduler="euler_a", negative_prompt="water"),
        "img2img-two-ddpm": call(strength=0.75, count=2, scheduler="ddpm", seed=2**33 + 5),
        "img2img-wide": call(strength=0.5, width=96, height=64, scheduler="unipc"),
        "img2img-micro": call(strength=0.5, original_size=[240, 296], crop=[5, 40], target_size=[128, 64]),
        "img2img-eta": call(strength=0.5, steps=8, scheduler="ddim", eta=0.7, count=2),
        "img2img-timesteps": call(strength=0.7, timesteps=[999, 850, 600, 433, 200, 50], scheduler="euler"),
    }
    return {name: {**request, "init_image": "init"} for name, request in result.items()}


def control_requests(nets: int) -> dict[str, dict[str, Any]]:
    scales = [0.8, 0.6][:nets]
    result = {f"control-{name}": call(scheduler=name, steps=6, seed=k) for k, name in enumerate(VARIED)}
    result |= {
        "control-default": call(),
        "control-strong": call(control_scales=[1.5, 0.3][:nets]),
        "control-off": call(control_scales=[0.0, 0.0][:nets]),
        "control-unguided": call(guidance_scale=1.0),
        "control-start": call(steps=10, control_start=0.3),
        "control-end": call(steps=10, control_end=0.45),
        "control-window": call(steps=10, control_start=0.2, control_end=0.7, scheduler="dpmpp_2m"),
        "control-window-heun": call(steps=7, control_start=0.15, control_end=0.8, scheduler="heun"),
        "control-windows": call(steps=9, control_start=[0.0, 0.4][:nets], control_end=[0.5, 1.0][:nets]),
        "control-guess": call(guess_mode=True, guidance_scale=3.0),
        "control-guess-unguided": call(guess_mode=True, guidance_scale=1.0),
        "control-guess-three": call(guess_mode=True, count=3, scheduler="dpmpp_2m_sde", control_end=0.6),
        "control-three": call(count=3, scheduler="dpmpp_2m_sde", negative_prompt="water"),
        "control-wide": call(width=96, height=64, scheduler="unipc"),
        "control-rgb": call(control_images=["rgb"] * nets),
    }
    return {name: {"control_scales": scales, "control_images": ["control"] * nets, **each} for name, each in result.items()}


def control_image_requests(nets: int) -> dict[str, dict[str, Any]]:
    strengths = (0.3, 0.5, 0.8, 1.0)
    result = {
        f"control-img2img-{name}": call(scheduler=name, steps=8, strength=strengths[k % 4], seed=k)
        for k, name in enumerate(VARIED)
    }
    result |= {
        "control-img2img-guess": call(strength=0.6, guess_mode=True),
        "control-img2img-window": call(strength=0.7, steps=12, control_start=0.25, control_end=0.75),
        "control-img2img-two": call(strength=0.5, count=2, scheduler="ddpm", seed=4),
        "control-img2img-unguided": call(strength=0.5, guidance_scale=1.0, scheduler="lcm"),
    }
    common = {"init_image": "init", "control_images": ["control"] * nets, "control_scales": [0.8, 0.6][:nets]}
    return {name: {**common, **request} for name, request in result.items()}


def inpaint_requests() -> dict[str, dict[str, Any]]:
    result = {}
    for k, name in enumerate(SCHEDULERS):
        result[f"inpaint-{name}"] = call(scheduler=name, steps=7, strength=(1.0, 0.99, 0.6)[k % 3], seed=k)
    result |= {
        "inpaint-default": call(strength=1.0),
        "inpaint-little": call(strength=0.3, steps=10),
        "inpaint-unguided": call(strength=0.8, guidance_scale=1.0),
        "inpaint-three": call(strength=0.8, count=3, scheduler="euler_a"),
        "inpaint-two-full": call(strength=1.0, count=2, scheduler="ddpm"),
        "inpaint-rescaled": call(strength=0.7, guidance_scale=7.5, guidance_rescale=0.5),
        "inpaint-wide": call(strength=0.9, width=96, height=64, scheduler="dpmpp_2m"),
    }
    return {name: {**request, "init_image": "init", "mask_image": "mask"} for name, request in result.items()}


def requests(bundle: str) -> dict[str, dict[str, Any]]:
    """Name -> request."""
    nets = len(SEEDS[bundle])
    if bundle in (EPS_VAE8.name, V_ZSNR_VAE4.name):
        return image_requests() | control_requests(nets) | control_image_requests(nets) | inpaint_requests()
    if bundle == OPTIMUM:
        return {name: image_requests()[name] for name in ("img2img-default", "img2img-three", "img2img-ddim")} | {
            name: inpaint_requests()[name] for name in ("inpaint-default", "inpaint-three")
        }
    chosen = ("control-default", "control-guess", "control-img2img-euler_a", "img2img-default", "inpaint-default")
    everything = image_requests() | control_requests(nets) | control_image_requests(nets) | inpaint_requests()
    return {name: everything[name] for name in chosen}


class Goldens:
    """Runs requests on one bundle's weights."""

    def __init__(self, bundle: str, pipeline: StableDiffusionXLPipeline, controlnets: list[ControlNetModel], out: Path):
        self.bundle, self.pipeline, self.out = bundle, pipeline, out
        parts = dict(pipeline.components)
        parts = {**parts, "feature_extractor": None, "image_encoder": None}
        self.parts = parts
        self.controlnet = None if not controlnets else controlnets[0] if len(controlnets) == 1 else controlnets
        self.scheduler = pipeline.scheduler
        self.side = pipeline.unet.config.sample_size * pipeline.vae_scale_factor

    def picture(self, name: str, request: dict[str, Any]) -> tuple[str, torch.Tensor]:
        """The file of a picture, written when it is first asked for, and its values [1,C,H,W]."""
        height, width = request.get("height", self.side), request.get("width", self.side)
        file = f"{name}-{width}x{height}.npy"
        if not (self.out / file).exists():
            make: dict[str, Callable[[], np.ndarray]] = {
                "init": lambda: picture(height, width, 1),
                "control": lambda: picture(height, width, 2),
                "rgb": lambda: picture(height, width, 3, channels=3),
                "mask": lambda: hole(height, width),
            }
            np.save(self.out / file, make[name]())
        values = torch.from_numpy(np.load(self.out / file))
        channels = 1 if name == "mask" else 3
        return file, (values if values.ndim == 3 else values.expand(channels, -1, -1))[None]

    def run(self, request: dict[str, Any]) -> tuple[dict[str, Any], torch.Tensor]:
        """The request with the files of its pictures, and the latents."""
        count = request["count"]
        files = dict(request)
        arguments: dict[str, Any] = {
            "prompt": request["prompt"],
            "negative_prompt": request.get("negative_prompt"),
            "num_images_per_prompt": count,
            "num_inference_steps": request["steps"],
            "guidance_scale": request["guidance_scale"],
            "eta": request.get("eta", 0.0),
            "generator": [torch.Generator().manual_seed(request["seed"] + k) for k in range(count)],
            "output_type": "latent",
        }
        if "init_image" in request:
            files["init_image"], image = self.picture("init", request)
            arguments |= {"image": image, "strength": request["strength"]}
        if "control_images" in request:
            chosen = [self.picture(name, request) for name in request["control_images"]]
            files["control_images"] = [file for file, _ in chosen]
            many = len(chosen) > 1

            def single(value: Any) -> Any:
                return value if many or not isinstance(value, list) else value[0]

            arguments["control_image" if "image" in arguments else "image"] = single([values for _, values in chosen])
            arguments |= {
                "controlnet_conditioning_scale": single(request["control_scales"]),
                "control_guidance_start": single(request.get("control_start", 0.0)),
                "control_guidance_end": single(request.get("control_end", 1.0)),
                "guess_mode": request.get("guess_mode", False),
            }
            kind = StableDiffusionXLControlNetPipeline
            if "init_image" in request:
                kind = StableDiffusionXLControlNetImg2ImgPipeline
                arguments |= {"height": request.get("height", self.side), "width": request.get("width", self.side)}
            pipeline = kind(controlnet=self.controlnet, **self.parts)
        else:
            arguments["guidance_rescale"] = request.get("guidance_rescale", 0.0)
            if "timesteps" in request:
                arguments["timesteps"] = request["timesteps"]
            for key in ("original_size", "target_size"):
                if key in request:
                    arguments[key] = (request[key][1], request[key][0])
            arguments["crops_coords_top_left"] = tuple(reversed(request.get("crop", [0, 0])))
            if "mask_image" in request:
                files["mask_image"], mask = self.picture("mask", request)
                # As many images as generators: else the first generator draws the latents of all (and is out of step then).
                arguments |= {"image": image.repeat(count, 1, 1, 1), "mask_image": mask}
                arguments |= {"height": request.get("height", self.side), "width": request.get("width", self.side)}
                pipeline = InpaintPipeline(**self.parts)
            else:
                pipeline = StableDiffusionXLImg2ImgPipeline(**self.parts)
        pipeline.set_progress_bar_config(disable=True)
        pipeline.scheduler = scheduler_for(pipeline, self.scheduler, request)
        return files, pipeline(**arguments).images

    def write(self) -> list[dict[str, Any]]:
        entries = []
        (self.out / self.bundle).mkdir(parents=True, exist_ok=True)
        for name, request in requests(self.bundle).items():
            files, latents = self.run(request)
            values = latents.detach().numpy()
            assert np.isfinite(values).all(), name
            file = f"{self.bundle}/{name}.npy"
            np.save(self.out / file, values)
            print(f"{self.bundle}/{name}: latents {values.shape}, standard deviation {values.std():.2f}", flush=True)
            entries.append({"name": name, "bundle": self.bundle, "request": files, "latents": file})
        return entries


@contextmanager
def most_likely_latents() -> Any:
    """What a VAE encoder graph computes that gives ``latent_sample``: the mode of the latents, and no draw."""
    from diffusers.pipelines.stable_diffusion_xl import pipeline_stable_diffusion_xl_inpaint as inpaint_module

    modules = (img2img_module, inpaint_module)
    before = [module.retrieve_latents for module in modules]
    for module in modules:
        module.retrieve_latents = lambda encoded, generator=None: encoded.latent_dist.mode()
    try:
        yield
    finally:
        for module, function in zip(modules, before, strict=True):
            module.retrieve_latents = function


def write_graph_of(bundle: str, pipeline: StableDiffusionXLPipeline, nets: list[ControlNetModel], out: Path) -> None:
    """Adds the ControlNets to a copy of the bundle, and keeps what that adds."""
    source = RESOURCES / "bundles" / bundle
    dtype = "fp16" if bundle == HALF else "fp32"
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copytree(source, Path(scratch) / bundle))
        for part in (pipeline.unet, *nets):
            part.to(DTYPES[dtype])
        spec = controlled_unet_graph(pipeline.unet, nets, pipeline.text_encoder_2.config.projection_dim)
        file, reference = copy / "unet" / CONTROL_FILE, Path(scratch) / "reference.npz"
        torch_reference(spec, reference)
        names = write_graph(spec, file, copy / "unet/model.onnx")
        verify_names(spec, file, names)
        worst = max(deviation.error for deviation in deviations(file, reference))
        config = json.loads((copy / "sar_config.json").read_text(encoding="utf-8"))
        config["graphs"][CONTROL_GRAPH] = {
            "file": f"unet/{CONTROL_FILE}",
            "dtype": dtype,
            "opset": OPSET,
            "parameters": sum(parameter.numel() for parameter in spec.module.parameters()),
            "largest_deviation_from_torch": worst,
            "controlnets": [control_name(k) for k in range(len(nets))],
        }
        config["weights"][CONTROL_GRAPH] = {key: asdict(name) for key, name in names.items()}
        config["files"] = file_records(copy)
        (copy / "sar_config.json").write_text(json.dumps(config) + "\n", encoding="utf-8")
        spec.module.to(torch.float32)
        for path in (f"unet/{CONTROL_FILE}", f"unet/{CONTROL_FILE}_data", "sar_config.json"):
            target = out / bundle / f"{path}.gz"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(gzip.compress((copy / path).read_bytes(), 9, mtime=0))
            print(f"{bundle}/{path}: {target.stat().st_size} bytes packed", flush=True)


def half_pipeline(scratch: Path) -> StableDiffusionXLPipeline:
    """The weights of ``fp16-vae8``, for float32 arithmetic."""
    pipeline = tiny_pipeline(EPS_VAE8).to(torch.float16)
    pipeline.vae.register_to_config(force_upcast=False)
    pipeline.save_pretrained(scratch / HALF)
    return load(scratch / HALF)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESOURCES / "control")
    parser.add_argument("--only-calls", action="store_true", help="keep the graphs, make only the golden values")
    options = parser.parse_args()
    torch.set_num_threads(1)
    out = options.out
    if not options.only_calls:
        shutil.rmtree(out, ignore_errors=True)
    calls = []
    models: dict[str, TinyModel] = {EPS_VAE8.name: EPS_VAE8, V_ZSNR_VAE4.name: V_ZSNR_VAE4, OPTIMUM: EPS_VAE8}
    with tempfile.TemporaryDirectory() as scratch:
        for bundle, seeds in SEEDS.items():
            pipeline = half_pipeline(Path(scratch)) if bundle == HALF else tiny_pipeline(models[bundle])
            nets = [tiny_controlnet(pipeline, seed) for seed in seeds]
            if nets and not options.only_calls:
                write_graph_of(bundle, pipeline, nets, out)
            goldens = Goldens(bundle, pipeline, nets, out)
            if bundle == OPTIMUM:
                with most_likely_latents():
                    calls += goldens.write()
            else:
                calls += goldens.write()
    index = {"diffusers": diffusers.__version__, "calls": calls}
    (out / "index.json").write_text(json.dumps(index, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
