"""The training loop: the same for every task."""

from __future__ import annotations

import math
import shutil
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from sar_trainer.errors import SarTrainerError
from sar_trainer.train.batches import Batch, Order, Sampler, batches
from sar_trainer.train.checkpoint import Checkpoint, CheckpointFolder
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.device import Device
from sar_trainer.train.draws import Draws
from sar_trainer.train.ema import Average
from sar_trainer.train.events import Events
from sar_trainer.train.interruption import Interruption
from sar_trainer.train.optimisers import make_optimizer, rate_factor, restore_state, set_rates, state_of
from sar_trainer.train.records import Records
from sar_trainer.train.run import RunFolder
from sar_trainer.train.task import Task, Trainable

_RECENT = 20


class DivergedError(SarTrainerError):
    """The loss or its gradient is not a number any more."""


@dataclass(frozen=True)
class LoopContext:
    """What the loop works with, other than the task."""

    run: RunFolder
    device: Device
    events: Events
    interruption: Interruption
    order: Order
    sampler: Sampler


@dataclass
class OptimizerSlot:
    """A trainable with its optimizer."""

    trainable: Trainable
    optimizer: Any
    parameters: dict[str, nn.Parameter]


class Loop:
    """Trains a task from its newest checkpoint to the last step."""

    def __init__(self, config: TrainingConfig, task: Task, context: LoopContext) -> None:
        self._config, self._task, self._context = config, task, context
        self._slots = [self._new_slot(trainable) for trainable in task.trainables]
        self._parameters = {name: p for slot in self._slots for name, p in slot.parameters.items()}
        if len(self._parameters) != sum(len(slot.parameters) for slot in self._slots):
            raise ValueError("Two trainables share the name of a parameter.")
        # What a task says of its modules may depend on what requires gradients, which changes from one trainable to the next.
        self._modules = dict(task.modules)
        model = self._slots[0].parameters
        ema = config.training.ema
        self._average = Average(model, ema.decay) if ema is not None else None
        self._checkpoints = CheckpointFolder(context.run.checkpoints)
        epochs = config.training.epochs
        self.steps = config.training.steps or (epochs or 0) * context.order.steps_per_epoch
        self.done = self._saved = 0
        self._last_checkpoint: Path | None = None
        self._restore()
        if self.done > self.steps:
            key = "training.steps" if config.training.steps else "training.epochs"
            raise SarTrainerError(f"The run has {self.done} steps behind it, more than the {self.steps} of {key}.", key=key)

    @property
    def last_checkpoint(self) -> Path | None:
        """Where a later process would go on."""
        return self._last_checkpoint

    @property
    def trainable_parameters(self) -> dict[str, int]:
        """Parameter group -> number of trained values."""
        return {
            group.name: sum(parameter.numel() for parameter in group.parameters.values())
            for slot in self._slots
            for group in slot.trainable.groups
        }

    def run(self, records: Records) -> bool:
        """Trains until the last step (True), or until somebody asks to stop (False). Either way, a checkpoint is left."""
        every = self._config.checkpoints.every
        steps = range(self.done, self.steps)
        times: deque[float] = deque(maxlen=_RECENT)
        if not self._validate_if_due(records):
            return False
        for step, accumulated in zip(steps, batches(self._context.order, self._context.sampler, steps), strict=True):
            started = time.monotonic()
            report = self._step(step, accumulated)
            self.done = step + 1
            times.append(time.monotonic() - started)
            self._report(report, times, records)
            if self._context.interruption.requested or self.done % every == 0 or self.done == self.steps:
                self._write_checkpoint()
            if self._context.interruption.requested or not self._validate_if_due(records):
                return False
        return True

    @contextmanager
    def finished_weights(self) -> Iterator[None]:
        """Inside, the modules have the weights that count: the averaged ones if there are some."""
        with (
            self._average.in_place() if self._average is not None else nullcontext(),
            torch.no_grad(),
            self._context.device.autocast(),
        ):
            yield

    def _new_slot(self, trainable: Trainable) -> OptimizerSlot:
        parameters = {name: parameter for group in trainable.groups for name, parameter in group.parameters.items()}
        if not parameters:
            raise SarTrainerError(f"{trainable.name} has nothing to train.", key="components")
        return OptimizerSlot(
            trainable, self._context.device.prepared(make_optimizer(trainable, self._config.training.optimizer)), parameters
        )

    def _step(self, step: int, accumulated: list[Batch]) -> dict[str, Any]:
        """One optimizer step of every trainable; returns the numbers of the first."""
        reports = [self._take(slot, step, accumulated) for slot in self._slots]
        for parameter in self._parameters.values():
            parameter.requires_grad_(True)
        if self._average is not None:
            self._average.update(step)
        first = dict(reports[0])
        for slot, report in zip(self._slots[1:], reports[1:], strict=True):
            first["terms"] = {**first["terms"], **report["terms"], slot.trainable.name: report["loss"]}
            first["learning_rates"] = {**first["learning_rates"], **report["learning_rates"]}
        return first

    def _take(self, slot: OptimizerSlot, step: int, accumulated: list[Batch]) -> dict[str, Any]:
        """One optimizer step of one trainable."""
        settings = self._config.training
        for name, parameter in self._parameters.items():
            parameter.requires_grad_(name in slot.parameters)
        rates = set_rates(slot.optimizer, slot.trainable, rate_factor(settings.schedule, step, self.steps))
        total = 0.0
        terms: dict[str, float] = {}
        for micro, batch in enumerate(accumulated):
            draws = Draws(self._config.seed, step, micro)
            draws.seed_globally()
            with self._context.device.autocast():
                loss = self._task.loss(slot.trainable.name, batch.to(self._context.device.device), draws)
            value = float(loss.total.detach())
            if not math.isfinite(value):
                raise self._diverged(f"The loss of {slot.trainable.name} is {value}", step, batch)
            self._context.device.backward(loss.total / len(accumulated))
            total += value / len(accumulated)
            for name, term in loss.terms.items():
                terms[name] = terms.get(name, 0.0) + float(term) / len(accumulated)
        norm = self._context.device.clip(slot.optimizer, list(slot.parameters.values()), settings.gradient_clip)
        if not math.isfinite(norm) and not self._context.device.scales_gradients:
            raise self._diverged(f"The gradient of {slot.trainable.name} has the norm {norm}", step, accumulated[-1])
        slot.optimizer.step()
        slot.optimizer.zero_grad(set_to_none=True)
        return {"loss": total, "terms": terms, "learning_rates": rates, "gradient_norm": norm}

    def _diverged(self, what: str, step: int, batch: Batch) -> DivergedError:
        images = ", ".join(str(self._context.sampler.folder.entries[index].file.name) for index in batch.index[:4])
        good = (
            f"The last good checkpoint is {self._last_checkpoint}." if self._last_checkpoint else "There is no checkpoint yet."
        )
        return DivergedError(
            f"{what} in step {step + 1} (images {images}). The step was not taken. {good}",
            key="training.precision" if self._context.device.scales_gradients else "components",
            hint="Start a new run with lower learning rates or a longer training.schedule.warmup"
            + (", or with bf16 or fp32." if self._context.device.scales_gradients else "."),
        )

    def _report(self, report: dict[str, Any], times: deque[float], records: Records) -> None:
        mean = sum(times) / len(times)
        epoch = self._context.order.epoch(self.done - 1) + 1
        self._context.events.emit(
            "step",
            step=self.done,
            steps=self.steps,
            epoch=epoch,
            **report,
            seconds=times[-1],
            eta_seconds=mean * (self.steps - self.done),
        )
        numbers = {key: report[key] for key in ("loss", "gradient_norm")} | {"epoch": epoch, "seconds": times[-1]}
        for kind in ("terms", "learning_rates"):
            numbers |= {f"{kind}.{name}": value for name, value in report[kind].items()}
        records.step(self.done, numbers)

    def _validate_if_due(self, records: Records) -> bool:
        """Looks at the model when it is time and was not done; False if somebody asked to stop meanwhile."""
        due = self.done > 0 and (self.done % self._config.validation.every == 0 or self.done == self.steps)
        folder = self._context.run.path / "validation" / f"step-{self.done:07d}"
        if not due or folder.exists():
            return True
        staged = folder.with_name(f".{folder.name}.tmp")
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        try:
            # In this order: a signal must not come between two weights that change places.
            with self.finished_weights(), self._context.interruption.immediate():
                metrics = self._task.validate(staged, self.done)
        except KeyboardInterrupt:
            shutil.rmtree(staged, ignore_errors=True)
            self._write_checkpoint()
            return False
        staged.rename(folder)
        images = sorted(folder.rglob("*.png"))
        if metrics or images:
            records.validation(self.done, metrics, images)
            self._context.events.emit("validation", step=self.done, images=images, metrics=metrics)
        return True

    def _write_checkpoint(self) -> None:
        """Writes one of this step, unless it is there."""
        if self._last_checkpoint is not None and self._saved == self.done:
            return
        tensors: dict[str, dict[str, torch.Tensor]] = {"weights": {**self._parameters, **self._buffers()}}
        numbers = {}
        for slot in self._slots:
            found, numbers[slot.trainable.name] = state_of(slot.optimizer, slot.trainable)
            tensors[f"optimizer-{slot.trainable.name}"] = found
        if self._average is not None:
            tensors["average"] = self._average.values
        values = {
            "optimizers": numbers,
            "scaler": self._context.device.scaler_state,
            "configuration_sha256": self._config.digest,
        }
        path = self._checkpoints.write(Checkpoint(self.done, tensors, values), self._config.checkpoints.keep)
        self._last_checkpoint, self._saved = path, self.done
        self._context.events.emit("checkpoint", step=self.done, path=path)

    @torch.no_grad()
    def _restore(self) -> None:
        checkpoint = self._checkpoints.newest()
        if checkpoint is None:
            return
        weights = checkpoint.tensors["weights"]
        targets = {**self._parameters, **self._buffers()}
        different = sorted(weights.keys() ^ targets.keys()) + [
            name for name in weights.keys() & targets.keys() if weights[name].shape != targets[name].shape
        ]
        if different:
            raise SarTrainerError(
                f"The checkpoint of step {checkpoint.step} does not fit the model: {', '.join(different[:3])}"
                f"{' and others' if len(different) > 3 else ''}. The configuration or the code changed."
            )
        for name, target in targets.items():
            target.copy_(weights[name])
        for slot in self._slots:
            name = slot.trainable.name
            restore_state(
                slot.optimizer.optimizer,
                slot.trainable,
                dict(checkpoint.tensors[f"optimizer-{name}"]),
                checkpoint.values["optimizers"][name],
            )
        if self._average is not None:
            for name, value in self._average.values.items():
                value.copy_(checkpoint.tensors["average"][name])
        self._context.device.scaler_state = checkpoint.values["scaler"]
        self.done = self._saved = checkpoint.step
        self._last_checkpoint = self._checkpoints.paths()[-1]

    def _buffers(self) -> dict[str, torch.Tensor]:
        """The lasting buffers of the task's modules (running statistics, for example)."""
        found = {}
        for prefix, module in self._modules.items():
            parameters = {name for name, _ in module.named_parameters(remove_duplicate=False)}
            for name, value in module.state_dict().items():
                if name not in parameters:
                    found[f"{prefix}.{name}|buffer"] = value
        return found
