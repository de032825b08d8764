"""The file of captions: JSON lines that are only ever added to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sar_trainer.errors import SarTrainerError


@dataclass(frozen=True)
class Caption:
    """One line: which image, what it shows, and who says so."""

    name: str
    caption: str
    model: str
    prompt: str | None = None

    def line(self) -> bytes:
        """The line as it stands in the file."""
        entry = {"name": self.name, "caption": self.caption, "model": self.model, "prompt": self.prompt}
        return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


class CaptionJournal:
    """Captions on disk. A line counts once its end is there: what a killed process left half-written is cut off."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self.path = path
        self._file: BinaryIO = path.open("r+b")
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        self._file.truncate(whole)
        self._file.seek(whole)
        self.captions = [_parsed(line) for line in content[:whole].splitlines() if line.strip()]

    def done(self, model: str, prompt: str | None) -> set[str]:
        """Names that have a caption of this model for this prompt."""
        return {entry.name for entry in self.captions if (entry.model, entry.prompt) == (model, prompt)}

    def add(self, captions: Iterable[Caption]) -> None:
        """Adds captions; they survive a crash of the machine once this returns."""
        try:
            for entry in captions:
                self._file.write(entry.line())
                self.captions.append(entry)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise SarTrainerError(
                f"Cannot write to {self.path}: {error.strerror}. Free some space; the next run goes on from here."
            ) from error

    def __enter__(self) -> CaptionJournal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _parsed(line: bytes) -> Caption:
    try:
        entry = json.loads(line)
        return Caption(entry["name"], entry["caption"], entry.get("model", ""), entry.get("prompt"))
    except (ValueError, KeyError, TypeError) as error:
        raise SarTrainerError(f"A line of the captions so far is damaged: {line[:80]!r}. Remove it, or start anew.") from error
