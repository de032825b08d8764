"""What a library's error means for people: which key could help, and what to do."""

from __future__ import annotations

import errno

from sar_trainer.errors import SarTrainerError

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def failure(error: BaseException) -> SarTrainerError:
    """``error`` as one that can be shown as it is."""
    if isinstance(error, SarTrainerError):
        return error
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return SarTrainerError(
            f"The disk is full{f' ({error.filename})' if error.filename else ''}.",
            key="checkpoints.keep",
            hint="Free some space and resume the run. Fewer checkpoints take less: checkpoints.keep.",
        )
    if isinstance(error, OSError):
        return SarTrainerError(f"A file can't be read or written: {error}.")
    if _out_of_device_memory(error):
        return SarTrainerError(
            "The GPU's memory is not enough.",
            key="training.batch",
            hint="Halve training.batch and double training.accumulation, set training.gradient_checkpointing: true, "
            "training.precision: bf16, or lora instead of full; then start a new run.",
        )
    if isinstance(error, MemoryError) or "DefaultCPUAllocator" in str(error) or "not enough memory" in str(error):
        return SarTrainerError(
            "The memory is not enough.",
            key="training.batch",
            hint="Close other programs and resume the run, or begin one with half the batch and twice the accumulation.",
        )
    if "CUDA error" in str(error) or "CUDA driver" in str(error):
        return SarTrainerError(
            f"The GPU failed: {str(error).splitlines()[0]}",
            key="training.device",
            hint="Resume the run from the last checkpoint, perhaps with training.device: cpu.",
        )
    return SarTrainerError(text, hint="--traceback shows where in the program it arose.")


def _out_of_device_memory(error: BaseException) -> bool:
    return type(error).__name__ == "OutOfMemoryError" or "CUDA out of memory" in str(error)
