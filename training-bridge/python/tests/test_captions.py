"""Captions by tiny image-text models of two families, drawn at random: what counts is the way from picture to file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    CLIPImageProcessor,
    GitConfig,
    GitForCausalLM,
    GitProcessor,
    PreTrainedTokenizerFast,
)

from sar_trainer.captions import CaptionRequest, ModelChoice, caption_images
from sar_trainer.captions.jobs import Job, jobs_of_folder, jobs_of_list
from sar_trainer.captions.journal import Caption, CaptionJournal
from sar_trainer.cli import main
from sar_trainer.errors import SarTrainerError

WORDS = [
    "a",
    "an",
    "the",
    "of",
    "image",
    "forest",
    "field",
    "road",
    "river",
    "dense",
    "plowed",
    "with",
    "and",
    "trees",
    "houses",
]


def tokenizer() -> PreTrainedTokenizerFast:
    """A word per token, in BERT's dress."""
    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]"
    )


def tiny_git(folder: Path) -> Path:
    """A GIT (decoder-only) of a few thousand weights."""
    torch.manual_seed(0)
    size = len(WORDS) + 5
    config = GitConfig(
        vision_config={
            "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
            "image_size": 32, "patch_size": 16,
        },
        vocab_size=size, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, bos_token_id=2, eos_token_id=3, pad_token_id=0,
    )  # fmt: skip
    GitForCausalLM(config).save_pretrained(folder)
    images = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    GitProcessor(images, tokenizer()).save_pretrained(folder)
    return folder


