"""The training task of SAR-CLIP."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from sar_trainer.clip_folder import WEIGHTS, ClipFolder
from sar_trainer.train.batches import Batch, Sampler
from sar_trainer.train.config import ComponentConfig, ExportConfig, TrainingConfig
from sar_trainer.train.contact_sheet import write_contact_sheet
from sar_trainer.train.diffusion.components import finished_state
from sar_trainer.train.diffusion.histogram import amplitude
from sar_trainer.train.draws import Draws, key
from sar_trainer.train.folders import copy_without
from sar_trainer.train.sar_clip.losses import caption_ranks, contrastive, cosine_similarities, positives
from sar_trainer.train.schema import ConfigurationError
from sar_trainer.train.task import Loss, ParameterGroup, Progress, Saved, Setting, Trainable

#: Component -> the tower, and the projection that belongs to it.
TOWERS = {"image_encoder": ("vision_model", "visual_projection"), "text_encoder": ("text_model", "text_projection")}
ATTENTION = ("q_proj", "k_proj", "v_proj", "out_proj")
#: CLIP's bound of the learned scale: cosines are multiplied by 100 at most (Radford et al. 2021, section 2.5).
LARGEST_LOGIT_SCALE = math.log(100)
#: Captions of one image's choice in validation, as in the evaluation of generated images.
RANK_BATCH = 16
_PIXELS_OF_A_CELL = 8


class SarClipTask:
    """Symmetric InfoNCE over the images and captions of a batch.

    A batch's negatives are its own only: gradient accumulation adds batches up but does not make them larger.
    """

    def __init__(self, config: TrainingConfig, setting: Setting, folder: ClipFolder, model: nn.Module) -> None:
        self._config = config
        self._setting = setting
        self._folder = folder
        self._model = model
        self._distinct = config.sar_clip.batch_negatives == "distinct"
        self._parameters = {
            name: _train(model, name, config.component(name), key(config.seed, "lora", name)) for name in _lora_first(config)
        }
        model.logit_scale.requires_grad_(True)

    @classmethod
    def create(cls, config: TrainingConfig, setting: Setting) -> SarClipTask:
        """Reads the CLIP, or draws one. Raises ``ConfigurationError`` with the key at fault."""
        folder = ClipFolder.open(config.model)
        model = folder.load() if config.initialise == "pretrained" else folder.draw(key(config.seed, "weights"))
        if config.training.gradient_checkpointing:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        return cls(config, setting, folder, model.to(setting.device).train())

    @property
    def trainables(self) -> list[Trainable]:
        groups = [
            ParameterGroup(name, found, self._config.component(name).learning_rate)
            for name, found in self._parameters.items()
            if found
        ]
        rate = max(group.learning_rate for group in groups)
        scale = ParameterGroup("logit_scale", {"logit_scale": self._model.logit_scale}, rate, decay=False)
        return [Trainable("model", (*groups, scale))]

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        return {"clip": self._model}

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        images, texts = self._embeddings(batch)
        scale = self._model.logit_scale.float().clamp(max=LARGEST_LOGIT_SCALE).exp()
        with torch.autocast(images.device.type, enabled=False):
            similarities = cosine_similarities(images, texts)
            total = contrastive(scale * similarities, positives(batch.texts, self._distinct).to(images.device))
        ranks = caption_ranks(similarities.detach().cpu(), batch.texts)
        return Loss(total, {"contrastive": total.detach(), "rank": float(ranks.float().mean()), "scale": scale.detach()})

    @torch.no_grad()
    def validate(self, folder: Path, step: int) -> dict[str, float]:
        """``rank``: mean rank (1: best) of an image's caption among those of 16 images; ``first``: how often it is the best
        one; ``cosine``: mean cosine of image and caption; ``cosine_others``: of image and other captions.

        ``similarities.png`` shows the cosines of all images (rows) and captions (columns), black for -1 and white for 1.
        """
        images = self._setting.validation if self._setting.validation is not None else self._setting.train
        count = min(self._config.validation.images, len(images))
        if count < 2:
            return {}
        sampler = Sampler(images, self._config.data, self._config.seed)
        self._model.eval()
        try:
            found = [self._embeddings(sampler.centred((k,)).to(self._setting.device)) for k in range(count)]
        finally:
            self._model.train()
        captions = [text for k in range(count) for text in sampler.centred((k,)).texts]
        similarities = cosine_similarities(*(torch.cat(side).cpu() for side in zip(*found, strict=True)))
        cells = torch.ones(_PIXELS_OF_A_CELL, _PIXELS_OF_A_CELL)
        write_contact_sheet(folder / "similarities.png", [torch.kron((similarities + 1) / 2, cells)[None, None]])
        ranks = []
        for first in range(0, count - 1, RANK_BATCH):
            some = slice(first, min(first + RANK_BATCH, count))
            ranks.append(caption_ranks(similarities[some, some], captions[some]))
        ranks = torch.cat(ranks).float()
        same = positives(captions, distinct=True) > 0
        others = similarities[~same]
        return {
            "rank": float(ranks.mean()),
            "first": float((ranks == 1).float().mean()),
            "cosine": float(similarities.diagonal().mean()),
            "cosine_others": float(others.mean()) if len(others) else 0.0,
        }

    def save(self, folder: Path) -> Saved:
        """``model/``: a transformers folder, LoRA merged; its export is a bundle of both towers."""
        from transformers import CLIPModel

        target = copy_without(self._folder.path, folder / "model", {"config.json", WEIGHTS, "model.safetensors.index.json"})
        finished = CLIPModel(self._folder.model_config)
        state = finished_state(self._model)
        state["logit_scale"] = state["logit_scale"].clamp(max=LARGEST_LOGIT_SCALE)
        finished.load_state_dict(state)
        finished.save_pretrained(target, safe_serialization=True)
        return Saved(target, (), _export)

    def _embeddings(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Embeddings [B,P] of images and of captions, not normalised."""
        pixels = self._folder.preparation.pixels(amplitude(batch.image))
        tokens = self._folder.tokens(list(batch.texts)).to(batch.image.device)
        return (
            self._model.get_image_features(pixel_values=pixels).pooler_output,
            self._model.get_text_features(input_ids=tokens).pooler_output,
        )


