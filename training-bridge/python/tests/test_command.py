"""The command as a whole: what it prints, and what it does with a card, an old bundle and a child process."""

from __future__ import annotations

import json

import pytest
from conftest import CommandRun

from sar_trainer.cli import main
from sar_trainer.export.graphs import GRAPHS


def test_export_prints_the_deviation_of_every_output(exported: CommandRun) -> None:
    assert exported.exit_code == 0
    summary = json.loads(exported.stdout)
    assert [graph["graph"] for graph in summary["graphs"]] == list(GRAPHS)
    assert all(0 <= deviation["error"] < 1e-4 for graph in summary["graphs"] for deviation in graph["deviations"])
    assert [deviation["output"] for deviation in summary["graphs"][-1]["deviations"]] == ["out_sample"] * 2
    assert "unet: out_sample 1x4x8x4: " in exported.stderr


def test_export_takes_the_card(exported: CommandRun) -> None:
    config = json.loads((exported.bundle / "sar_config.json").read_text(encoding="utf-8"))
    assert (config["name"], config["licence"], config["band"]) == ("from the card", "Apache-2.0", "X")
    assert config["provenance"]["training"] == "drawn at random"
    assert config["recommended"] == {"steps": 7, "scheduler": "euler"}


def test_export_replaces_the_old_bundle_whole(exported: CommandRun) -> None:
    assert not (exported.bundle / "old").exists()
    assert sorted(path.name for path in exported.bundle.parent.iterdir()) == ["bundle", "card.yaml"]


def test_help_and_usage(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["export", "--help"])
    assert exit_.value.code == 0
    assert "example:" in (text := capsys.readouterr().out) and "pixel_spacing_m" in text
    with pytest.raises(SystemExit) as exit_:
        main(["export", "only-one"])
    assert exit_.value.code == 2