def tiny_blip(folder: Path) -> Path:
    """A BLIP (encoder and decoder) of a few thousand weights."""
    torch.manual_seed(1)
    size = len(WORDS) + 5
    config = BlipConfig(
        text_config={
            "vocab_size": size, "hidden_size": 16, "encoder_hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
            "num_attention_heads": 2, "max_position_embeddings": 64, "projection_dim": 16, "bos_token_id": 2, "eos_token_id": 3,
            "sep_token_id": 3, "pad_token_id": 0,
        },
        vision_config={
            "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 32,
            "patch_size": 16, "projection_dim": 16,
        },
        projection_dim=16,
    )  # fmt: skip
    BlipForConditionalGeneration(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    words = BertTokenizer(str(folder / "vocab.txt"))
    BlipProcessor(BlipImageProcessor(size={"height": 32, "width": 32}), words).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_git(tmp_path_factory.mktemp("models") / "git")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    random = np.random.default_rng(5)
    for i in range(6):
        Image.fromarray(random.integers(0, 256, (40, 40), dtype=np.uint8)).save(folder / f"patch_{i}.png")
    return folder


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_git_captions_equal_those_of_transformers_alone(git: Path, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "captions.jsonl"
    report = caption_images(CaptionRequest(jobs_of_folder(images), ModelChoice(str(git), max_new_tokens=8), out), print)
    assert (report.captions, report.new, report.unreadable) == (6, 6, ())

    processor = GitProcessor.from_pretrained(git)
    model = GitForCausalLM.from_pretrained(git).eval()
    for entry in lines(out):
        picture = Image.open(images / f"{entry['name']}.png").convert("RGB")
        tokens = model.generate(**processor(images=picture, return_tensors="pt"), max_new_tokens=8, do_sample=False)
        expected = " ".join(processor.batch_decode(tokens, skip_special_tokens=True)[0].split())
        assert entry["caption"] == expected
        assert entry["model"] == str(git)


def test_a_prompt_is_asked_and_not_repeated(git: Path, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "captions.jsonl"
    choice = ModelChoice(str(git), max_new_tokens=5)
    caption_images(CaptionRequest(jobs_of_folder(images)[:2], choice, out, prompt="dense forest"), print)
    assert all(not entry["caption"].startswith("dense forest") and entry["prompt"] == "dense forest" for entry in lines(out))


def test_blip_works_too(images: Path, tmp_path: Path) -> None:
    out = tmp_path / "captions.jsonl"
    blip = tiny_blip(tmp_path / "blip")
    caption_images(CaptionRequest(jobs_of_folder(images), ModelChoice(str(blip), max_new_tokens=6), out), print)
    assert len(lines(out)) == 6
    assert any(entry["caption"] for entry in lines(out))
    asked = CaptionRequest(jobs_of_folder(images)[:2], ModelChoice(str(blip), max_new_tokens=6), out, prompt="dense forest")
    assert caption_images(asked, print).new == 2
    # BLIP goes on with what it is given: the prompt is how its caption begins.
    assert all(entry["caption"].startswith("dense forest") for entry in lines(out)[6:])


def test_what_is_done_is_not_done_again(git: Path, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "captions.jsonl"
    choice = ModelChoice(str(git), max_new_tokens=4)
    jobs = jobs_of_folder(images)
    caption_images(CaptionRequest(jobs[:4], choice, out), print)
    before = out.read_bytes()
    # A line that a killed process began.
    out.write_bytes(before + b'{"name": "patch_4", "cap')
    report = caption_images(CaptionRequest(jobs, choice, out), print)
    assert report.new == 2
    assert out.read_bytes().startswith(before)
    assert [entry["name"] for entry in lines(out)] == [job.name for job in jobs]
    # Another prompt is another question.
    assert caption_images(CaptionRequest(jobs[:1], choice, out, prompt="a"), print).new == 1


def test_a_killed_captioner_goes_on(git: Path, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "captions.jsonl"
    command = [sys.executable, "-m", "sar_trainer", "caption", str(git), "--images", str(images), "--out", str(out)]
    command += ["--batch-size", "1", "--max-new-tokens", "6", "--device", "cpu"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and not (out.exists() and out.stat().st_size):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert main(command[3:]) == 0
    killed = {entry["name"]: entry["caption"] for entry in lines(out)}
    assert len(lines(out)) == 6
    whole = tmp_path / "whole.jsonl"
    assert main([*command[3:7], "--out", str(whole), "--max-new-tokens", "6", "--batch-size", "1"]) == 0
    assert killed == {entry["name"]: entry["caption"] for entry in lines(whole)}


def test_an_unreadable_image_is_passed_over(git: Path, images: Path, tmp_path: Path) -> None:
    (images / "patch_2.png").write_bytes(b"no picture")
    said: list[str] = []
    out = tmp_path / "captions.jsonl"
    report = caption_images(CaptionRequest(jobs_of_folder(images), ModelChoice(str(git), max_new_tokens=3), out), said.append)
    assert report.unreadable == ("patch_2",)
    assert any("patch_2.png cannot be read" in line for line in said)
    assert len(lines(out)) == 5


def test_a_part_of_an_image_is_cut_before_it_is_shown(tmp_path: Path) -> None:
    image = np.zeros((100, 200), dtype=np.uint8)
    image[50:, 100:] = 255
    Image.fromarray(image).save(tmp_path / "optical.png")
    picture = Job("patch", tmp_path / "optical.png", (0.5, 0.5, 1, 1)).picture()
    assert picture.size == (100, 50)
    assert np.asarray(picture).min() == 255


def test_sixteen_bits_are_seen_by_their_upper_byte(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 256, 65535]], dtype=np.uint16)).save(tmp_path / "patch.png")
    assert np.asarray(Job("patch", tmp_path / "patch.png").picture())[0, :, 0].tolist() == [0, 1, 255]


def test_a_list_of_jobs_says_which_line_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "jobs.jsonl").write_text('{"name": "a", "image": "a.png"}\n{"name": "b"}\n')
    with pytest.raises(SarTrainerError, match=r"Line 2 of .*jobs\.jsonl is no job"):
        jobs_of_list(tmp_path / "jobs.jsonl")


def test_a_model_that_is_not_there_is_a_usage_error(images: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = ["caption", "nobody/nothing", "--images", str(images), "--out", str(tmp_path / "captions.jsonl")]
    assert main(arguments) == 2
    assert "allow its download" in capsys.readouterr().err


def test_a_damaged_line_is_told(tmp_path: Path) -> None:
    file = tmp_path / "captions.jsonl"
    file.write_bytes(Caption("a", "b", "m").line() + b"nonsense\n")
    with pytest.raises(SarTrainerError, match="damaged"):
        CaptionJournal(file)
