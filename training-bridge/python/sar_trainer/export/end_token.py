"""Where a text encoder reads the embedding of the whole prompt.

The text encoders of SDXL say ``eos_token_id`` 2, which is not their end token: transformers then pools at the largest id of
the prompt (``transformers/models/clip/modeling_clip.py``, ``CLIPTextModel.forward``). That is the end token only as long as no
token has a larger id, which one added later, such as ``<SAR>`` or the vectors of a textual inversion, has. A bundle pools
where diffusers does (``reference``), unless its maker chooses the tokenizer's end token for it (``end_token``): the embedding
of a prompt with an added token is then again that of the whole prompt. The choice is noted in ``sar_config.json``, and the id
in the encoder's ``config.json``, by which diffusers pools there too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from sar_trainer.errors import SarTrainerError

#: The ``eos_token_id`` that makes transformers pool at the largest id.
LARGEST_ID = 2


#: Where the graphs of a bundle may pool.
POOLINGS = ("reference", "end_token")


def exported_end_token(config: dict[str, Any], tokenizer: Path, pooling: str) -> int:
    """The ``eos_token_id`` that a text encoder with the configuration ``config`` gets in the bundle.

    With the pooling ``end_token`` it is the tokenizer's, where the model does not name one itself. ``tokenizer`` is the folder
    of the encoder's tokenizer.
    """
    declared = config.get("eos_token_id", LARGEST_ID)
    if pooling == "reference" or declared != LARGEST_ID:
        return declared
    from transformers import CLIPTokenizer

    try:
        loaded = CLIPTokenizer.from_pretrained(str(tokenizer), local_files_only=True)
    except Exception as error:
        raise SarTrainerError(f"{tokenizer} can't be loaded as a CLIPTokenizer: {error}") from error
    end = loaded.eos_token_id
    if end is None:
        raise SarTrainerError(f"{tokenizer} has no end token to pool at.")
    return end


def pool_at(encoder: nn.Module, end: int) -> None:
    """Makes a text encoder of transformers pool at the first token with the id ``end``."""
    for module in encoder.modules():
        if hasattr(module, "eos_token_id"):
            module.eos_token_id = end
        if hasattr(module, "config"):
            module.config.eos_token_id = end
