"""``sar-trainer caption``: captions what has no caption yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from sar_trainer.captions.jobs import Job
from sar_trainer.captions.journal import Caption, CaptionJournal
from sar_trainer.captions.model import ImageTextModel, ModelChoice


@dataclass(frozen=True)
class CaptionRequest:
    """What to caption (``jobs``), with what (``choice``, asked ``prompt``), and where captions go (``out``, JSON lines)."""

    jobs: Sequence[Job]
    choice: ModelChoice
    out: Path
    prompt: str | None = None
    batch_size: int = 4


@dataclass(frozen=True)
class CaptionReport:
    """How many captions there are now, how many of them are new, and which images could not be read."""

    captions: int
    new: int
    unreadable: tuple[str, ...]


def caption_images(request: CaptionRequest, progress: Callable[[str], None]) -> CaptionReport:
    """Captions all jobs whose names are not in ``request.out`` yet; an unreadable image is reported and passed over."""
    choice = request.choice
    with CaptionJournal(request.out) as journal:
        done = journal.done(choice.model, request.prompt)
        wanted = [job for job in request.jobs if job.name not in done]
        before = len(request.jobs) - len(wanted)
        if before:
            progress(f"{before} of {len(request.jobs)} images are captioned already.")
        new = 0
        unreadable: list[str] = []
        # Loaded only if there is something to do: a large model takes minutes.
        model = ImageTextModel(choice) if wanted else None
        for batch in _batches(wanted, request.batch_size):
            pictures = list(_readable(batch, unreadable, progress))
            if model is None or not pictures:
                continue
            texts = model.captions([picture for _, picture in pictures], request.prompt)
            journal.add(
                Caption(job.name, text, choice.model, request.prompt) for (job, _), text in zip(pictures, texts, strict=True)
            )
            new += len(pictures)
            progress(f"captioned {before + new} of {len(request.jobs)}")
        return CaptionReport(before + new, new, tuple(unreadable))


def _batches(jobs: Sequence[Job], size: int) -> Iterator[Sequence[Job]]:
    for start in range(0, len(jobs), size):
        yield jobs[start : start + size]


def _readable(jobs: Sequence[Job], unreadable: list[str], progress: Callable[[str], None]) -> Iterator[tuple[Job, Image.Image]]:
    for job in jobs:
        try:
            yield job, job.picture()
        except (OSError, UnidentifiedImageError, ValueError) as error:
            unreadable.append(job.name)
            progress(f"{job.image} cannot be read and gets no caption: {error}")
