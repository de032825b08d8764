"""The training task of latent consistency distillation."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path

import diffusers
import torch
from torch import Tensor, nn

from sar_trainer.export.source import DiffusersFolder, read_json
from sar_trainer.train.batches import Batch
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.diffusion.components import Lora, TrainedParts
from sar_trainer.train.diffusion.conditions import latent_mask, masked_mean, time_ids
from sar_trainer.train.diffusion.forward import ForwardProcess
from sar_trainer.train.diffusion.frozen import FrozenLatents
from sar_trainer.train.diffusion.latents import LatentCodec
from sar_trainer.train.diffusion.model import SdxlModel
from sar_trainer.train.diffusion.prompts import Conditioning, PromptEncoder
from sar_trainer.train.diffusion.saving import save_adapters, save_model
from sar_trainer.train.diffusion.validation import SampleGenerator, write_grey
from sar_trainer.train.distil.consistency import TIMESTEP_SCALING, Solver, consistent, huber
from sar_trainer.train.draws import Draws, key
from sar_trainer.train.task import Loss, ParameterGroup, Saved, Setting, Trainable, export_pipeline


class DistilTask:
    """A student UNet learns to say from any point of the teacher's guided trajectory where it ends.

    Luo et al., "Latent Consistency Models" (2023), algorithm 1, and "LCM-LoRA" (2023): the teacher takes one guided DDIM step,
    and the student's answers before and after it should agree. The answer after it comes from the student itself, without a
    gradient and without averaging (Song and Dhariwal 2023, "Improved Techniques for Training Consistency Models", section 3.2).
    The guidance is built in: the student is used without.
    """

    def __init__(self, config: TrainingConfig, setting: Setting, parts: TrainedParts, teacher: nn.Module) -> None:
        self._config = config
        self._setting = setting
        self._parts = parts
        self._model = parts.model
        self._student = parts.model.networks["unet"]
        self._teacher = teacher
        self._codec = LatentCodec(self._model.networks["vae"])
        self._prompts = PromptEncoder(self._model)
        self._latents = FrozenLatents(self._codec, config.data, setting.cache)
        self._scheduler = read_json(self._model.folder.path / "scheduler" / "scheduler_config.json")
        self._process = ForwardProcess.of(self._scheduler).to(setting.device)
        self._solver = Solver(self._process, config.distil.solver_steps)
        self._student.train()

    @classmethod
    def create(cls, config: TrainingConfig, setting: Setting) -> DistilTask:
        """Reads the model and prepares what ``config`` trains of it."""
        model = SdxlModel.load(DiffusersFolder.open(config.model))
        teacher = copy.deepcopy(model.networks["unet"]).to(setting.device, setting.dtype)
        parts = TrainedParts(model)
        settings = config.component("unet")
        if settings.train == "lora":
            lora = Lora(settings.rank, settings.alpha, Lora.layers("unet", settings.targets))
            parts.train_lora("unet", lora, key(config.seed, "lora", "unet"))
        else:
            parts.train_fully("unet")
        if config.training.gradient_checkpointing:
            model.networks["unet"].enable_gradient_checkpointing()
        model.to(setting.device)
        return cls(config, setting, parts, teacher)

    @property
    def trainables(self) -> list[Trainable]:
        named = {f"unet.{name}": parameter for name, parameter in self._parts.parameters["unet"].items()}
        return [Trainable("model", (ParameterGroup("unet", named, self._config.component("unet").learning_rate),))]

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        return {"unet": self._student}

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        """The pseudo-Huber distance of the student's two answers, averaged over the latents that count."""
        device = batch.image.device
        ids = time_ids(batch, device)
        with torch.no_grad():
            latents = self._codec.sample(self._latents.moments(batch), draws.generator("latents"))
            noise = torch.randn(latents.shape, generator=draws.generator("noise")).to(device)
            timesteps = self._solver.timesteps(len(batch), draws.generator("timesteps")).to(device)
            texts = list(batch.texts)
            prompts, nothing = (
                self._prompts.encode_some_empty(texts, torch.full((len(batch),), empty)) for empty in (False, True)
            )
            noisy = self._process.noised(latents, noise, timesteps)
            earlier = self._solver.earlier(timesteps)
            stepped = self._guided_step(noisy, timesteps, ids, prompts, nothing, draws)
            after = consistent(stepped, self._clean(self._student, stepped, earlier, ids, prompts), earlier)
        before = consistent(noisy, self._clean(self._student, noisy, timesteps, ids, prompts), timesteps)
        total = masked_mean(huber(before, after), latent_mask(batch.mask, self._codec.factor)).mean()
        return Loss(total, {"consistency": total.detach()})

    @torch.no_grad()
    def validate(self, folder: Path, step: int) -> dict[str, float]:
        """Makes one image for each prompt (grey PNG) with the student: ``validation.steps`` evaluations, no guidance."""
        self._student.eval()
        try:
            scheduler = diffusers.LCMScheduler.from_config(self._student_scheduler())
            generator = SampleGenerator(self._model, self._codec, self._config.data.resolution, scheduler)
            for k, image in enumerate(generator.samples(self._config.validation)):
                write_grey(image, folder / f"{k:03}.png")
        finally:
            self._student.train()
        return {}

    def save(self, folder: Path) -> Saved:
        """``model/``: the whole pipeline with the student in it and an ``LCMScheduler``; the LoRA, if there is one, in
        ``adapters/``."""
        model = folder / "model"
        save_model(self._model, model)
        _write(model / "scheduler" / "scheduler_config.json", self._student_scheduler())
        index = read_json(model / "model_index.json")
        _write(model / "model_index.json", index | {"scheduler": ["diffusers", "LCMScheduler"]})
        adapters = ()
        if self._config.export.adapters:
            adapters = save_adapters(self._parts, self._config.name, folder / "adapters")
        return Saved(model, adapters, export_pipeline)

    def _guided_step(
        self, noisy: Tensor, timesteps: Tensor, ids: Tensor, prompts: Conditioning, nothing: Conditioning, draws: Draws
    ) -> Tensor:
        """One DDIM step of the teacher, with a guidance scale for each sample drawn from ``distil.guidance``."""
        least, most = self._config.distil.guidance
        scale = least + (most - least) * torch.rand(len(noisy), generator=draws.generator("guidance"))
        scale = scale.to(noisy.device).view(-1, 1, 1, 1)
        with_prompt, without = (self._clean(self._teacher, noisy, timesteps, ids, c) for c in (prompts, nothing))
        clean = without + scale * (with_prompt - without)
        # Both z_0 and the noise are linear in the prediction, so guiding z_0 guides the noise.
        return self._solver.step(clean, self._process.noise(noisy, clean, timesteps), timesteps)

    def _clean(self, unet: nn.Module, noisy: Tensor, timesteps: Tensor, ids: Tensor, prompts: Conditioning) -> Tensor:
        """The z_0 that ``unet`` predicts."""
        added = {"text_embeds": prompts.pooled, "time_ids": ids}
        prediction = unet(noisy, timesteps, prompts.hidden, added_cond_kwargs=added).sample.float()
        return self._process.clean(noisy, prediction, timesteps)

    def _student_scheduler(self) -> dict[str, object]:
        own = {"original_inference_steps": self._config.distil.solver_steps, "timestep_scaling": TIMESTEP_SCALING}
        known = {name: value for name, value in self._scheduler.items() if name in _KEPT}
        return {"_class_name": "LCMScheduler", **known, **own, "clip_sample": False, "set_alpha_to_one": True}


#: What the noise schedule and the prediction are; the rest of a scheduler's configuration is about its own steps.
_KEPT = (
    "_diffusers_version",
    "beta_end",
    "beta_schedule",
    "beta_start",
    "num_train_timesteps",
    "prediction_type",
    "rescale_betas_zero_snr",
    "trained_betas",
)


def _write(file: Path, values: Mapping[str, object]) -> None:
    file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
