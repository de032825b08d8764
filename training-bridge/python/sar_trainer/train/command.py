"""What ``sar-trainer train`` does: a run from its configuration to the finished model."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.card import Card
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.events import Events
from sar_trainer.train.failures import failure
from sar_trainer.train.interruption import Interruption
from sar_trainer.train.run import RunFolder, tree_digest

if TYPE_CHECKING:
    from sar_trainer.train.loop import Loop
    from sar_trainer.train.task import Saved, Task

INTERRUPTED = 130
#: Task -> module with its ``create``.
TASKS = {
    "diffusion": "sar_trainer.train.diffusion",
    "autoencoder": "sar_trainer.train.autoencoder",
    "controlnet": "sar_trainer.train.controlnet",
    "sar-clip": "sar_trainer.train.sar_clip",
    "distil": "sar_trainer.train.distil",
}


@dataclass(frozen=True)
class TrainRequest:
    """What to train, and where to keep it."""

    configuration: Path
    run: Path
    resume: bool = False
    json_events: bool = False
    traceback: bool = False


def train(request: TrainRequest) -> int:
    """Trains; returns the exit code: 0 finished, 1 failed, 2 the request is wrong, 130 interrupted.

    Everything that happens is reported as events. With ``json_events`` they are the only thing on stdout, and the end of stdin
    (a pipe) means that the program that reads them is gone: the run then stops as after a signal.
    """
    with _machine_stdout(request.json_events) as stdout, Interruption().watched() as interruption:
        events = Events(stdout)
        if request.json_events:
            interruption.follow_stdin()
        session = _Session(request, events, interruption)
        try:
            session.run()
        except KeyboardInterrupt:
            session.tell_interrupted()
            return INTERRUPTED
        except Exception as error:
            if request.traceback:
                traceback.print_exc()
            shown = failure(error)
            _tell_failed(events, shown)
            return shown.exit_code
        finally:
            events.close()
    return 0


def _tell_failed(events: Events, error: SarTrainerError) -> None:
    try:
        events.emit("failed", message=str(error), key=error.key or None, hint=error.hint or None)
    except OSError:  # the file that keeps the events is on the full disk
        events.forget_file()
        events.emit("failed", message=str(error), key=error.key or None, hint=error.hint or None)


class _Session:
    """One process's part of a run."""

    def __init__(self, request: TrainRequest, events: Events, interruption: Interruption) -> None:
        self._request, self._events, self._interruption = request, events, interruption
        self._run = RunFolder(request.run.absolute())
        self._started = time.monotonic()
        self._loop: Loop | None = None
        self._task: Task | None = None
        self._done = 0

    def run(self) -> None:
        """Raises ``KeyboardInterrupt`` if somebody asked to stop, and whatever goes wrong."""
        with self._interruption.immediate():
            config = TrainingConfig.read(self._request.configuration)
            if config.export.card is not None:
                Card.read(config.export.card)  # hours before it is used
            if not self._request.resume:
                self._run.check_new()
            elif not self._run.path.is_dir():
                raise UsageError(f"There is no run {self._run.path} to resume. Begin it first.")
            lock = self._run.lock(self._events)
        with lock:
            self._locked(config)

    def _locked(self, config: TrainingConfig) -> None:
        self._events.keep_in(self._run.path / "events.jsonl")
        with self._interruption.immediate():
            config = self._trainable(config)
            self._loop = self._prepared(config)
            if self._loop.done >= self._loop.steps and self._finished_already(config):
                return
        from sar_trainer.train.records import Records

        records = Records(self._run.path, self._loop.done)
        try:
            finished = self._loop.run(records)
        finally:
            records.close()
            self._done = self._loop.done
        if not finished:
            raise KeyboardInterrupt
        with self._interruption.immediate():
            self._finish(config)

    def _trainable(self, config: TrainingConfig) -> TrainingConfig:
        """The same, but where ``model`` is a bundle, with the diffusers folder that it was exported from: RUN/base."""
        from sar_trainer.export.restore import is_bundle, restore_diffusers

        if not is_bundle(config.model):
            return config
        base = self._run.base
        if not base.is_dir():
            restore_diffusers(config.model, base, self._events.message)
        return replace(config, model=base)

    def _prepared(self, config: TrainingConfig) -> Loop:
        from sar_trainer.train.data import ImageFolder

        train = ImageFolder.open(config.data.train)
        validation = ImageFolder.open(config.data.validation, "data.validation") if config.data.validation else None
        prints = {"data.train": train.digest, "model": tree_digest(config.model)}
        if validation is not None:
            prints["data.validation"] = validation.digest
        if self._run.begun:
            self._run.check_resumable(config, prints)
        self._events.emit("stage", name="load")
        from sar_trainer.train.batches import Order, Sampler
        from sar_trainer.train.device import Device
        from sar_trainer.train.draws import Draws
        from sar_trainer.train.loop import Loop, LoopContext
        from sar_trainer.train.task import Setting

        device = Device(config.training)
        order = Order(len(train), config.training.batch, config.training.accumulation, config.seed)
        column = config.controlnet.column if config.controlnet is not None else ""
        Draws(config.seed, -1).seed_globally()
        setting = Setting(
            device.device, device.dtype, train, validation, self._events.message, device.autocast, self._run.cache
        )
        task = import_module(TASKS[config.task]).create(config, setting)
        sampler = Sampler(train, config.data, config.seed, column)
        self._task = task
        loop = Loop(config, task, LoopContext(self._run, device, self._events, self._interruption, order, sampler))
        if self._run.begun:
            self._run.go_on(config)
        else:
            self._run.begin(self._request.configuration, config, prints)
        self._events.emit(
            "started",
            run=self._run.path,
            name=config.name,
            task=config.task,
            steps=loop.steps,
            first_step=loop.done + 1,
            trainable_parameters=loop.trainable_parameters,
            device=str(device),
        )
        return loop

    def _finished_already(self, config: TrainingConfig) -> bool:
        """Says so if an earlier process finished the run, with the same wishes for the export."""
        result = self._run.record["finished"]
        if result is None or result["steps"] != self._loop.done or result["export"] != config.values["export"]:
            return False
        self._events.message(f"{self._run.path} is complete: nothing is left to do. More training.epochs or steps extend it.")
        self._events.emit("finished", **{key: result[key] for key in ("model", "bundle", "adapters", "seconds")})
        return True

    def _finish(self, config: TrainingConfig) -> None:
        """Saves the model, exports the bundle, and says where they are."""
        self._events.emit("stage", name="save")
        staged = self._run.path / ".finished.tmp"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        with self._loop.finished_weights():
            saved = self._in_place(self._task.save(staged), staged)
        # An export takes as much memory as the training did: nothing of it may be left.
        self._loop = self._task = None
        _release_memory()
        bundle = None
        if config.export.bundle:
            self._events.emit("stage", name="export")
            bundle = self._run.path / "bundle"
            saved.export(saved, config.export, config.name, bundle, self._events.message)
        result = {
            "model": str(saved.model),
            "bundle": None if bundle is None else str(bundle),
            "adapters": [str(path) for path in saved.adapters],
            "seconds": round(time.monotonic() - self._started, 1),
        }
        self._run.finish({**result, "steps": self._done, "export": config.values["export"]})
        self._events.emit("finished", **result)

    def _in_place(self, saved: Saved, staged: Path) -> Saved:
        """Moves everything that ``staged`` holds into the run's folder, in place of what is there."""
        for path in sorted(staged.iterdir()):
            target = self._run.path / path.name
            if target.is_dir():
                shutil.rmtree(target)
            path.rename(target)
        staged.rmdir()
        return replace(
            saved,
            model=self._run.path / saved.model.relative_to(staged),
            adapters=tuple(self._run.path / adapter.relative_to(staged) for adapter in saved.adapters),
        )

    def tell_interrupted(self) -> None:
        """The last event of a run that was asked to stop."""
        from sar_trainer.train.checkpoint import CheckpointFolder

        paths = CheckpointFolder(self._run.checkpoints).paths()
        self._events.emit(
            "interrupted",
            step=max(self._done, self._loop.done if self._loop is not None else 0),
            checkpoint=paths[-1] if paths else None,
        )


def _release_memory() -> None:
    """Gives back what nothing refers to any more, on the GPU too."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@contextmanager
def _machine_stdout(wanted: bool) -> Iterator[IO[str] | None]:
    """stdout for events alone: what libraries print goes to stderr meanwhile."""
    if not wanted:
        yield None
        return
    stdout = sys.stdout
    stdout.flush()
    try:
        private = os.dup(stdout.fileno())
    except (OSError, ValueError):  # not a file (tests)
        sys.stdout = sys.stderr
        try:
            yield stdout
        finally:
            sys.stdout = stdout
        return
    with os.fdopen(private, "w", encoding="utf-8") as stream:
        os.dup2(sys.stderr.fileno(), stdout.fileno())
        sys.stdout = sys.stderr
        try:
            yield stream
        finally:
            sys.stdout = stdout
            os.dup2(private, stdout.fileno())
