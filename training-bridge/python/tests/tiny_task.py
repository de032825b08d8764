"""A task small enough to be trained, killed and resumed in a moment: an autoencoder with a discriminator.

``python tiny_task.py train ...`` is ``sar-trainer train ...`` with this task in the place of the autoencoder's. Environment
variable ``TINY_TASK``, several joined with +: ``nan@STEP`` makes the loss not a number in that step, ``slow`` makes each step
take 50 ms, ``looking`` makes validation take 30 s, ``oom`` asks for more memory than there is, ``noisy`` prints to stdout.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from sar_trainer.train import command
from sar_trainer.train.batches import Batch, Sampler
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.draws import Draws
from sar_trainer.train.task import Loss, ParameterGroup, Saved, Setting, Trainable


class TinyTask:
    def __init__(self, config: TrainingConfig, setting: Setting) -> None:
        self._config, self._setting = config, setting
        self._encoder = nn.Sequential(nn.Conv2d(3, 8, 4, 4), nn.BatchNorm2d(8), nn.Dropout(0.1)).to(setting.device)
        self._decoder = nn.ConvTranspose2d(8, 3, 4, 4).to(setting.device)
        self._discriminator = nn.Conv2d(3, 1, 4, 2).to(setting.device)
        self._faults = os.environ.get("TINY_TASK", "")

    @property
    def trainables(self) -> list[Trainable]:
        groups = (
            self._group("vae_encoder", self._encoder, self._config.component("vae_encoder").learning_rate),
            self._group("vae_decoder", self._decoder, self._config.component("vae_decoder").learning_rate),
        )
        adversary = self._group("discriminator", self._discriminator, self._config.autoencoder.discriminator.learning_rate)
        return [Trainable("model", groups), Trainable("discriminator", (adversary,))]

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        return {"vae_encoder": self._encoder, "vae_decoder": self._decoder}

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        self._misbehave(draws.step)
        latent = self._encoder(batch.image)
        noise = torch.randn(latent.shape, generator=draws.generator("noise")).to(latent.device)
        image = self._decoder(latent + 0.1 * noise)
        if trainable == "discriminator":
            return Loss(nn.functional.softplus(self._discriminator(image.detach()) - self._discriminator(batch.image)).mean())
        l1 = ((image - batch.image).abs() * batch.mask).mean()
        fooled = nn.functional.softplus(-self._discriminator(image)).mean()
        total = l1 + self._config.autoencoder.losses.adversarial * fooled
        if self._faults == f"nan@{draws.step + 1}":
            total = total * float("nan")
        return Loss(total, {"l1": l1.detach(), "adversarial": float(fooled)})

    def validate(self, folder: Path, step: int) -> dict[str, float]:
        sampler = Sampler(self._setting.train, self._config.data, self._config.seed)
        batch = sampler.centred((0,)).to(self._setting.device)
        if "looking" in self._faults:
            time.sleep(30)
        for module in (self._encoder, self._decoder):
            module.eval()
        image = self._decoder(self._encoder(batch.image))
        for module in (self._encoder, self._decoder):
            module.train()
        torch.rand(7)  # must not matter
        pixels = ((image[0].float().cpu() + 1) * 127.5).clamp(0, 255).byte().permute(1, 2, 0).numpy()
        Image.fromarray(pixels).save(folder / "reconstruction.png")
        return {"l1": float((image - batch.image).abs().mean())}

    def save(self, folder: Path) -> Saved:
        (folder / "model").mkdir()
        tensors = {f"{name}.{key}": value for name, m in self.modules.items() for key, value in m.state_dict().items()}
        save_file({key: value.cpu().contiguous() for key, value in tensors.items()}, folder / "model" / "model.safetensors")
        return Saved(folder / "model", (), _export)

    @staticmethod
    def _group(name: str, module: nn.Module, rate: float) -> ParameterGroup:
        return ParameterGroup(name, {f"{name}.{key}": value for key, value in module.named_parameters()}, rate)

    def _misbehave(self, step: int) -> None:
        if "slow" in self._faults:
            time.sleep(0.05)
        if self._faults == "oom":
            torch.empty(2**50)
        if "noisy" in self._faults:
            print("chatter")
            os.write(1, b"more chatter\n")


def _export(saved: Saved, settings: object, name: str, bundle: Path, progress: object) -> None:
    bundle.mkdir(exist_ok=True)
    (bundle / "model.onnx").write_bytes((saved.model / "model.safetensors").read_bytes())


def create(config: TrainingConfig, setting: Setting) -> TinyTask:
    return TinyTask(config, setting)


if __name__ == "__main__":
    from sar_trainer.cli import main

    torch.set_num_threads(1)
    sys.modules["tiny_task"] = sys.modules["__main__"]
    command.TASKS["autoencoder"] = "tiny_task"
    sys.exit(main())
