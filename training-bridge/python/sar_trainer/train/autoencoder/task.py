"""The training task of the autoencoder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from sar_trainer.export.source import DiffusersFolder, read_json
from sar_trainer.train.autoencoder import losses
from sar_trainer.train.autoencoder.discriminator import MultiScaleDiscriminator
from sar_trainer.train.autoencoder.measures import texture_measures
from sar_trainer.train.batches import Batch, Sampler
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.contact_sheet import write_contact_sheet
from sar_trainer.train.diffusion.components import Lora, TrainedParts
from sar_trainer.train.diffusion.histogram import AmplitudeHistogram, amplitude
from sar_trainer.train.diffusion.latents import LatentCodec
from sar_trainer.train.diffusion.model import SdxlModel
from sar_trainer.train.diffusion.saving import save_network
from sar_trainer.train.draws import Draws, generator, key
from sar_trainer.train.folders import copy_without
from sar_trainer.train.schema import ConfigurationError
from sar_trainer.train.task import Loss, ParameterGroup, Saved, Setting, Trainable, export_pipeline

HALVES = ("vae_encoder", "vae_decoder")
#: Images from which the latents' scale is estimated anew.
SCALE_IMAGES = 64
_VALIDATION_BATCH = 4


class AutoencoderTask:
    """Amplitude goes in three times; the mean of the three channels that come out is the reconstruction.

    With a frozen encoder only the decoder learns, and its latents need not be the encoder's means: drawn from the encoder's
    Gaussian (``latents.spread``) or with noise on top (``latents.noise``), they teach it to make speckle out of latents as
    smooth or as rough as those that a diffusion leaves.
    """

    def __init__(
        self, config: TrainingConfig, setting: Setting, parts: TrainedParts, discriminator: MultiScaleDiscriminator | None
    ) -> None:
        self._config = config
        self._setting = setting
        self._parts = parts
        self._vae = parts.model.networks["vae"]
        self._discriminator = discriminator
        self._histogram = AmplitudeHistogram()
        self._encoder_learns = config.component("vae_encoder").trained
        # What the model's turn made of each micro-batch, for the discriminator's turn of the same step.
        self._made: dict[int, tuple[Tensor, Tensor]] = {}
        self._made_step = -1

    @classmethod
    def create(cls, config: TrainingConfig, setting: Setting) -> AutoencoderTask:
        """Loads the VAE of ``config.model``, or draws one from its configuration, and prepares what is trained of it.

        Raises ``ConfigurationError`` if the crop does not fit the VAE.
        """
        model = _load(config)
        vae = model.networks["vae"]
        factor = LatentCodec(vae).factor
        if config.autoencoder.crop % factor:
            raise ConfigurationError(f"autoencoder.crop must be a multiple of the VAE's factor {factor}.", "autoencoder.crop")
        if 8 * max(config.autoencoder.discriminator.scales) > config.autoencoder.crop:
            raise ConfigurationError(
                "autoencoder.discriminator.scales: at most 1/8 of autoencoder.crop, or nothing is left to judge.",
                "autoencoder.discriminator.scales",
            )
        parts = TrainedParts(model)
        # LoRA first: putting it in freezes the rest of its half.
        for name in sorted(HALVES, key=lambda half: config.component(half).train != "lora"):
            part = config.component(name)
            if part.train == "lora":
                lora = Lora(part.rank, part.alpha, Lora.layers(name, part.targets))
                parts.train_lora(name, lora, key(config.seed, "lora", name))
            elif part.train == "full":
                parts.train_fully(name)
        # Convolutions with few channels take half as long as in torch's usual layout (measured on CPUs).
        vae.to(setting.device, memory_format=torch.channels_last)
        if config.training.gradient_checkpointing:
            vae.enable_gradient_checkpointing()
        discriminator = None
        if config.autoencoder.losses.adversarial:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(key(config.seed, "discriminator"))
                discriminator = MultiScaleDiscriminator(config.autoencoder.discriminator.scales).to(setting.device)
        return cls(config, setting, parts, discriminator)

    @property
    def trainables(self) -> list[Trainable]:
        groups = tuple(
            ParameterGroup(name, {f"{name}.{key}": value for key, value in found.items()}, self._rate(name))
            for name, found in self._parts.parameters.items()
        )
        trainables = [Trainable("model", groups)]
        if self._discriminator is not None:
            own = {f"discriminator.{name}": value for name, value in self._discriminator.named_parameters()}
            rate = self._config.autoencoder.discriminator.learning_rate
            trainables.append(Trainable("discriminator", (ParameterGroup("discriminator", own, rate),)))
        return trainables

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        found: dict[str, nn.Module] = {"vae": self._vae}
        if self._discriminator is not None:
            found["discriminator"] = self._discriminator
        return found

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        if trainable == "discriminator":
            return self._discriminator_loss(batch, draws)
        image, mask = self._cut(batch, draws)
        mean, log_variance = self._encode(image)
        made = amplitude(self._decode(self._latents(mean, log_variance, draws)))
        real = amplitude(image)
        self._remember(draws, real, torch.where(mask == 1, made, real).detach())
        weights = self._config.autoencoder.losses
        terms: dict[str, Tensor] = {}
        with torch.autocast(image.device.type, enabled=False):
            made = made.float()
            for name in ("l1", "local_moments", "spectrum"):
                if getattr(weights, name):
                    terms[name] = getattr(losses, name)(real, made, mask)
            if weights.multiscale_l1:
                terms["multiscale_l1"] = losses.multiscale_l1(real, made, mask, self._config.autoencoder.scales)
            if weights.kl_amplitude:
                terms["kl_amplitude"] = self._histogram.divergence(real, made, mask)
            if weights.kl_latent and self._encoder_learns:
                terms["kl_latent"] = losses.latent_kl(mean.float(), log_variance.float())
        if self._plays(draws):
            # Where pixels don't count the discriminator sees the real ones on both sides, and learns nothing.
            scores = self._discriminator(torch.where(mask == 1, made, real))
            terms["adversarial"] = losses.generator_hinge([score.float() for score in scores])
        total = sum(getattr(weights, name) * term for name, term in terms.items())
        return Loss(total, {name: term.detach() for name, term in terms.items()})

    def _discriminator_loss(self, batch: Batch, draws: Draws) -> Loss:
        if not self._plays(draws):
            return Loss(sum(parameter.sum() for parameter in self._discriminator.parameters()) * 0)
        if self._made_step == draws.step and draws.micro in self._made:
            real, made = self._made[draws.micro]
        else:
            with torch.no_grad():
                image, mask = self._cut(batch, draws)
                real = amplitude(image)
                made = amplitude(self._decode(self._latents(*self._encode(image), draws)))
                made = torch.where(mask == 1, made, real)
        # One pass for both: spectral normalisation takes one step of its power iteration for each pass.
        scores = self._discriminator(torch.cat([real, made.to(real.dtype)]))
        loss = losses.discriminator_hinge(*zip(*(score.float().chunk(2) for score in scores), strict=True))
        return Loss(loss, {"discriminator": loss.detach()})

    @torch.no_grad()
    def validate(self, folder: Path, step: int) -> dict[str, float]:
        """Reconstructions of the first images: ``reconstructions.png`` has the real ones in the first row, below them those
        made of the encoder's means, and of draws from its Gaussian. Numbers are those of ``texture_measures``, plain for
        the means and with ``sampled_`` for the draws."""
        images = self._setting.validation if self._setting.validation is not None else self._setting.train
        count = min(self._config.validation.images, len(images))
        if count == 0:
            return {}
        sampler = Sampler(images, replace(self._config.data, resolution=self._whole_size()), self._config.seed)
        real, masks, from_means, from_draws = [], [], [], []
        for first in range(0, count, _VALIDATION_BATCH):
            batch = sampler.centred(tuple(range(first, min(first + _VALIDATION_BATCH, count)))).to(self._setting.device)
            mean, log_variance = self._encode(batch.image)
            noise = torch.randn(mean.shape, generator=generator(self._config.seed, "validation", first)).to(mean.device)
            for rows, latents in ((from_means, mean), (from_draws, mean + (0.5 * log_variance).exp() * noise)):
                rows.append(amplitude(self._decode(latents)).clamp(0, 1).cpu())
            real.append(amplitude(batch.image).cpu())
            masks.append(batch.mask.cpu())
        rows = [torch.cat(row) for row in (real, from_means, from_draws)]
        write_contact_sheet(folder / "reconstructions.png", rows)
        mask = torch.cat(masks)
        drawn = {f"sampled_{name}": value for name, value in texture_measures(rows[0], rows[2], mask).items()}
        drawn = {name: value for name, value in drawn.items() if not name.endswith("_real")}
        return texture_measures(rows[0], rows[1], mask) | drawn

    def save(self, folder: Path) -> Saved:
        """``model/``: the folder that training began with, and the trained VAE in it.

        If the encoder was trained, the latents have another scale: ``scaling_factor`` becomes 1 / their standard deviation, and
        the UNet must be trained on them.
        """
        source = self._parts.model.folder
        model = copy_without(source.path, folder / "model", {"vae"})
        save_network(source, "vae", self._vae, model / "vae")
        if self._encoder_learns:
            scale = 1 / self._latent_deviation()
            file = model / "vae" / "config.json"
            config = read_json(file) | {"scaling_factor": scale}
            file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            self._setting.progress(f"The latents' scaling_factor is now {scale:.4f}; train the UNet on them.")
        return Saved(model, (), export_pipeline)

    @torch.no_grad()
    def _latent_deviation(self) -> float:
        sampler = Sampler(self._setting.train, replace(self._config.data, resolution=self._whole_size()), self._config.seed)
        latents = []
        for index in range(min(SCALE_IMAGES, len(self._setting.train))):
            mean, log_variance = self._encode(sampler.centred((index,)).image.to(self._setting.device))
            noise = torch.randn(mean.shape, generator=generator(self._config.seed, "scale", index)).to(mean.device)
            latents.append((mean + (0.5 * log_variance).exp() * noise).float().cpu())
        return float(torch.cat(latents).std())

    def _whole_size(self) -> tuple[int, int]:
        factor = LatentCodec(self._vae).factor
        width, height = self._config.data.resolution
        return width // factor * factor, height // factor * factor

    def _cut(self, batch: Batch, draws: Draws) -> tuple[Tensor, Tensor]:
        """A square of ``autoencoder.crop`` pixels out of each image and its mask."""
        side = self._config.autoencoder.crop
        height, width = batch.image.shape[-2:]
        corners = torch.rand(len(batch), 2, generator=draws.generator("crop"))
        images, masks = [], []
        for k, (down, right) in enumerate(corners.tolist()):
            y, x = int(down * (height - side + 1)), int(right * (width - side + 1))
            images.append(batch.image[k, :, y : y + side, x : x + side])
            masks.append(batch.mask[k, :, y : y + side, x : x + side])
        return torch.stack(images), torch.stack(masks)

    def _encode(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of the latents, [B,C,h,w]."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._encoder_learns), self._precision(image):
            gaussian = self._vae.encode(image.contiguous(memory_format=torch.channels_last)).latent_dist
        return gaussian.mean, gaussian.logvar

    def _latents(self, mean: Tensor, log_variance: Tensor, draws: Draws) -> Tensor:
        settings = self._config.autoencoder.latents
        own = draws.generator("latents")
        first, last = settings.spread
        spread = first + (last - first) * torch.rand((len(mean), 1, 1, 1), generator=own)
        strength = settings.noise * torch.rand((len(mean), 1, 1, 1), generator=own)
        within = spread * torch.randn(mean.shape, generator=own)
        beside = strength * torch.randn(mean.shape, generator=own)
        return mean + (0.5 * log_variance).exp() * within.to(mean.device) + beside.to(mean.device)

    def _decode(self, latents: Tensor) -> Tensor:
        with self._precision(latents):
            return self._vae.decode(latents).sample

    def _precision(self, tensor: Tensor) -> AbstractContextManager:
        """No float16 in a VAE that says ``force_upcast``: its activations overflow there. (bfloat16 has float32's range.)"""
        if self._vae.config.force_upcast and self._setting.dtype == torch.float16:
            return torch.autocast(tensor.device.type, enabled=False)
        return nullcontext()

    def _plays(self, draws: Draws) -> bool:
        return self._discriminator is not None and draws.step >= self._config.autoencoder.discriminator.start

    def _remember(self, draws: Draws, real: Tensor, made: Tensor) -> None:
        if self._discriminator is None:
            return
        if draws.step != self._made_step:
            self._made, self._made_step = {}, draws.step
        self._made[draws.micro] = (real, made)

    def _rate(self, component: str) -> float:
        return self._config.component(component).learning_rate


def _load(config: TrainingConfig) -> SdxlModel:
    """The VAE alone: the rest of a pipeline need not fit into memory for this, or have weights yet."""
    if not config.model.is_dir():
        raise ConfigurationError(f"No such folder: {config.model}.", "model")
    folder = DiffusersFolder(config.model)
    if config.initialise == "pretrained":
        return SdxlModel(folder, {"vae": folder.load("vae", torch.float32)}, {})
    # Half a VAE drawn at random would not fit the other half.
    whole = all(config.component(half).train == "full" for half in HALVES)
    if not whole and any((folder.path / "vae").glob("*.safetensors")):
        return SdxlModel(folder, {"vae": folder.load("vae", torch.float32)}, {})
    from diffusers import AutoencoderKL

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key(config.seed, "weights"))
        vae = AutoencoderKL.from_config(folder.config("vae")).float().eval().requires_grad_(False)
    return SdxlModel(folder, {"vae": vae}, {}, ["vae"])
