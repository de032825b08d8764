"""The loop: against plain PyTorch, and against itself after every kind of interruption."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import tiny_task
import torch
from diffusers.optimization import get_scheduler
from diffusers.training_utils import EMAModel
from safetensors.torch import load_file
from torch import nn
from training_runs import Workplace, assert_same_weights, events, forked, only

from sar_trainer.train import command
from sar_trainer.train.batches import Batch, Order, Sampler
from sar_trainer.train.config import ScheduleConfig, TrainingConfig
from sar_trainer.train.data import ImageFolder
from sar_trainer.train.draws import Draws
from sar_trainer.train.ema import Average
from sar_trainer.train.events import Events
from sar_trainer.train.failures import failure
from sar_trainer.train.optimisers import rate_factor
from sar_trainer.train.records import Table
from sar_trainer.train.task import Loss, ParameterGroup, Saved, Setting, Trainable


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return Workplace.at(tmp_path_factory.mktemp("training"))


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(command.TASKS, "autoencoder", "tiny_task")
    monkeypatch.delenv("TINY_TASK", raising=False)


@pytest.fixture(scope="module")
def whole(place: Workplace) -> Path:
    """A run that nothing disturbed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(command.TASKS, "autoencoder", "tiny_task")
        assert place.train(place.folder / "whole") == 0
    return place.folder / "whole"


class Linear:
    """A task whose training is easily written out by hand."""

    def __init__(self, config: TrainingConfig, setting: Setting) -> None:
        self.layer = nn.Linear(32, 32)
        self._config = config

    @property
    def trainables(self) -> list[Trainable]:
        rate = self._config.component("vae_encoder").learning_rate
        weight = ParameterGroup("weight", {"weight": self.layer.weight}, rate)
        bias = ParameterGroup("bias", {"bias": self.layer.bias}, rate / 2, decay=False)
        return [Trainable("model", (weight, bias))]

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        return {"layer": self.layer}

    def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
        noise = torch.randn(batch.image.shape, generator=draws.generator("noise"))
        return Loss(((self.layer(batch.image + noise) - batch.image) ** 2).mean())

    def validate(self, folder: Path, step: int) -> dict[str, float]:
        return {}

    def save(self, folder: Path) -> Saved:
        (folder / "model").mkdir()
        return Saved(folder / "model", (), lambda *_: None)


