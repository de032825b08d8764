"""Where the arithmetic happens, and with how many bits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import nn

from sar_trainer.errors import SarTrainerError
from sar_trainer.train.config import LoopConfig

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Device:
    """One device with mixed precision, by ``accelerate``: autocast, and gradient scaling for fp16."""

    def __init__(self, config: LoopConfig) -> None:
        """Raises ``SarTrainerError`` if this machine has no such device, or the device no such precision."""
        self.device = _device(config.device)
        self.dtype = _DTYPES[config.precision]
        if config.precision == "fp16" and self.device.type == "cpu":
            raise SarTrainerError("fp16 does not train on a CPU.", key="training.precision", hint="Use fp32.")
        if config.precision == "bf16" and self.device.type == "cuda" and not torch.cuda.is_bf16_supported():
            raise SarTrainerError("This GPU has no bf16.", key="training.precision", hint="Use fp16 or fp32.")
        if config.threads is not None:
            torch.set_num_threads(config.threads)
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        else:
            # On a CPU, runs repeat bit for bit; operations without a repeatable form only warn.
            torch.use_deterministic_algorithms(True, warn_only=True)
            torch.utils.deterministic.fill_uninitialized_memory = False
        from accelerate import Accelerator
        from accelerate.state import AcceleratorState

        AcceleratorState._reset_state(reset_partial_state=True)  # one process may train several times (tests)
        precision = "no" if config.precision == "fp32" else config.precision
        self._accelerator = Accelerator(cpu=self.device.type == "cpu", mixed_precision=precision)

    @property
    def autocast(self) -> Callable[[], AbstractContextManager]:
        return self._accelerator.autocast

    @property
    def scales_gradients(self) -> bool:
        """Whether gradients may overflow, which only skips a step (fp16)."""
        return self._accelerator.scaler is not None

    def prepared(self, optimizer: torch.optim.Optimizer) -> Any:
        """``optimizer``, minding the scale of the gradients."""
        return self._accelerator.prepare_optimizer(optimizer, device_placement=False)

    def backward(self, loss: torch.Tensor) -> None:
        self._accelerator.backward(loss)

    def clip(self, optimizer: Any, parameters: Sequence[nn.Parameter], limit: float | None) -> float:
        """Limits the norm of the gradients, and returns what it was."""
        self._accelerator.unscale_gradients(optimizer)
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        norm = nn.utils.get_total_norm(gradients)
        if limit is not None:
            nn.utils.clip_grads_with_norm_(parameters, limit, norm)
        return float(norm)

    @property
    def scaler_state(self) -> dict[str, Any] | None:
        return self._accelerator.scaler.state_dict() if self.scales_gradients else None

    @scaler_state.setter
    def scaler_state(self, state: dict[str, Any] | None) -> None:
        if self.scales_gradients and state:
            self._accelerator.scaler.load_state_dict(state)

    def __str__(self) -> str:
        if self.device.type == "cuda":
            return f"{self.device} ({torch.cuda.get_device_name(self.device)})"
        return f"cpu ({torch.get_num_threads()} threads)"


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    device = torch.device(name)
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (device.index or 0) >= count:
            raise SarTrainerError(
                f"There is no {name} here: PyTorch sees {count or 'no'} GPU{'' if count == 1 else 's'}.",
                key="training.device",
                hint="Use auto or cpu, or look at `sar-diffusion doctor`.",
            )
        return torch.device("cuda", device.index or 0)
    return device
