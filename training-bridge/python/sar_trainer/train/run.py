"""The folder of a run: what was asked, with what, and everything that came of it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

import yaml

from sar_trainer import __version__
from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.train.config import PATHS, TrainingConfig
from sar_trainer.train.events import Events
from sar_trainer.train.schema import ConfigurationError, flattened

FORMAT_VERSION = 1
RECORD = "run.json"
_EFFECTIVE = "config.effective.yaml"
_LIBRARIES = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors", "numpy", "pillow", "bitsandbytes")
#: What may change when a run goes on. Paths may, too: the fingerprints of what they name may not.
_CHANGEABLE = ("training.epochs", "training.steps", "training.device", "validation.", "checkpoints.", "export.")
_LOCK_SECONDS = 120
_MODEL_ENDINGS = {".safetensors", ".json", ".txt"}
#: What is in a folder whose run failed before it began: it may be begun again.
_BEFORE = {".lock", "trainer.log", "events.jsonl", "config.yaml", _EFFECTIVE, "base", "cache"}


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def base(self) -> Path:
        """The model that training begins with, where the configuration names a bundle of it."""
        return self.path / "base"

    @property
    def cache(self) -> Path:
        """What can be computed again from configuration, data and base model."""
        return self.path / "cache"

    @property
    def begun(self) -> bool:
        """Whether there is a run to go on with."""
        return (self.path / RECORD).is_file()

    @property
    def record(self) -> dict[str, Any]:
        """``run.json``."""
        file = self.path / RECORD
        try:
            return json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SarTrainerError(f"{file} can't be read: {error}. Begin a new run in another folder.") from error

    def check_new(self) -> None:
        """Raises ``UsageError`` if something is there already."""
        if self.begun:
            raise UsageError(f"{self.path} holds a run already. Resume it, or choose another folder.")
        if self.path.exists() and not (self.path.is_dir() and {path.name for path in self.path.iterdir()} <= _BEFORE):
            raise UsageError(f"{self.path} exists and is no run. Choose another folder.")

    def check_resumable(self, config: TrainingConfig, prints: dict[str, Any]) -> None:
        """Raises ``ConfigurationError`` naming the keys if this is another recipe, other data or another base model."""
        old = yaml.safe_load((self.path / _EFFECTIVE).read_text(encoding="utf-8"))
        before, now = flattened(old), flattened(config.values)
        changed = [
            key
            for key in {**before, **now}
            if before.get(key) != now.get(key) and not key.startswith(_CHANGEABLE) and key not in PATHS
        ]
        for key, fingerprint in prints.items():
            if self.record["fingerprints"].get(key) != fingerprint:
                changed.append(f"{key} (other content)")
        if changed:
            lines = [f"  {key}: {before.get(key)!r} before, {now.get(key)!r} now" for key in changed]
            raise ConfigurationError(
                f"{self.path} was begun with another configuration:\n"
                + "\n".join(lines)
                + "\nPut these back to go on with it, or begin a new run. Only training.epochs or steps, training.device, "
                "validation, checkpoints and export may change.",
                changed[0].partition(" ")[0],
            )

    def begin(self, file: Path, config: TrainingConfig, prints: dict[str, Any]) -> None:
        """Writes what the run is made from; ``run.json`` comes last and makes it a run."""
        shutil.copyfile(file, self.path / "config.yaml")
        write_atomically(self.path / _EFFECTIVE, effective(config))
        record = {
            "version": FORMAT_VERSION,
            "name": config.name,
            "task": config.task,
            "created": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "command": sys.argv,
            "configuration_sha256": config.digest,
            "fingerprints": prints,
            "software": software(),
            "revision": revision(),
            "machine": {"platform": platform.platform(), "processor": platform.machine(), "cpus": os.cpu_count()},
            "finished": None,
        }
        write_atomically(self.path / RECORD, json.dumps(record, indent=1) + "\n")

    def go_on(self, config: TrainingConfig) -> None:
        """Notes a configuration that changed where it may."""
        write_atomically(self.path / _EFFECTIVE, effective(config))

    def finish(self, result: dict[str, Any]) -> None:
        """Notes that the run is complete."""
        write_atomically(self.path / RECORD, json.dumps({**self.record, "finished": result}, indent=1) + "\n")

    def lock(self, events: Events) -> IO[str]:
        """Makes the folder, and keeps other trainers out of it until what this returns is closed.

        Waits for one that is about to stop. Raises ``SarTrainerError`` if it doesn't.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        file = (self.path / ".lock").open("a+")
        try:
            _lock(file, self.path, events)
        except BaseException:
            file.close()
            raise
        return file


def _lock(file: IO[str], folder: Path, events: Events) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: the folder is not guarded
        return
    deadline = time.monotonic() + _LOCK_SECONDS
    reported = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            file.seek(0)
            other = file.read().strip()
        if time.monotonic() > deadline:
            raise SarTrainerError(f"Another trainer (process {other}) works in {folder}. Stop it, or wait for it.")
        if not reported:
            events.message(f"Waiting for process {other}, which still works in {folder}.")
            reported = True
        time.sleep(0.2)
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()


def effective(config: TrainingConfig) -> str:
    """The configuration with all defaults, as YAML."""
    return yaml.safe_dump(config.values, sort_keys=False, allow_unicode=True)


def write_atomically(file: Path, text: str) -> None:
    """Writes a small file under a temporary name, flushes it to the disk and moves it into place."""
    staged = file.with_name(f".{file.name}.tmp")
    with staged.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(file)


def tree_digest(folder: Path) -> str:
    """SHA-256 over names and contents of the files of a model folder: weights, configurations and tokenizers."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _MODEL_ENDINGS):
        name = file.relative_to(folder).as_posix()
        with file.open("rb") as stream:
            digest.update(f"{name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def software() -> dict[str, str]:
    """Versions of everything that has a say in the result."""
    found = {"sar-trainer": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def revision() -> str | None:
    """The git revision of this code, with ``+`` if it was changed since; None outside a checkout."""
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(here), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout.strip()

    try:
        git("ls-files", "--error-unmatch", Path(__file__).name)  # the checkout may be of something else around this
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--", str(here)) else "")
    except (OSError, subprocess.SubprocessError):
        return None
