"""Whether an interpreter is found fit, or told what it lacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sar_trainer import environment


def test_this_interpreter_is_fit() -> None:
    run = subprocess.run([sys.executable, "-m", "sar_trainer.environment"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"Python {sys.version.split()[0]}, ") and "torch " in run.stdout


def test_everything_missing_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\ndependencies = ["numpy>=2", "torch>=99.1", "no-such-package>=3.1"]\n')
    monkeypatch.setattr(environment, "_PROJECT", str(project))
    old, missing = environment.problems()
    assert old.startswith("it has torch 2.") and old.endswith("; 99.1 or later is needed.")
    assert missing == "it has no no-such-package; 3.1 or later is needed."


def test_an_old_interpreter_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    assert environment.problems() == ["it is Python 3.8; 3.11 or later is needed."]
