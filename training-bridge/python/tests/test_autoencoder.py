"""The task ``autoencoder``: its losses against NumPy, SciPy-style formulas and known speckle, and whole steps of a toy."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL
from diffusion_cases import configuration, task_setting, write_images, write_model

from sar_trainer.errors import UsageError
from sar_trainer.train.autoencoder import create, losses
from sar_trainer.train.autoencoder.measures import glcm_contrast, texture_measures
from sar_trainer.train.batches import Batch, Sampler
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.data import ImageFolder
from sar_trainer.train.draws import Draws

