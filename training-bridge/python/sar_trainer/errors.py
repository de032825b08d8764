"""The errors that the command shows as they are, without a traceback."""


class SarTrainerError(Exception):
    """Something failed: the message says what happened, where, and what to do. Exit code 1.

    ``key`` is the configuration key that could change it (dotted, ``training.batch``), or empty; ``hint`` is what to do, where
    the message leaves that out.
    """

    exit_code = 1

    def __init__(self, message: str, *, key: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.hint = hint


class UsageError(SarTrainerError):
    """The request itself is wrong (an unknown value, a missing folder). Exit code 2."""

    exit_code = 2
