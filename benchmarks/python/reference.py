"""Stable Diffusion XL from an ONNX bundle, in Python: ONNX Runtime, diffusers' schedulers, transformers' tokenizers.

What ``compare.py`` holds the Java command against. It is written as one writes such a script: the graphs are ONNX Runtime
sessions with the options that Java sets, everything between them is torch and diffusers. It makes
one image at a time, as ``sar-diffusion generate`` does, and prints one JSON object with the same keys.
"""

from __future__ import annotations

import time

START = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402
from pathlib import Path  # noqa: E402

import diffusers  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime as ort  # noqa: E402
import torch  # noqa: E402
from transformers import CLIPTokenizer  # noqa: E402

NUMPY = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64}


class Pipeline:
    """The graphs of a bundle and what diffusers and transformers need to drive them."""

    def __init__(self, bundle: Path, threads: int | None) -> None:
        options = ort.SessionOptions()
        options.enable_mem_pattern = False  # as in Java; Python's memory peaks twice as high otherwise
        if threads is not None:
            options.intra_op_num_threads = threads

        def session(part: str) -> ort.InferenceSession:
            return ort.InferenceSession(bundle / part / "model.onnx", options, providers=["CPUExecutionProvider"])

        config = json.loads((bundle / "scheduler" / "scheduler_config.json").read_text())
        self.scheduler = getattr(diffusers, config["_class_name"]).from_config(config)
        self.tokenizers = [CLIPTokenizer.from_pretrained(bundle / name) for name in ("tokenizer", "tokenizer_2")]
        self.encoders = [session("text_encoder"), session("text_encoder_2")]
        self.unet = session("unet")
        self.decoder = session("vae_decoder")
        self.vae = json.loads((bundle / "vae_decoder" / "config.json").read_text())
        self.zero_negative = json.loads((bundle / "model_index.json").read_text()).get("force_zeros_for_empty_prompt", True)
        self.inputs = {node.name: node for node in self.unet.get_inputs()}
        self.unet_seconds = 0.0
        self.decode_seconds = 0.0
        self.first_step: float | None = None

    def encode(self, prompt: str) -> tuple[np.ndarray, np.ndarray]:
        """The prompt's hidden states [1,77,W] and pooled embedding [1,P]."""
        states = []
        for tokenizer, encoder in zip(self.tokenizers, self.encoders, strict=True):
            tokens = tokenizer(prompt, padding="max_length", truncation=True, max_length=tokenizer.model_max_length)
            node = encoder.get_inputs()[0]
            ids = np.array([tokens["input_ids"]], dtype=np.int64 if node.type == "tensor(int64)" else np.int32)
            outputs = [output.name for output in encoder.get_outputs()]
            last = max(int(name.removeprefix("hidden_states.")) for name in outputs if name.startswith("hidden_states."))
            wanted = [f"hidden_states.{last - 1}"] + (["text_embeds"] if "text_embeds" in outputs else [])
            values = encoder.run(wanted, {node.name: ids})
            states.append(values[0])
        return np.concatenate(states, axis=-1), values[1]

    def feed(self, name: str, value: np.ndarray) -> np.ndarray:
        return value.astype(NUMPY[self.inputs[name].type], copy=False)

    def denoise(self, conditioning: dict[str, np.ndarray], options: argparse.Namespace, seed: int) -> torch.Tensor:
        """The reverse diffusion: the loop of diffusers' StableDiffusionXLPipeline."""
        factor = 2 ** (len(self.vae["block_out_channels"]) - 1)
        shape = (1, 4, options.height // factor, options.width // factor)
        generator = torch.Generator().manual_seed(seed)
        self.scheduler.set_timesteps(options.steps)
        latents = torch.randn(shape, generator=generator) * self.scheduler.init_noise_sigma
        for t in self.scheduler.timesteps:
            scaled = self.scheduler.scale_model_input(torch.cat([latents] * 2), t)
            timestep = np.full(self.inputs["timestep"].shape, t.item())
            begin = time.perf_counter()
            (prediction,) = self.unet.run(
                ["out_sample"],
                {"sample": self.feed("sample", scaled.numpy()), "timestep": self.feed("timestep", timestep), **conditioning},
            )
            self.unet_seconds += time.perf_counter() - begin
            away, towards = torch.from_numpy(prediction).chunk(2)
            guided = away + options.guidance * (towards - away)
            latents = self.scheduler.step(guided, t, latents, generator=generator).prev_sample
            if self.first_step is None:
                self.first_step = time.perf_counter() - START
        return latents

    def decode(self, latents: torch.Tensor) -> np.ndarray:
        """Amplitude [H,W] in [0,1]."""
        begin = time.perf_counter()
        (image,) = self.decoder.run(["sample"], {"latent_sample": (latents / self.vae["scaling_factor"]).numpy()})
        self.decode_seconds += time.perf_counter() - begin
        return np.clip(image[0].mean(axis=0) / 2 + 0.5, 0, 1)

    def generate(self, options: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
        """Amplitudes [N,H,W] and latents [N,4,h,w]."""
        hidden, pooled = self.encode(options.prompt)
        no_hidden, no_pooled = (np.zeros_like(hidden), np.zeros_like(pooled)) if self.zero_negative else self.encode("")
        size = (options.height, options.width)
        conditioning = {
            "encoder_hidden_states": np.concatenate([no_hidden, hidden]),
            "text_embeds": np.concatenate([no_pooled, pooled]),
            "time_ids": np.array([[*size, 0, 0, *size]] * 2),
        }
        conditioning = {name: self.feed(name, value) for name, value in conditioning.items()}
        latents = []
        images = []
        for k in range(options.count):
            latents.append(self.denoise(conditioning, options, options.seed + k))
            images.append(self.decode(latents[-1]))
        return np.stack(images), torch.cat(latents).numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes images from an ONNX bundle in Python.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--guidance", type=float, required=True, help="above 1")
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--height", type=int, required=True)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", type=Path, required=True, help="the images, .npy")
    parser.add_argument("--save-latents", type=Path, required=True)
    options = parser.parse_args()
    with torch.inference_mode():
        pipeline = Pipeline(options.model, options.threads)
        images, latents = pipeline.generate(options)
    np.save(options.out, images)
    np.save(options.save_latents, latents)
    seconds = {
        "unet": pipeline.unet_seconds,
        "decode": pipeline.decode_seconds,
        "first_step": pipeline.first_step,
        "total": time.perf_counter() - START,
    }
    print(json.dumps({"seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
