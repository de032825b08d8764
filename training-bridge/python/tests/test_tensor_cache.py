"""Tensors that are kept, also over processes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from sar_trainer.train.diffusion.cache import TensorCache, TensorFile


class Counted:
    """Computes rows that depend on the position and on how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, positions: list[int]) -> Tensor:
        self.calls += 1
        return torch.stack([torch.full((2, 3), float(100 * self.calls + position)) for position in positions])


def test_rows_outlast_the_process(tmp_path: Path) -> None:
    compute = Counted()
    first = TensorCache(file=TensorFile(tmp_path / "kept")).get([("a", 1), ("b", (2, True))], compute)
    again = TensorCache(file=TensorFile(tmp_path / "kept"))
    assert torch.equal(again.get([("b", (2, True)), ("a", 1)], compute), first.flip(0))
    assert compute.calls == 2
    again.get([("c", 1)], compute)
    assert len(TensorFile(tmp_path / "kept").rows()) == 3


@pytest.mark.parametrize(("file", "cut"), [("rows.bin", 1), ("rows.bin", 24), ("rows.jsonl", 1), ("rows.jsonl", 9)])
def test_what_a_killed_process_left_unfinished_is_computed_again(file: str, cut: int, tmp_path: Path) -> None:
    compute = Counted()
    whole = TensorCache(file=TensorFile(tmp_path)).get([1, 2, 3], compute)
    damaged = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(damaged[:-cut])
    cache = TensorCache(file=TensorFile(tmp_path))
    assert torch.equal(cache.get([1, 2], compute), whole[:2])
    assert compute.calls == 3
    cache.get([3, 4], compute)
    kept = TensorFile(tmp_path).rows()
    assert [key for key, _ in kept] == ["1", "2", "3", "4"]
    assert torch.equal(torch.stack([row for _, row in kept]), cache.get([1, 2, 3, 4], compute))


def test_a_full_cache_computes(tmp_path: Path) -> None:
    compute = Counted()
    cache = TensorCache(24, TensorFile(tmp_path))
    cache.get([1, 2], compute)
    cache.get([1, 2], compute)
    assert compute.calls == 3
    assert [key for key, _ in TensorFile(tmp_path).rows()] == ["1"]