def test_the_loop_does_what_plain_pytorch_does(place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(tiny_task, "create", lambda *given: made.append(Linear(*given)) or made[-1])
    assert place.train(tmp_path / "run", training__gradient_clip=0.05, training__ema=None) == 0
    config = TrainingConfig.read(place.folder / "training.yaml")
    sampler = Sampler(ImageFolder.open(config.data.train), config.data, config.seed)
    order = Order(10, 2, 2, config.seed)
    Draws(config.seed, -1).seed_globally()
    layer = nn.Linear(32, 32)
    optimizer = torch.optim.AdamW(
        [{"params": [layer.weight], "lr": 1e-3, "weight_decay": 0.01}, {"params": [layer.bias], "lr": 5e-4, "weight_decay": 0}]
    )
    for step in range(12):
        factor = rate_factor(config.training.schedule, step, 12)
        optimizer.param_groups[0]["lr"], optimizer.param_groups[1]["lr"] = 1e-3 * factor, 5e-4 * factor
        losses = []
        for micro in range(2):
            image = sampler.batch(order.indices(step, micro), order.epoch(step)).image
            noise = torch.randn(image.shape, generator=Draws(config.seed, step, micro).generator("noise"))
            losses.append(((layer(image + noise) - image) ** 2).mean())
        (sum(losses) / 2).backward()
        torch.nn.utils.clip_grad_norm_(layer.parameters(), 0.05)
        optimizer.step()
        optimizer.zero_grad()
    torch.testing.assert_close(made[0].layer.weight, layer.weight, rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(made[0].layer.bias, layer.bias, rtol=1e-6, atol=1e-7)


def test_accumulation_is_a_larger_batch(place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Silent(Linear):
        def loss(self, trainable: str, batch: Batch, draws: Draws) -> Loss:
            return Loss(((self.layer(batch.image) - batch.image) ** 2).mean())

    monkeypatch.setattr(tiny_task, "create", lambda *given: made.append(Silent(*given)) or made[-1])
    for batch, accumulation in ((4, 1), (1, 4)):
        run = tmp_path / str(batch)
        assert place.train(run, training__batch=batch, training__accumulation=accumulation) == 0
    torch.testing.assert_close(made[0].layer.weight, made[1].layer.weight, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["constant", "linear", "cosine"])
@pytest.mark.parametrize("warmup", [0, 7])
def test_schedules_are_those_of_diffusers(name: str, warmup: int) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    reference = get_scheduler(
        f"{name}_with_warmup" if name == "constant" else name, optimizer, num_warmup_steps=warmup, num_training_steps=40
    )
    for step in range(40):
        factor = rate_factor(ScheduleConfig(name, warmup), step, 40)
        if step >= warmup:
            assert factor == pytest.approx(reference.get_last_lr()[0], abs=1e-12)
        else:  # theirs has a first step that does nothing
            assert factor == pytest.approx((step + 1) / (warmup + 1))
        optimizer.step()
        reference.step()


def test_the_average_is_that_of_diffusers() -> None:
    layer = nn.Linear(3, 3)
    ours, theirs = Average(dict(layer.named_parameters()), 0.7), EMAModel(layer.parameters(), decay=0.7)
    for step in range(30):
        with torch.no_grad():
            layer.weight.add_(torch.randn(3, 3, generator=Draws(0, step).generator("x")))
        ours.update(step)
        theirs.step(layer.parameters())
    torch.testing.assert_close(ours.values["weight"], theirs.shadow_params[0])
    before = layer.weight.clone()
    with ours.in_place():
        torch.testing.assert_close(layer.weight.detach(), theirs.shadow_params[0])
    assert torch.equal(layer.weight, before)


def test_a_whole_run_leaves_everything(whole: Path) -> None:
    assert [path.name for path in sorted((whole / "checkpoints").iterdir())] == ["step-0000009", "step-0000012"]
    assert sorted(path.name for path in (whole / "validation").iterdir()) == [f"step-{k:07}" for k in (4, 8, 12)]
    record = json.loads((whole / "run.json").read_text())
    assert (record["name"], record["task"], record["finished"]["bundle"]) == ("tiny", "autoencoder", str(whole / "bundle"))
    assert record["software"]["torch"] == torch.__version__.partition("+")[0] or record["software"]["torch"]
    assert {"data.train", "model"} <= record["fingerprints"].keys()
    lines = (whole / "metrics.csv").read_text().splitlines()
    assert len(lines) == 13 and lines[0].startswith("step,loss,gradient_norm")
    assert len((whole / "validation.csv").read_text().splitlines()) == 4
    assert any((whole / "tensorboard").iterdir())
    assert not [path for path in whole.rglob("*.tmp")] and not list(whole.rglob("*.bin")) and not list(whole.rglob("*.pt"))
    steps = only(whole, "step")
    assert [event["step"] for event in steps] == list(range(1, 13))
    assert [event["epoch"] for event in steps[:4]] == [1, 1, 2, 2]
    assert steps[0]["terms"].keys() == {"l1", "adversarial", "discriminator"}
    assert steps[0]["learning_rates"]["vae_encoder"] == pytest.approx(1e-3 / 3)
    assert only(whole, "started")[0]["trainable_parameters"] == {"vae_encoder": 408, "vae_decoder": 387, "discriminator": 49}
    assert events(whole)[-1]["event"] == "finished"


def test_the_model_that_is_saved_is_the_average(whole: Path) -> None:
    saved = load_file(whole / "model" / "model.safetensors")
    average = load_file(whole / "checkpoints" / "step-0000012" / "average.safetensors")
    weights = load_file(whole / "checkpoints" / "step-0000012" / "weights.safetensors")
    assert torch.equal(saved["vae_encoder.0.weight"], average["vae_encoder.0.weight"])
    assert not torch.equal(saved["vae_encoder.0.weight"], weights["vae_encoder.0.weight"])


def test_training_moves_every_weight_and_repeats(place: Workplace, whole: Path, tmp_path: Path) -> None:
    assert place.train(tmp_path / "again") == 0
    assert_same_weights(tmp_path / "again", whole)
    assert place.train(tmp_path / "other", seed=4) == 0
    with pytest.raises(AssertionError):
        assert_same_weights(tmp_path / "other", whole)


def test_killed_at_random_moments_it_ends_as_if_nothing_had_been(place: Workplace, whole: Path, tmp_path: Path) -> None:
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}")
    moments = random.Random(seed)
    started = time.monotonic()
    assert place.train(tmp_path / "timed") == 0
    duration = time.monotonic() - started
    run = tmp_path / "run"
    kills = 0
    for attempt in range(60):
        options = ["--resume"] if run.exists() else []
        process = forked(place.train, run, *options)
        if kills < 10:
            process.join(moments.uniform(0.1, 1) * duration)
            if process.is_alive():
                kills += 1
            process.kill()
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL, f"attempt {attempt}: {process.exitcode}"
    assert kills >= 1 and process.exitcode == 0
    assert_same_weights(run, whole)
    rows = (run / "metrics.csv").read_text().splitlines()[1:]
    assert [int(row.split(",")[0]) for row in rows] == list(range(1, 13)), "no step twice, none missing"
    assert not [path for path in (run / "checkpoints").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_a_checkpoint(
    number: signal.Signals, place: Workplace, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    monkeypatch.setenv("TINY_TASK", "slow")
    process = forked(place.train, run)
    _wait_for(lambda: only(run, "step"), process)
    os.kill(process.pid, number)
    os.kill(process.pid, number)  # a second one changes nothing
    process.join(20)
    assert process.exitcode == 130
    last = events(run)[-1]
    assert last["event"] == "interrupted"
    assert last["step"] == only(run, "step")[-1]["step"] < 12
    assert last["checkpoint"] == str(run / "checkpoints" / f"step-{last['step']:07}")
    monkeypatch.delenv("TINY_TASK")
    assert place.train(run, "--resume") == 0
    assert only(run, "started")[-1]["first_step"] == last["step"] + 1
    assert_same_weights(run, whole)


def test_a_signal_ends_a_long_validation(
    place: Workplace, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    monkeypatch.setenv("TINY_TASK", "looking")
    process = forked(place.train, run)
    _wait_for((run / "validation" / ".step-0000004.tmp").is_dir, process)
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGTERM)
    process.join(20)
    assert process.exitcode == 130
    assert only(run, "interrupted")[-1]["checkpoint"] == str(run / "checkpoints" / "step-0000004")
    monkeypatch.delenv("TINY_TASK")
    assert place.train(run, "--resume") == 0
    assert [event["step"] for event in only(run, "validation")] == [4, 8, 12], "what was missed is done first"
    assert_same_weights(run, whole)


def test_an_export_can_be_wished_for_later(place: Workplace, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert place.train(run, export__bundle=False) == 0
    assert not (run / "bundle").exists() and only(run, "finished")[-1]["bundle"] is None
    assert place.train(run, "--resume") == 0
    assert (run / "bundle" / "model.onnx").is_file() and len(only(run, "step")) == 12


def test_a_finished_run_says_so_and_can_be_extended(place: Workplace, whole: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(whole, tmp_path / "run"))
    assert place.train(run, "--resume") == 0
    assert "nothing is left to do" in only(run, "message")[-1]["text"]
    assert len(only(run, "step")) == 12
    assert place.train(run, "--resume", training__steps=14) == 0
    assert only(run, "started")[-1]["first_step"] == 13
    assert place.train(run, "--resume") == 1
    assert "14 steps behind it" in events(run)[-1]["message"]


def test_another_recipe_is_not_gone_on_with(place: Workplace, whole: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(whole, tmp_path / "run"))
    assert place.train(run, "--resume", seed=4, training__batch=1, validation__every=5) == 2
    failed = events(run)[-1]
    assert "seed: 3 before, 4 now" in failed["message"] and "training.batch: 2 before, 1 now" in failed["message"]
    assert "validation" not in failed["message"].splitlines()[1]
    assert failed["key"] in ("seed", "training.batch")
    other = Workplace.at(tmp_path / "other")
    (other.folder / "data" / "metadata.jsonl").write_text((other.folder / "data" / "metadata.jsonl").read_text() + "\n")
    assert other.train(run, "--resume") == 2
    assert "data.train (other content)" in events(run)[-1]["message"]
    assert Workplace.at(tmp_path / "moved").train(run, "--resume") == 0, "the same data elsewhere is the same data"


def test_what_is_there_is_not_overwritten(place: Workplace, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert place.train(whole) == 2
    assert "Resume it" in capsys.readouterr().err
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    assert place.train(tmp_path / "thesis") == 2
    assert "is no run" in capsys.readouterr().err
    assert place.train(tmp_path / "none", "--resume") == 2
    assert "no run" in capsys.readouterr().err


def test_a_damaged_checkpoint_is_named_and_the_one_before_serves(place: Workplace, whole: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(whole, tmp_path / "run"))
    newest = run / "checkpoints" / "step-0000012"
    file = newest / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:-8])
    assert place.train(run, "--resume") == 1
    assert "weights.safetensors is missing or damaged. Remove this checkpoint's folder" in events(run)[-1]["message"]
    shutil.rmtree(newest)
    assert place.train(run, "--resume") == 0
    assert_same_weights(run, whole)


def test_a_loss_that_is_no_number_stops_the_run(place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINY_TASK", "nan@8")
    assert place.train(tmp_path / "run") == 1
    failed = events(tmp_path / "run")[-1]
    assert "The loss of model is nan in step 8" in failed["message"] and "step-0000006" in failed["message"]
    assert "learning rates" in failed["hint"] and failed["key"] == "components"
    weights = load_file(tmp_path / "run" / "checkpoints" / "step-0000006" / "weights.safetensors")
    assert all(torch.isfinite(value).all() for value in weights.values())


def test_too_little_memory(place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINY_TASK", "oom")
    assert place.train(tmp_path / "run") == 1
    failed = events(tmp_path / "run")[-1]
    assert (failed["message"], failed["key"]) == ("The memory is not enough.", "training.batch")
    gpu = failure(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."))
    assert "GPU" in str(gpu) and "gradient_checkpointing" in gpu.hint


def test_a_full_disk_loses_nothing(place: Workplace, whole: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    run = tmp_path / "run"
    limit = (whole / "checkpoints" / "step-0000012" / "optimizer-model.safetensors").stat().st_size - 1

    def with_small_files() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return place.train(run)

    process = forked(with_small_files)
    process.join(60)
    assert process.exitcode == 1
    failed = events(run)[-1]
    assert "The disk is full" in failed["message"] and failed["key"] == "checkpoints.keep" and "resume" in failed["hint"]
    assert list((run / "checkpoints").iterdir()) == []
    assert place.train(run, "--resume") == 0
    assert_same_weights(run, whole)
    # The file that keeps the events may be what does not fit.
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "events.jsonl").symlink_to("/dev/full")
    capfd.readouterr()
    assert place.train(tmp_path / "full") == 1
    assert "The disk is full" in capfd.readouterr().err


def test_a_device_that_is_not_there(place: Workplace, tmp_path: Path) -> None:
    assert place.train(tmp_path / "run", training__device="cuda:63") == 1
    failed = events(tmp_path / "run")[-1]
    assert "There is no cuda:63 here" in failed["message"] and failed["key"] == "training.device"
    assert place.train(tmp_path / "run") == 0, "a run that failed before it began can be begun again"


def test_8_bit_needs_a_gpu(place: Workplace, tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    assert place.train(tmp_path / "run", training__optimizer={"name": "adamw-8bit"}) == 1
    assert events(tmp_path / "run")[-1]["key"] == "training.optimizer.name"


def test_bf16_trains_on_the_cpu(place: Workplace, tmp_path: Path) -> None:
    assert place.train(tmp_path / "run", training__precision="bf16", training__steps=3) == 0
    weights = load_file(tmp_path / "run" / "checkpoints" / "step-0000003" / "weights.safetensors")
    assert weights["vae_encoder.0.weight"].dtype == torch.float32


def test_bad_data_is_named(tmp_path: Path) -> None:
    place = Workplace.at(tmp_path / "place")
    (place.folder / "data" / "images" / "7.png").write_bytes(b"no image")
    assert place.train(tmp_path / "run") == 1
    failed = events(tmp_path / "run")[-1]
    assert "metadata.jsonl:8" in failed["message"] and failed["key"] == "data.train"


def test_a_wrong_configuration_is_an_event_too(place: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert place.train(tmp_path / "run", "--json-events", training__btach=3) == 2
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["key"]) == ("failed", "training.btach")
    assert "Did you mean batch?" in event["message"]
    assert not (tmp_path / "run").exists()


def test_two_trainers_do_not_share_a_run(
    place: Workplace, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    run = tmp_path / "run"
    monkeypatch.setenv("TINY_TASK", "slow")
    process = forked(place.train, run)
    _wait_for(lambda: only(run, "step"), process)
    monkeypatch.delenv("TINY_TASK")
    assert place.train(run, "--resume") == 0
    process.join(20)
    assert f"Waiting for process {process.pid}" in capsys.readouterr().err
    assert process.exitcode == 0
    assert_same_weights(run, whole)


PARENT = """
import subprocess, sys
trainer = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=open(sys.argv[1], "wb"))
print(trainer.pid, flush=True)
trainer.wait()
"""


def test_a_trainer_is_not_orphaned(place: Workplace, whole: Path, tmp_path: Path) -> None:
    """SIGKILL to the program that started it; and stdout has events only, although the task prints."""
    run, stdout = tmp_path / "run", tmp_path / "stdout"
    trainer = [sys.executable, str(Path(__file__).with_name("tiny_task.py")), "train", str(place.configuration())]
    trainer += ["--run", str(run), "--json-events"]
    environment = {**os.environ, "TINY_TASK": "noisy+slow", "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(stdout), *trainer], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        pid = int(parent.stdout.readline())
        _wait_for(lambda: only(run, "step"), parent, 120)
        parent.kill()
    _wait_for(lambda: events(run)[-1]["event"] == "interrupted", None, 20)
    _wait_for(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2], None, 20)
    step = events(run)[-1]["step"]
    assert (run / "checkpoints" / f"step-{step:07}").is_dir()
    told = [json.loads(line) for line in stdout.read_text().splitlines()]
    assert [event for event in told if event["event"] == "step"] == only(run, "step")
    assert told[-1]["event"] == "interrupted"
    place.configuration()
    assert place.train(run, "--resume") == 0
    assert_same_weights(run, whole)


def test_events_fit_their_schema(whole: Path, place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = json.loads(files("sar_trainer.train").joinpath("events.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    monkeypatch.setenv("TINY_TASK", "nan@8")
    assert place.train(tmp_path / "run") == 1
    seen = set()
    for event in events(whole) + events(tmp_path / "run"):
        validator.validate(event)
        seen.add(event["event"])
    assert seen == {"started", "step", "validation", "checkpoint", "stage", "finished", "failed"}
    assert not validator.is_valid({**events(whole)[-1], "event": "surprise"})


def test_tables_take_new_columns_and_forget_later_steps(tmp_path: Path) -> None:
    table = Table(tmp_path / "t.csv", 0)
    table.add(1, {"loss": 0.5})
    table.add(2, {"loss": 0.25, "terms.late": float("nan")})
    table.add(3, {"terms.late": 1.0})
    assert (tmp_path / "t.csv").read_text().split() == ["step,loss,terms.late", "1,0.5,", "2,0.25,nan", "3,,1.0"]
    with (tmp_path / "t.csv").open("a") as file:
        file.write("4,0.1")  # cut short
    again = Table(tmp_path / "t.csv", 2)
    again.add(3, {"loss": 0.125})
    assert (tmp_path / "t.csv").read_text().split() == ["step,loss,terms.late", "1,0.5,", "2,0.25,nan", "3,0.125,"]


def test_a_line_that_was_cut_short_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"v":1,"eve')
    events_ = Events()
    events_.keep_in(file)
    events_.message("here")
    events_.close()
    assert json.loads(file.read_text().splitlines()[1])["text"] == "here"


def _wait_for(condition: object, process: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (OSError, ValueError, IndexError):
            pass
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s; {process}")
