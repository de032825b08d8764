"""The errors that the command shows as they are, without a traceback."""


class SarTrainerError(Exception):
    """Something failed: the message says what happened, where, and what to do. Exit code 1."""

    exit_code = 1


class UsageError(SarTrainerError):
    """The request itself is wrong (an unknown value, a missing folder). Exit code 2."""

    exit_code = 2
