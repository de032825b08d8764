"""The command as a whole, once, with what the smaller tests leave out: a child process, a card, an overwritten bundle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sar_trainer.cli import main
from sar_trainer.export import bundle as bundles


def test_export(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    # Large components are exported in a process of their own; here that is the UNet.
    threshold = (source / "unet/diffusion_pytorch_model.safetensors").stat().st_size - 1
    monkeypatch.setattr(bundles, "ISOLATE_BYTES", threshold)
    card = tmp_path / "card.yaml"
    card.write_text("name: from the card\nband: X\ntraining: drawn at random\nrecommended: {steps: 7, scheduler: euler}\n")
    out = tmp_path / "out"
    out.mkdir()
    (out / "model_index.json").write_text("{}")
    (out / "old").write_text("")
    assert main(["export", str(source), str(out), "--overwrite", "--card", str(card), "--name", "from the line", "--json"]) == 0
    printed = capsys.readouterr()
    summary = json.loads(printed.out)
    assert [graph["graph"] for graph in summary["graphs"]] == list(bundles.GRAPHS)
    assert all(deviation["error"] < 1e-4 for graph in summary["graphs"] for deviation in graph["deviations"])
    assert "unet: out_sample 1x4x8x4: " in printed.err
    config = json.loads((out / "sar_config.json").read_text(encoding="utf-8"))
    assert (config["name"], config["provenance"]["training"]) == ("from the line", "drawn at random")
    assert config["recommended"] == {"steps": 7, "scheduler": "euler"}
    assert not (out / "old").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["card.yaml", "out"]


def test_help_and_usage(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["export", "--help"])
    assert exit_.value.code == 0
    assert "example:" in (text := capsys.readouterr().out) and "pixel_spacing_m" in text
    with pytest.raises(SystemExit) as exit_:
        main(["export", "only-one"])
    assert exit_.value.code == 2
