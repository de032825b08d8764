"""Images of the model while it is trained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sar_trainer.export.source import DiffusersFolder
from sar_trainer.train.config import ValidationConfig
from sar_trainer.train.diffusion.histogram import amplitude
from sar_trainer.train.diffusion.latents import LatentCodec
from sar_trainer.train.diffusion.model import SdxlModel


class SampleGenerator:
    """Makes images with the networks as they are, through ``StableDiffusionXLPipeline`` and a scheduler of diffusers."""

    def __init__(self, model: SdxlModel, codec: LatentCodec, size: tuple[int, int], scheduler: Any) -> None:
        self._model = model
        self._codec = codec
        self._size = size
        self._scheduler = scheduler

    def samples(self, settings: ValidationConfig) -> Iterator[Tensor]:
        """One amplitude image [1,1,H,W] in [0,1] for each prompt, with the seeds ``seed``, ``seed`` + 1, ..."""
        pipeline = self._pipeline() if settings.prompts else None
        for k, prompt in enumerate(settings.prompts):
            latents = pipeline(
                prompt,
                width=self._size[0],
                height=self._size[1],
                num_inference_steps=settings.steps,
                guidance_scale=settings.guidance,
                generator=torch.Generator().manual_seed(settings.seed + k),
                output_type="latent",
            ).images
            yield amplitude(self._codec.decode(latents.float())).clamp(0, 1)

    def _pipeline(self) -> Any:
        import diffusers

        folder = self._model.folder
        pipeline = diffusers.StableDiffusionXLPipeline(
            **self._model.networks,
            **self._model.tokenizers,
            scheduler=self._scheduler,
            force_zeros_for_empty_prompt=bool(folder.index.get("force_zeros_for_empty_prompt", True)),
            add_watermarker=False,
        )
        pipeline.set_progress_bar_config(disable=True)
        return pipeline


def own_scheduler(folder: DiffusersFolder) -> Any:
    """The scheduler that a model comes with."""
    import diffusers

    settings = diffusers.DDPMScheduler.load_config(folder.path / "scheduler", local_files_only=True)
    return getattr(diffusers, folder.index["scheduler"][1]).from_config(settings)


def write_grey(image: Tensor, file: Path) -> None:
    """Writes an amplitude image [1,1,H,W] in [0,1] as 8-bit grey PNG."""
    from PIL import Image

    pixels = (image[0, 0].float().cpu() * 255).round().to(torch.uint8).numpy()
    Image.fromarray(pixels, mode="L").save(file)