def _export(saved: Saved, settings: ExportConfig, name: str, bundle: Path, progress: Progress) -> None:
    from sar_trainer.export.clip import ClipExportRequest, export_clip

    export_clip(ClipExportRequest(saved.model, bundle, name=name, overwrite=True), progress)


def _lora_first(config: TrainingConfig) -> list[str]:
    return sorted(TOWERS, key=lambda name: config.component(name).train != "lora")


def _train(model: nn.Module, name: str, part: ComponentConfig, seed: int) -> dict[str, nn.Parameter]:
    """Makes one tower trainable as ``part`` says; returns what is trained of it, by its name in the model."""
    tower, projection = TOWERS[name]
    if part.train == "lora":
        _put_lora(model.get_submodule(tower), name, part, seed)
        inside = {f"{tower}.{path}" for path, _ in model.get_submodule(tower).named_parameters() if ".lora_" in path}
    elif part.train == "full":
        inside = {path for path, _ in model.named_parameters() if path.startswith((f"{tower}.", f"{projection}."))}
    else:
        inside = set()
    return {path: parameter.requires_grad_(True) for path, parameter in model.named_parameters() if path in inside}


def _put_lora(tower: nn.Module, name: str, part: ComponentConfig, seed: int) -> None:
    from peft import LoraConfig, inject_adapter_in_model

    targets = list(ATTENTION if isinstance(part.targets, str) else part.targets)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            inject_adapter_in_model(LoraConfig(r=part.rank, lora_alpha=part.alpha, target_modules=targets), tower)
    except ValueError as error:
        raise ConfigurationError(f"components.{name}.targets: {error}", f"components.{name}.targets") from error
