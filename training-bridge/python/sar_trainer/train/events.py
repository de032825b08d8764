"""What a run tells others, line by line; ``events.schema.json`` describes every event."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

VERSION = 1


class Events:
    """Sends events to ``events.jsonl``, and to one reader: a program (JSON lines) or a person (text).

    ``machine``: where JSON lines go; without it, text goes to stderr. A reader that goes away is not missed: the run stops for
    other reasons (``interruption``), and its file goes on.
    """

    def __init__(self, machine: IO[str] | None = None) -> None:
        self._machine = machine
        self._person = machine is None
        self._file: IO[str] | None = None

    def keep_in(self, file: Path) -> None:
        """From now on, events are also appended to ``file``."""
        self._file = file.open("a+", encoding="utf-8")
        if self._file.tell() and not _ends_a_line(file):
            self._file.write("\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def forget_file(self) -> None:
        """No longer appends to the file: it can't be written."""
        self._file = None

    def emit(self, event: str, **values: Any) -> None:
        """Sends one event. Raises ``OSError`` when the file can't be written."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"v": VERSION, "time": now, "event": event, **_plain(values)}, allow_nan=False)
        if self._machine is not None:
            try:
                print(line, file=self._machine, flush=True)
            except (BrokenPipeError, ValueError):
                self._machine = None
        if self._person:
            text = _text(event, values)
            if text:
                print(text, file=sys.stderr, flush=True)
        if self._file is not None:
            print(line, file=self._file, flush=True)

    def message(self, text: str) -> None:
        self.emit("message", text=text)


def _ends_a_line(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


def _plain(value: Any) -> Any:
    """What JSON can say: numbers that are not finite become null, paths become text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value


def _text(event: str, values: Mapping[str, Any]) -> str:
    match event:
        case "started":
            count = sum(values["trainable_parameters"].values())
            return (
                f"{values['name']}: {values['task']} on {values['device']}, {count:,} trained values, "
                f"steps {values['first_step']} to {values['steps']}"
            )
        case "step":
            return (
                f"step {values['step']}/{values['steps']}  loss {values['loss']:.4g}  {values['seconds']:.2f} s  "
                f"{_duration(values['eta_seconds'])} left"
            )
        case "validation":
            metrics = ", ".join(f"{name} {number:.4g}" for name, number in values["metrics"].items())
            return f"validation at step {values['step']}: {len(values['images'])} images{'; ' if metrics else ''}{metrics}"
        case "checkpoint":
            return f"checkpoint {values['path']}"
        case "message":
            return values["text"]
        case "stage":
            return f"{values['name']} ..."
        case "finished":
            return f"Finished: {values['bundle'] or values['model']}"
        case "interrupted" if values["checkpoint"]:
            return f"Interrupted after step {values['step']}. The run can be resumed from {values['checkpoint']}."
        case "interrupted":
            return "Interrupted before the first checkpoint. A resumed run starts from the beginning."
        case "failed":
            return f"error: {values['message']}" + (f" {values['hint']}" if values["hint"] else "")
    return ""


def _duration(seconds: float) -> str:
    minutes = round(seconds) // 60
    return f"{round(seconds)} s" if minutes < 2 else f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
