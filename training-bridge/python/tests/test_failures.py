"""What goes wrong: a clear message, the right exit code, and nothing left behind."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sar_trainer.cli import main
from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export import ExportRequest, export_bundle
from sar_trainer.export import bundle as bundles
from sar_trainer.export.card import Card


@pytest.fixture
def copy(source: Path, tmp_path: Path) -> Path:
    """A diffusers folder to damage."""
    return Path(shutil.copytree(source, tmp_path / "in" / "copy"))


def refused(capsys: pytest.CaptureFixture, code: int, *arguments: object) -> str:
    """Runs ``sar-trainer export`` and returns what it says on stderr; the folder of the bundle must be as before."""
    target = Path(str(arguments[1]))
    before = sorted(target.parent.rglob("*")) if target.parent.exists() else []
    assert main(["export", *map(str, arguments)]) == code
    assert (sorted(target.parent.rglob("*")) if target.parent.exists() else []) == before
    message = capsys.readouterr().err
    assert "Traceback" not in message
    return message


def test_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert "No such folder" in refused(capsys, 2, tmp_path / "nowhere", tmp_path / "out" / "b")


def test_not_a_diffusers_folder(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "empty").mkdir()
    assert "no model_index.json" in refused(capsys, 1, tmp_path / "empty", tmp_path / "out" / "b")


def test_not_sdxl(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    index = json.loads((copy / "model_index.json").read_text())
    del index["text_encoder_2"]
    (copy / "model_index.json").write_text(json.dumps(index))
    assert "names no text_encoder_2" in refused(capsys, 1, copy, tmp_path / "out" / "b")


def test_malformed_json(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (copy / "unet" / "config.json").write_text("{")
    assert "unet/config.json can't be read as JSON" in refused(capsys, 1, copy, tmp_path / "out" / "b")


def test_truncated_weights(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    file = copy / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert "truncated" in refused(capsys, 1, copy, tmp_path / "out" / "b")
    file.write_bytes(b"\xff" * 64)
    assert "not a readable safetensors file" in refused(capsys, 1, copy, tmp_path / "out" / "b")


def test_pickles_are_not_read(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (copy / "vae" / "diffusion_pytorch_model.safetensors").rename(copy / "vae" / "diffusion_pytorch_model.bin")
    message = refused(capsys, 1, copy, tmp_path / "out" / "b")
    assert "pickles" in message and "safetensors" in message


def test_weights_that_do_not_fit_their_configuration(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    file = copy / "text_encoder" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"num_hidden_layers": 4}))
    assert "missing keys" in refused(capsys, 1, copy, tmp_path / "out" / "b")


def test_time_ids_that_do_not_fit(copy: Path, tmp_path: Path) -> None:
    from sar_trainer.export.graphs import load_graph
    from sar_trainer.export.source import DiffusersFolder

    file = copy / "text_encoder_2" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"projection_dim": 39}))
    with pytest.raises(SarTrainerError, match="don't fit"):
        load_graph(DiffusersFolder(copy), "unet", bundles.DTYPES["fp32"])


def test_existing_output_needs_overwrite(source: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert "Overwrite it" in refused(capsys, 2, source, bundle)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("years of work")
    assert "no bundle" in refused(capsys, 2, source, foreign, "--overwrite")
    assert "can't take the place" in refused(capsys, 2, source, source, "--overwrite")


def test_tolerance_fails_and_leaves_nothing(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert "deviates from torch" in refused(capsys, 1, source, tmp_path / "out", "--tolerance", "1e-12")
    assert list(tmp_path.iterdir()) == []
    assert "tolerance must be" in refused(capsys, 2, source, tmp_path / "out", "--tolerance", "nan")


def test_failed_overwrite_keeps_the_old_bundle(
    source: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    old = Path(shutil.copytree(bundle, tmp_path / "out"))
    refused(capsys, 1, source, old, "--overwrite", "--tolerance", "1e-12")
    assert (old / "unet" / "model.onnx").is_file()


def test_full_disk(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bundles, "write_graph", full)
    assert "is full" in refused(capsys, 1, source, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_too_little_space_is_seen_before_the_work(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 10**6 - 1000, 1000))
    with pytest.raises(SarTrainerError, match="needs at least"):
        export_bundle(ExportRequest(source, tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_unwritable_output(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert "can't be written" in refused(capsys, 1, source, tmp_path / "file" / "out")


def _die(job: object, sender: object) -> None:
    os._exit(9)


def test_a_dead_child_is_reported(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "_child", _die)
    monkeypatch.setattr(bundles, "ISOLATE_BYTES", 0)
    with pytest.raises(SarTrainerError, match=r"process died \(exit code 9\)"):
        export_bundle(ExportRequest(source, tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_interrupted_export_leaves_nothing(source: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sar_trainer", "export", str(source), str(tmp_path / "out")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("text_encoder: exporting")
        assert list(tmp_path.iterdir()), "the work is done beside the bundle"
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        message = process.stderr.read()
        assert process.wait(timeout=20) == 130
    assert "nothing was kept" in message and "Traceback" not in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ('{"colour": 1}', "unknown key 'colour'"),
        ('{"pixel_spacing_m": "large"}', "pixel_spacing_m must be"),
        ('{"recommended": {"steps": 2.5}}', "steps must be"),
        ('{"recommended": {"crop": [1]}}', "two whole numbers"),
        ("[1]", "must be an object"),
        ("{", "malformed"),
    ],
)
def test_bad_cards(card: str, message: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    file = tmp_path / "card.json"
    file.write_text(card)
    assert message in refused(capsys, 2, source, tmp_path / "out", "--card", file)
    assert "can't be read" in refused(capsys, 2, source, tmp_path / "out", "--card", tmp_path / "none.json")


def test_cards_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "card.yaml"
    file.write_text("name: small\nrecommended:\n  steps: 20\n  original_size: [240, 296]\n")
    assert Card.read(file).with_values(name=None, licence="Apache-2.0").values == {
        "name": "small",
        "licence": "Apache-2.0",
        "recommended": {"steps": 20, "original_size": [240, 296]},
    }
    with pytest.raises(UsageError):
        Card({"name": 3}).checked("here")
