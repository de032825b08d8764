"""Images side by side, for people to look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def write_contact_sheet(file: Path, rows: list[Tensor]) -> None:
    """Writes amplitudes [N,1,H,W] in [0,1], one row of images for each element, as a grey PNG."""
    from PIL import Image

    sheet = torch.cat([torch.cat(list(row[:, 0].float()), dim=1) for row in rows], dim=0)
    Image.fromarray(np.round(sheet.clamp(0, 1).numpy() * 255).astype(np.uint8)).save(file)
