"""The task ``diffusion``: the denoising loss, the amplitude term, the prior term, and what is saved in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from sar_trainer.errors import UsageError
from sar_trainer.export.source import DiffusersFolder, read_json
from sar_trainer.mawc import weight_changes
from sar_trainer.train.batches import Batch, Sampler, prompt
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.data import ImageFolder
from sar_trainer.train.diffusion.components import Lora, TrainedParts
from sar_trainer.train.diffusion.conditions import latent_mask, masked_mean, time_ids
from sar_trainer.train.diffusion.forward import ForwardProcess, offset_noise
from sar_trainer.train.diffusion.frozen import FrozenLatents
from sar_trainer.train.diffusion.histogram import AmplitudeHistogram, amplitude, measured_divergence
from sar_trainer.train.diffusion.latents import LatentCodec
from sar_trainer.train.diffusion.model import COMPONENTS, SdxlModel, network_of
from sar_trainer.train.diffusion.new_token import add_token
from sar_trainer.train.diffusion.prompts import PromptEncoder
from sar_trainer.train.diffusion.saving import save_adapters, save_model
from sar_trainer.train.diffusion.validation import SampleGenerator, own_scheduler, write_grey
from sar_trainer.train.draws import Draws, key
from sar_trainer.train.schema import ConfigurationError
from sar_trainer.train.task import Loss, ParameterGroup, Saved, Setting, Trainable, export_pipeline


@dataclass(frozen=True)
class Denoised:
    """One pass through the UNet: the loss of each sample [B], and the z_0 that its predictions imply."""

    losses: Tensor
    clean: Tensor


class DiffusionTask:
    """Everything between a batch and its loss, for ``model``, of which ``parts`` are trained."""

    def __init__(self, config: TrainingConfig, setting: Setting, parts: TrainedParts) -> None:
        self._config = config
        self._settings = config.diffusion
        self._setting = setting
        self._parts = parts
        self.model = parts.model
        self._codec = LatentCodec(self.model.networks["vae"])
        self._prompts = PromptEncoder(self.model)
        scheduler = read_json(self.model.folder.path / "scheduler" / "scheduler_config.json")
        self._process = ForwardProcess.of(scheduler).to(setting.device)
        self._histogram = AmplitudeHistogram(self._settings.kl.bins, self._settings.kl.bandwidth)
        self._latents = FrozenLatents(self._codec, config.data, setting.cache)
        self._prior = self._prior_sampler()
        self._set_modes(training=True)

    @classmethod
    def create(cls, config: TrainingConfig, setting: Setting) -> DiffusionTask:
        """Reads the model and prepares what ``config`` trains of it. Raises ``ConfigurationError`` naming the key at fault."""
        _check_token(config, setting.train)
        model = _load(config)
        _check_resolution(config, model)
        parts = TrainedParts(model)
        embeddings = {} if config.token is None else add_token(model, config.token.text, config.token.initialise)
        if embeddings and model.folder.config("text_encoder_2").get("eos_token_id") == 2:
            setting.progress(
                f"text_encoder_2/config.json says eos_token_id 2, so prompts would be pooled at {config.token.text} instead of "
                "at their end. The finished model and its bundle have it corrected; another model, given the adapter, has not."
            )
        for component in COMPONENTS:
            settings = config.component(component)
            if settings.train == "full":
                parts.train_fully(component)
            elif settings.train == "lora":
                lora = Lora(settings.rank, settings.alpha, Lora.layers(component, settings.targets))
                parts.train_lora(component, lora, key(config.seed, "lora", component))
        if embeddings:
            parts.train_token(embeddings)
        if config.training.gradient_checkpointing:
            _checkpoint_gradients(model)
        model.to(setting.device)
        if model.drawn:
            setting.progress(f"Weights drawn from seed {config.seed}: {', '.join(model.drawn)}.")
        return cls(config, setting, parts)

    @property
    def trainables(self) -> list[Trainable]:
        groups = []
        for component, parameters in self._parts.parameters.items():
            network = "" if component == "token" else f"{network_of(component)}."
            named = {f"{network}{name}": parameter for name, parameter in parameters.items()}
            rate = self._config.token if component == "token" else self._config.component(component)
            # A vector that only some prompts use would decay with every other prompt.
            groups.append(ParameterGroup(component, named, rate.learning_rate, decay=component != "token"))
        return [Trainable("model", tuple(groups))]

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        return {
            name: network
            for name, network in self.model.networks.items()
            if any(parameter.requires_grad for parameter in network.parameters())
        }

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        """The loss of the paper's equation 11 (plus the prior's): mean squared error, and lambda_KL times the divergence of the
        amplitudes of the batch from those of its decoded predictions."""
        denoised = self.denoised(batch, draws, "")
        total = denoised.losses.mean()
        terms = {"denoising": total.detach()}
        if self._settings.kl.weight > 0:
            decoded = amplitude(self._codec.decode(denoised.clean))
            kl = self._histogram.divergence(amplitude(batch.image), decoded, batch.mask)
            total = total + self._settings.kl.weight * kl
            terms["kl"] = kl.detach()
        if self._prior is not None:
            sampler, weight = self._prior
            images = torch.randint(len(sampler.folder), (len(batch),), generator=draws.generator("prior images")).tolist()
            others = sampler.batch(tuple(images), epoch=draws.step).to(batch.image.device)
            prior = self.denoised(others, draws, "prior ").losses.mean()
            total = total + weight * prior
            terms["prior"] = prior.detach()
        return Loss(total, terms)

    def validate(self, folder: Path, step: int) -> dict[str, float]:
        """Makes one image for each prompt (grey PNG), and measures two things on ``validation.images`` of the validation data.

        ``denoising`` is the loss, always with the same noise and timesteps; ``amplitude_kl`` the divergence (equation 4) of the
        amplitudes of all of them from theirs, which means something where the prompts describe scenes of their kind.
        """
        self._set_modes(training=False)
        try:
            scheduler = own_scheduler(self.model.folder)
            generator = SampleGenerator(self.model, self._codec, self._config.data.resolution, scheduler)
            samples = list(generator.samples(self._config.validation))
            for k, image in enumerate(samples):
                write_grey(image, folder / f"{k:03}.png")
            return self._measured(samples)
        finally:
            self._set_modes(training=True)

    def save(self, folder: Path) -> Saved:
        """Writes ``model/`` (a diffusers folder, LoRA merged, the token inside), ``adapters/`` if asked for, and ``mawc.*``,
        which say how far each part of a pretrained model moved."""
        save_model(self.model, folder / "model")
        adapters = ()
        if self._config.export.adapters:
            adapters = save_adapters(self._parts, self._config.name, folder / "adapters")
        if self._config.initialise == "pretrained":
            weight_changes(self.model.folder.path, folder / "model").write(folder)
        return Saved(folder / "model", adapters, export_pipeline)

    def denoised(self, batch: Batch, draws: Draws, stream: str) -> Denoised:
        """Noises the latents of a batch and lets the UNet denoise them; ``stream`` keeps its draws apart from others."""
        device = batch.image.device
        latents = self._codec.sample(self._latent_moments(batch, stream), draws.generator(f"{stream}latents"))
        noise = offset_noise(latents.shape, self._settings.noise_offset, draws.generator(f"{stream}noise")).to(device)
        timesteps = self._process.timesteps(len(batch), self._settings.timesteps, draws.generator(f"{stream}timesteps")).to(
            device
        )
        empty = torch.rand(len(batch), generator=draws.generator(f"{stream}empty")) < self._config.data.prompt.empty
        conditioning = self._prompts.encode_some_empty(list(batch.texts), empty)
        noisy = self._process.noised(latents, noise, timesteps)
        prediction = self.model.networks["unet"](
            noisy,
            timesteps,
            conditioning.hidden,
            added_cond_kwargs={"text_embeds": conditioning.pooled, "time_ids": time_ids(batch, device)},
        ).sample.float()
        errors = (prediction - self._process.target(latents, noise, timesteps)) ** 2
        losses = masked_mean(errors, latent_mask(batch.mask, self._codec.factor))
        if self._settings.min_snr is not None:
            losses = losses * self._process.min_snr_weights(timesteps, self._settings.min_snr)
        return Denoised(losses, self._process.clean(noisy, prediction, timesteps))

    def _latent_moments(self, batch: Batch, stream: str) -> Tensor:
        if "vae_encoder" in self._parts.parameters:
            return self._codec.moments(batch.image)
        return self._latents.moments(batch, stream)

    def _measured(self, samples: list[Tensor]) -> dict[str, float]:
        data, count = self._setting.validation, self._config.validation.images
        if data is None or count == 0:
            return {}
        sampler = Sampler(data, self._config.data, self._config.seed)
        size = self._config.training.batch
        indices = range(min(count, len(data)))
        total, real = 0.0, []
        for start in indices[::size]:
            batch = sampler.centred(tuple(indices[start : start + size])).to(self._setting.device)
            draws = Draws(self._config.validation.seed, 0, start)
            total += self.denoised(batch, draws, "validation ").losses.sum().item()
            real.append(amplitude(batch.image))
        numbers = {"denoising": total / len(indices)}
        if samples:
            numbers["amplitude_kl"] = measured_divergence(torch.cat(real), torch.cat(samples))
        return numbers

    def _prior_sampler(self) -> tuple[Sampler, float] | None:
        prior = self._settings.prior
        if prior is None:
            return None
        folder = ImageFolder.open(prior.data, "diffusion.prior.data")
        # Their captions say what the model knows already: they are not rewritten into those of SAR images.
        captions = replace(self._config.data.prompt, prefix="", replace={})
        data = replace(self._config.data, prompt=captions)
        return Sampler(folder, data, key(self._config.seed, "prior")), prior.weight

    def _set_modes(self, training: bool) -> None:
        """Trained networks in training mode (transformers checkpoints gradients only then), the others never."""
        for network in self.model.networks.values():
            network.train(training and any(parameter.requires_grad for parameter in network.parameters()))


def _load(config: TrainingConfig) -> SdxlModel:
    if config.initialise == "pretrained":
        return SdxlModel.load(DiffusersFolder.open(config.model))
    if not config.model.is_dir():
        raise UsageError(f"No such folder: {config.model}.", key="model")
    # Half a VAE drawn at random would not fit the other half.
    full = {component for component in COMPONENTS if config.component(component).train == "full"}
    draw = {network for network in map(network_of, COMPONENTS) if {c for c in COMPONENTS if network_of(c) == network} <= full}
    return SdxlModel.initialise(DiffusersFolder(config.model), draw, key(config.seed, "weights"))


def _check_token(config: TrainingConfig, data: ImageFolder) -> None:
    if config.token is None:
        return
    spelling = config.token.text.lower()
    if not any(spelling in prompt(entry.text, config.data).lower() for entry in data.entries):
        raise ConfigurationError(
            f"token.text: no prompt of data.train has {config.token.text}, so it would not be learned. Put it into the prompts "
            'with data.prompt, for example replace: {"A satellite view of": "A <SAR> image of"}.',
            "token.text",
        )


def _check_resolution(config: TrainingConfig, model: SdxlModel) -> None:
    levels = len(model.networks["unet"].config.block_out_channels)
    step = LatentCodec(model.networks["vae"]).factor * 2 ** (levels - 1)
    if any(side % step for side in config.data.resolution):
        raise ConfigurationError(
            f"data.resolution: {config.data.resolution[0]} x {config.data.resolution[1]} pixels; this model takes multiples of "
            f"{step} only (its VAE's factor times the UNet's).",
            "data.resolution",
        )


def _checkpoint_gradients(model: SdxlModel) -> None:
    for name, network in model.networks.items():
        if name.startswith("text_encoder"):
            network.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        else:
            network.enable_gradient_checkpointing()
