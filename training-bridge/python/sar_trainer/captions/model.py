"""Any transformers image-text model behind one call: pictures in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from sar_trainer.errors import SarTrainerError, UsageError

#: What models that need a question are asked unless told otherwise.
QUESTION = "Describe what this aerial image shows in one sentence."


@dataclass(frozen=True)
class ModelChoice:
    """Which model, and how it may be obtained and run.

    ``model``: a folder as ``save_pretrained`` writes it, or an id; ids are looked up in the local cache only, unless
    ``allow_download``. ``trust_remote_code`` runs Python that comes with the model: some (CogVLM2) have no class in
    transformers.
    """

    model: str
    allow_download: bool = False
    trust_remote_code: bool = False
    device: str | None = None
    max_new_tokens: int = 60


class ImageTextModel:
    """A model that captions: BLIP, GIT, LLaVA, Qwen-VL and whatever else ``AutoModelForImageTextToText`` knows."""

    def __init__(self, choice: ModelChoice) -> None:
        from transformers import AutoModelForImageTextToText, AutoProcessor

        self._choice = choice
        self._device = choice.device or ("cuda" if torch.cuda.is_available() else "cpu")
        common = {"local_files_only": not choice.allow_download, "trust_remote_code": choice.trust_remote_code}
        try:
            self._processor: Any = AutoProcessor.from_pretrained(choice.model, **common)
            self._model: Any = AutoModelForImageTextToText.from_pretrained(
                choice.model,
                # Pickled weights could run anything.
                use_safetensors=True,
                dtype=torch.float32 if self._device == "cpu" else "auto",
                **common,
            )
        except (OSError, ValueError, ImportError) as error:
            raise _unusable(choice, error) from error
        self._model.eval().to(self._device)

    def captions(self, pictures: Sequence[Image.Image], prompt: str | None) -> list[str]:
        """One caption for each RGB picture, always the same for the same picture (greedy search); blanks are squeezed."""
        inputs = self._inputs(list(pictures), prompt).to(self._device)
        inputs = inputs.to(self._model.dtype) if self._model.dtype.is_floating_point else inputs
        with torch.inference_mode():
            tokens = self._model.generate(**inputs, max_new_tokens=self._choice.max_new_tokens, do_sample=False, num_beams=1)
        # Decoder-only models repeat what they were asked; others do not.
        asked = inputs.get("input_ids")
        if asked is not None and tokens.shape[1] >= asked.shape[1] and torch.equal(tokens[:, : asked.shape[1]], asked):
            tokens = tokens[:, asked.shape[1] :]
        texts = self._processor.batch_decode(tokens, skip_special_tokens=True)
        return [" ".join(text.split()) for text in texts]

    def _inputs(self, pictures: list[Image.Image], prompt: str | None) -> Any:
        if getattr(self._processor, "chat_template", None):
            talk = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt or QUESTION}]}]
            text = self._processor.apply_chat_template(talk, add_generation_prompt=True)
            return self._processor(images=pictures, text=[text] * len(pictures), return_tensors="pt")
        if prompt:
            return self._processor(images=pictures, text=[prompt] * len(pictures), return_tensors="pt")
        return self._processor(images=pictures, return_tensors="pt")


def _unusable(choice: ModelChoice, error: Exception) -> SarTrainerError:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if Path(choice.model).is_dir():
        return UsageError(f"{choice.model} holds no image-text model that transformers can load: {reason}")
    if not choice.allow_download:
        return UsageError(
            f"There is no folder {choice.model}, and no such model in the local cache. Give the folder of an image-text model,"
            " or allow its download."
        )
    return SarTrainerError(f"{choice.model} could not be fetched or loaded: {reason}")
