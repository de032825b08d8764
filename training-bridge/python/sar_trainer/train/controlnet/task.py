"""The training task of a ControlNet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from sar_trainer.export.source import DiffusersFolder, ModelFolder, read_json
from sar_trainer.train.autoencoder.measures import texture_measures
from sar_trainer.train.batches import Batch, Sampler
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.contact_sheet import write_contact_sheet
from sar_trainer.train.controlnet.condition import condition_of
from sar_trainer.train.diffusion.conditions import latent_mask, masked_mean, time_ids
from sar_trainer.train.diffusion.forward import ForwardProcess, offset_noise
from sar_trainer.train.diffusion.frozen import FrozenLatents
from sar_trainer.train.diffusion.histogram import AmplitudeHistogram, amplitude
from sar_trainer.train.diffusion.latents import LatentCodec
from sar_trainer.train.diffusion.model import SdxlModel
from sar_trainer.train.diffusion.prompts import PromptEncoder
from sar_trainer.train.draws import Draws, key
from sar_trainer.train.folders import copy_without
from sar_trainer.train.schema import ConfigurationError
from sar_trainer.train.task import Loss, ParameterGroup, Saved, Setting, Trainable, export_pipeline

#: Widths of the convolutions that bring the control image to the latents' size, one halving from each to the next: the first
#: of diffusers' four, as many as the VAE halves the image, and one.
EMBEDDING_CHANNELS = (16, 32, 96, 256)
#: Window of the local means that are compared in validation: 3.2 m at 0.40 m, over two coarse pixels of 1.35 m.
LOCAL_MEAN = 8


class ControlNetTask:
    """The denoising loss of the whole model, differentiated in the ControlNet only.

    Zhang, Rao and Agrawala, "Adding Conditional Control to Text-to-Image Diffusion Models" (2023): a copy of the UNet's encoder
    sees the control image, and its features are added to the UNet's through convolutions that start at zero.
    """

    def __init__(self, config: TrainingConfig, setting: Setting, model: SdxlModel, controlnet: nn.Module) -> None:
        self._config = config
        self._settings = config.diffusion
        self._setting = setting
        self._model = model
        self._controlnet = controlnet
        self._condition = condition_of(config.controlnet)
        self._codec = LatentCodec(model.networks["vae"])
        self._prompts = PromptEncoder(model)
        scheduler = read_json(model.folder.path / "scheduler" / "scheduler_config.json")
        self._process = ForwardProcess.of(scheduler).to(setting.device)
        self._histogram = AmplitudeHistogram(self._settings.kl.bins, self._settings.kl.bandwidth)
        self._latents = FrozenLatents(self._codec, config.data, setting.cache)

    @classmethod
    def create(cls, config: TrainingConfig, setting: Setting) -> ControlNetTask:
        """Reads the model, and reads the ControlNet or makes it from the UNet. Raises ``ConfigurationError`` with the key at
        fault."""
        model = SdxlModel.load(DiffusersFolder.open(config.model))
        codec = LatentCodec(model.networks["vae"])
        step = codec.factor * 2 ** (len(model.networks["unet"].config.block_out_channels) - 1)
        if any(side % step for side in config.data.resolution):
            raise ConfigurationError(
                f"data.resolution: {config.data.resolution[0]} x {config.data.resolution[1]} pixels; this model takes "
                f"multiples of {step} only (its VAE's factor times the UNet's).",
                "data.resolution",
            )
        controlnet = _controlnet(config, model.networks["unet"], codec.factor)
        if config.training.gradient_checkpointing:
            controlnet.enable_gradient_checkpointing()
            model.networks["unet"].enable_gradient_checkpointing()
        model.to(setting.device)
        return cls(config, setting, model, controlnet.to(setting.device).train())

    @property
    def trainables(self) -> list[Trainable]:
        named = {f"controlnet.{name}": parameter for name, parameter in self._controlnet.named_parameters()}
        rate = self._config.component("controlnet").learning_rate
        return [Trainable("model", (ParameterGroup("controlnet", named, rate),))]

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        return {"controlnet": self._controlnet}

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        """Mean squared error of the prediction and, if asked for, the amplitudes' divergence (the paper's equation 11)."""
        losses, clean = self._denoised(batch, self._condition.images(batch, draws), draws)
        total = losses.mean()
        terms = {"denoising": total.detach()}
        if self._settings.kl.weight > 0:
            divergence = self._histogram.divergence(amplitude(batch.image), amplitude(self._codec.decode(clean)), batch.mask)
            total = total + self._settings.kl.weight * divergence
            terms["kl"] = divergence.detach()
        return Loss(total, terms)

    @torch.no_grad()
    def validate(self, folder: Path, step: int) -> dict[str, float]:
        """Makes the first images of the validation data again from their control images and captions.

        ``controlled.png``: control images, what was made of them, the real ones. Numbers: those of ``texture_measures``,
        ``local_mean_correlation`` of made and real images over windows of 8 pixels, and the denoising loss.
        """
        images = self._setting.validation if self._setting.validation is not None else self._setting.train
        count = min(self._config.validation.images, len(images))
        if count == 0:
            return {}
        sampler = Sampler(images, self._config.data, self._config.seed, control_column=self._config.controlnet.column)
        seed = self._config.validation.seed
        controls, made, real, masks, denoising = [], [], [], [], []
        self._controlnet.eval()
        try:
            pipeline = self._pipeline()
            for k in range(count):
                batch, draws = sampler.centred((k,)).to(self._setting.device), Draws(seed, 0, k)
                control = self._condition.images(batch, draws)
                denoising.append(float(self._denoised(batch, control, draws)[0]))
                made.append(self._paint(pipeline, batch, control, seed + k))
                controls.append(control.mean(dim=1, keepdim=True).cpu())
                real.append(amplitude(batch.image).cpu())
                masks.append(batch.mask.cpu())
        finally:
            self._controlnet.train()
        rows = [torch.cat(row) for row in (controls, made, real)]
        write_contact_sheet(folder / "controlled.png", rows)
        means = torch.stack([functional.avg_pool2d(row, LOCAL_MEAN).flatten() for row in (rows[1], rows[2])])
        return texture_measures(rows[2], rows[1], torch.cat(masks)) | {
            "local_mean_correlation": float(torch.corrcoef(means)[0, 1]),
            "denoising": sum(denoising) / count,
        }

    def save(self, folder: Path) -> Saved:
        """``model/``: the folder that training began with, and in it ``controlnet/``, which the exporter bakes into a second
        graph of the UNet."""
        model = copy_without(self._model.folder.path, folder / "model", {"controlnet"})
        self._controlnet.save_pretrained(model / "controlnet", safe_serialization=True)
        return Saved(model, (), export_pipeline)

    def _denoised(self, batch: Batch, control: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
        """The loss of each sample [B], and the z_0 that the predictions imply."""
        device = batch.image.device
        latents = self._codec.sample(self._latents.moments(batch), draws.generator("latents"))
        noise = offset_noise(latents.shape, self._settings.noise_offset, draws.generator("noise")).to(device)
        timesteps = self._process.timesteps(len(batch), self._settings.timesteps, draws.generator("timesteps")).to(device)
        empty = torch.rand(len(batch), generator=draws.generator("empty")) < self._config.data.prompt.empty
        with torch.no_grad():
            conditioning = self._prompts.encode_some_empty(list(batch.texts), empty)
        noisy = self._process.noised(latents, noise, timesteps)
        added = {"text_embeds": conditioning.pooled, "time_ids": time_ids(batch, device)}
        down, middle = self._controlnet(
            noisy, timesteps, conditioning.hidden, controlnet_cond=control, added_cond_kwargs=added, return_dict=False
        )
        prediction = self._model.networks["unet"](
            noisy,
            timesteps,
            conditioning.hidden,
            added_cond_kwargs=added,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
        ).sample.float()
        errors = (prediction - self._process.target(latents, noise, timesteps)) ** 2
        losses = masked_mean(errors, latent_mask(batch.mask, self._codec.factor))
        if self._settings.min_snr is not None:
            losses = losses * self._process.min_snr_weights(timesteps, self._settings.min_snr)
        return losses, self._process.clean(noisy, prediction, timesteps)

    def _paint(self, pipeline: Any, batch: Batch, control: Tensor, seed: int) -> Tensor:
        settings = self._config.validation
        latents = pipeline(
            batch.texts[0],
            image=control,
            width=batch.image.shape[-1],
            height=batch.image.shape[-2],
            original_size=batch.original_sizes[0][::-1],
            crops_coords_top_left=batch.crops[0][::-1],
            target_size=batch.target_sizes[0][::-1],
            num_inference_steps=settings.steps,
            guidance_scale=settings.guidance,
            generator=torch.Generator().manual_seed(seed),
            output_type="latent",
        ).images
        return amplitude(self._codec.decode(latents.float())).clamp(0, 1).cpu()

    def _pipeline(self) -> Any:
        import diffusers

        folder = self._model.folder
        scheduler = getattr(diffusers, folder.index["scheduler"][1]).from_config(
            read_json(folder.path / "scheduler" / "scheduler_config.json")
        )
        pipeline = diffusers.StableDiffusionXLControlNetPipeline(
            **self._model.networks,
            **self._model.tokenizers,
            controlnet=self._controlnet,
            scheduler=scheduler,
            force_zeros_for_empty_prompt=bool(folder.index.get("force_zeros_for_empty_prompt", True)),
            add_watermarker=False,
        )
        pipeline.set_progress_bar_config(disable=True)
        return pipeline


def _controlnet(config: TrainingConfig, unet: nn.Module, factor: int) -> nn.Module:
    """The ControlNet that training begins with, float32, all of it trainable."""
    from diffusers import ControlNetModel

    halvings = factor.bit_length() - 1
    start = config.controlnet.start
    if start is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(key(config.seed, "controlnet"))
            controlnet = ControlNetModel.from_unet(
                unet,
                conditioning_embedding_out_channels=EMBEDDING_CHANNELS[: halvings + 1],
                load_weights_from_unet=config.initialise == "pretrained",
            )
        return controlnet.float().requires_grad_(True)
    if not (start / "config.json").is_file():
        raise ConfigurationError(f"controlnet.from: {start} has no config.json: it is no ControlNet.", "controlnet.from")
    controlnet = ModelFolder(start, "diffusers", "ControlNetModel").load(torch.float32)
    if len(controlnet.config.conditioning_embedding_out_channels) != halvings + 1:
        raise ConfigurationError(
            f"controlnet.from: {start} takes control images "
            f"{2 ** (len(controlnet.config.conditioning_embedding_out_channels) - 1)} times as large as the latents; "
            f"this model's VAE needs {factor} times.",
            "controlnet.from",
        )
    return controlnet.requires_grad_(True)
