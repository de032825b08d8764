"""Captions of images by any transformers image-text model, as a stage that can be killed and resumed.

``jobs`` says what is to be captioned, ``journal`` keeps what has been, ``model`` turns pictures into words and ``command`` puts
them together.
"""

from sar_trainer.captions.command import CaptionRequest, caption_images
from sar_trainer.captions.model import ModelChoice

__all__ = ["CaptionRequest", "ModelChoice", "caption_images"]
