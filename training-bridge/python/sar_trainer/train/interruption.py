"""Stopping in an orderly way: on SIGINT, on SIGTERM, and when the program that started the trainer is gone."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Whether somebody asked to stop.

    The first signal counts; later ones change nothing (Ctrl-C reaches a whole group of processes, so that a second one is no
    sign of impatience). SIGKILL is always safe: checkpoints are complete or not there.
    """

    def __init__(self) -> None:
        self.requested = False
        self._immediate = False

    @contextmanager
    def watched(self) -> Iterator[Interruption]:
        """Catches the signals while inside."""
        before = {number: signal.signal(number, self._handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def immediate(self) -> Iterator[None]:
        """Inside, a signal raises ``KeyboardInterrupt`` at once: for work that may be dropped (loading, validation, export)."""
        if self.requested:
            raise KeyboardInterrupt
        self._immediate = True
        try:
            yield
        finally:
            self._immediate = False

    def follow_stdin(self) -> None:
        """Takes the end of stdin for a request to stop.

        A program that starts the trainer keeps the other end of its stdin open, and says nothing there. When it dies,
        however it dies, the system closes that end. Only pipes and sockets are watched: a terminal or /dev/null says
        nothing of the kind.
        """
        try:
            mode = os.fstat(sys.stdin.fileno()).st_mode
        except (AttributeError, OSError, ValueError):
            return
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            threading.Thread(target=_await_end, args=(sys.stdin.fileno(),), daemon=True, name="stdin").start()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            return
        self.requested = True
        if self._immediate:
            raise KeyboardInterrupt


def _await_end(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except OSError:
        pass
    # As if somebody had asked: one way to stop is enough, and a signal also ends work that is under way.
    os.kill(os.getpid(), signal.SIGTERM)
