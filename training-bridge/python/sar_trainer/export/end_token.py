"""Where a text encoder reads the embedding of the whole prompt: at the tokenizer's end token.

The text encoders of SDXL say ``eos_token_id`` 2, which is not their end token: transformers then pools at the largest id of
the prompt (``transformers/models/clip/modeling_clip.py``, ``CLIPTextModel.forward``). That is the end token only as long as no
token has a larger id, which one added later, such as ``<SAR>``, has. A bundle can be given such tokens after its export; so its
graphs look for the end token by its id.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from sar_trainer.errors import SarTrainerError

#: The ``eos_token_id`` that makes transformers pool at the largest id.
LARGEST_ID = 2


def exported_end_token(config: dict[str, Any], tokenizer: Path) -> int:
    """The ``eos_token_id`` that a text encoder with the configuration ``config`` gets in the bundle.

    It replaces ``LARGEST_ID`` by the id of the tokenizer's end token if that is the largest of the tokenizer: prompts then give
    what they gave before, since the first of equal maxima is the first end token. Where a larger id is there already, the model
    pools at it in diffusers too, and stays as it is. ``tokenizer`` is the folder of the encoder's tokenizer.
    """
    declared = config.get("eos_token_id", LARGEST_ID)
    if declared != LARGEST_ID:
        return declared
    from transformers import CLIPTokenizer

    try:
        loaded = CLIPTokenizer.from_pretrained(str(tokenizer), local_files_only=True)
    except Exception as error:
        raise SarTrainerError(f"{tokenizer} can't be loaded as a CLIPTokenizer: {error}") from error
    end = loaded.eos_token_id
    return end if end is not None and end == max(loaded.get_vocab().values()) else declared


def pool_at(encoder: nn.Module, end: int) -> None:
    """Makes a text encoder of transformers pool at the first token with the id ``end``."""
    for module in encoder.modules():
        if hasattr(module, "eos_token_id"):
            module.eos_token_id = end
        if hasattr(module, "config"):
            module.config.eos_token_id = end
