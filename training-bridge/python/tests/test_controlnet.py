"""The task ``controlnet``, and its control images against the numbers that the Java classes are tested with."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel, DDPMScheduler, StableDiffusionXLPipeline
from diffusion_cases import configuration, write_images, write_model
from PIL import Image
from scipy import ndimage, signal
from task_cases import first_batch, take_steps, task

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.source import DiffusersFolder
from sar_trainer.train.config import LowResolution, TrainingConfig
from sar_trainer.train.controlnet.condition import EdgeCondition, LowResolutionCondition
from sar_trainer.train.controlnet.degradation import box_mean, brought_back, circular_noise, degrade, normalised
from sar_trainer.train.controlnet.edges import ratio_edges
from sar_trainer.train.controlnet.resampling import AxisPlan, resample, spacing_ratio
from sar_trainer.train.draws import Draws

GOLDENS = Path(__file__).parent / "data"
#: What the Java classes are tested with, written by conditioning_goldens.py with NumPy and SciPy.
CONDITIONING = Path(__file__).resolve().parents[3] / "conditioning/src/test/resources/org/sardiffusion/conditioning"


def test_ratios_and_lengths_are_those_of_the_java_classes() -> None:
    assert spacing_ratio(1.35, 0.40) == Fraction(27, 8)
    assert spacing_ratio(0.40, 0.80) == Fraction(1, 2)
    # AxisPlanTest has these: the ratio is exact, the margin at least 32 pixels at each end, the lengths quick to transform.
    plan = AxisPlan.of(71, Fraction(27, 8), 240)
    assert (plan.padded_output * 8, plan.output) == (plan.padded_input * 27, 240)
    assert plan.padded_input >= 71 + 64
    assert AxisPlan.of(240, Fraction(8, 27)).output == 71


@pytest.mark.parametrize("ratio", [Fraction(27, 8), Fraction(8, 27), Fraction(3, 2), Fraction(1, 2), Fraction(1)])
@pytest.mark.parametrize("kind", [float, complex])
def test_resampling_equals_scipy(ratio: Fraction, kind: type) -> None:
    generator = np.random.default_rng(3)
    image = generator.standard_normal((40, 57)) + (1j * generator.standard_normal((40, 57)) if kind is complex else 0)
    rows, columns = AxisPlan.of(40, ratio), AxisPlan.of(57, ratio)
    expected = image
    for axis, plan in ((1, columns), (0, rows)):
        lines = np.moveaxis(expected, axis, -1)
        expected = np.moveaxis(_by_scipy(lines, plan), -1, axis)
    found = resample(image, rows, columns)
    assert found.dtype == kind and found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-12)


def _by_scipy(lines: np.ndarray, plan: AxisPlan) -> np.ndarray:
    """Mirror images of both ends, faded into each other, then ``scipy.signal.resample``."""
    if plan.padded_input == plan.padded_output:
        return lines
    padding = plan.padded_input - plan.input
    right = np.pad(lines, ((0, 0), (0, padding)), mode="symmetric")[:, plan.input :]
    left = np.pad(lines, ((0, 0), (padding, 0)), mode="symmetric")[:, :padding]
    fade = (np.arange(padding) + 0.5) / padding
    padded = np.concatenate([lines, (1 - fade) * right + fade * left], axis=1)
    return signal.resample(padded, plan.padded_output, axis=1)[:, : plan.output]


def test_control_images_are_those_of_the_java_classes() -> None:
    """``conditioning_goldens.py`` made the numbers by SciPy; Java's degradation and upscaling are tested on them."""
    goldens = np.load(GOLDENS / "low_resolution_control.npz")
    amplitude, noise = goldens["amplitude"].astype(np.float64), goldens["noise"].astype(np.complex128)
    coarser, finer = spacing_ratio(0.40, 1.35), spacing_ratio(1.35, 0.40)
    coarse = degrade(amplitude, coarser, noise)
    assert np.abs(np.abs(coarse) - goldens["degraded"]).max() < 2e-6 * goldens["degraded"].max()
    for kind, image in (("complex", coarse), ("amplitude", np.abs(coarse))):
        control = normalised(brought_back(image, finer, amplitude.shape))
        assert np.abs(control - goldens[f"control_{kind}"]).max() < 5e-6


def test_the_box_mean_equals_scipy() -> None:
    image = np.random.default_rng(4).random((23, 31))
    np.testing.assert_allclose(box_mean(image, 3, 5), ndimage.uniform_filter(image, (3, 5), mode="reflect"), atol=1e-14)
    np.testing.assert_allclose(box_mean(image, 1, 1), image, atol=1e-14)


def test_degraded_speckle_is_single_look_and_follows_the_scene() -> None:
    generator = np.random.default_rng(5)
    scene = np.where(np.arange(540) < 270, 1.0, 5.0) * np.abs(circular_noise((540, 540), generator))
    coarse = degrade(scene, Fraction(8, 27), circular_noise(scene.shape, generator))
    assert coarse.shape == (160, 160)
    assert np.mean(np.abs(coarse) ** 2) == pytest.approx(np.mean(scene**2), rel=0.03)
    for side, intensity in ((np.s_[:, 5:75], 1.0), (np.s_[:, 85:155], 25.0)):
        power = np.abs(coarse[side]) ** 2
        assert power.mean() == pytest.approx(intensity, rel=0.08)
        assert power.mean() ** 2 / power.var() == pytest.approx(0.93, rel=0.12)
    black = degrade(np.zeros((30, 30)), Fraction(8, 27), circular_noise((30, 30), generator))
    assert not black.any() and not normalised(brought_back(black, Fraction(27, 8), (30, 30))).any()


def test_several_looks_have_weaker_speckle() -> None:
    contrast = {}
    for looks in (1, 4):
        condition = LowResolutionCondition(LowResolution(0.40, 0.80, looks))
        control = condition.control(np.full((200, 200), 0.4), np.random.default_rng(6))
        contrast[looks] = control.mean() / control.std()
        assert control.dtype == np.float32 and control.min() >= 0 and control.max() <= 1
    assert contrast[1] == pytest.approx(1.95, rel=0.1)
    assert contrast[4] > 1.7 * contrast[1]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("controlnet") / "model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train")


def controlnet(model: Path, data: Path, **settings: Any) -> TrainingConfig:
    return configuration(
        model,
        data,
        task="controlnet",
        components={"controlnet": {"train": "full", "learning_rate": 1e-3}},
        controlnet={"condition": {"kind": "low-resolution"}} | settings,
        validation={"images": 2, "steps": 2},
    )


def test_the_loss_equals_a_plain_computation(model: Path, data: Path) -> None:
    config = controlnet(model, data)
    trained, batch, draws = task(config), first_batch(config), Draws(5, 3, 1)
    with torch.no_grad():  # else the ControlNet adds nothing yet
        for name, parameter in trained.modules["controlnet"].named_parameters():
            if "controlnet_" in name:
                parameter.normal_(0, 0.1, generator=torch.Generator().manual_seed(len(name)))
    loss = float(trained.loss("model", batch, draws).total)
    control = LowResolutionCondition(config.controlnet.condition).images(batch, draws)
    assert control.shape == batch.image.shape and torch.equal(control[:, 0], control[:, 2])

    pipeline = StableDiffusionXLPipeline.from_pretrained(model, local_files_only=True)
    scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)
    with torch.no_grad():
        posterior = pipeline.vae.encode(batch.image).latent_dist
        shape = posterior.mean.shape
        latents = posterior.mean + posterior.std * torch.randn(shape, generator=draws.generator("latents"))
        latents = latents * pipeline.vae.config.scaling_factor
        generator = draws.generator("noise")
        noise = torch.randn(shape, generator=generator) + 0.035 * torch.randn(3, 4, 1, 1, generator=generator)
        timesteps = torch.randint(0, 1000, (3,), generator=draws.generator("timesteps"))
        hidden, _, pooled, _ = pipeline.encode_prompt(list(batch.texts), do_classifier_free_guidance=False)
        ids = torch.tensor([[o[1], o[0], c[1], c[0], 16, 16] for o, c in zip(batch.original_sizes, batch.crops, strict=True)])
        added = {"text_embeds": pooled, "time_ids": ids.float()}
        noisy = scheduler.add_noise(latents, noise, timesteps)
        down, middle = trained.modules["controlnet"](
            noisy, timesteps, hidden, controlnet_cond=control, added_cond_kwargs=added, return_dict=False
        )
        residuals = {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}
        prediction = pipeline.unet(noisy, timesteps, hidden, added_cond_kwargs=added, **residuals).sample
        plain = pipeline.unet(noisy, timesteps, hidden, added_cond_kwargs=added).sample
    assert loss == pytest.approx(float(torch.nn.functional.mse_loss(prediction, noise)), rel=1e-5)
    assert loss != pytest.approx(float(torch.nn.functional.mse_loss(plain, noise)), rel=1e-3)


def test_it_learns_and_is_saved_where_the_exporter_looks(model: Path, data: Path, tmp_path: Path) -> None:
    trained, batch = task(controlnet(model, data)), first_batch(controlnet(model, data))
    losses = take_steps(trained, batch, 4)
    assert losses[-1] < losses[0]
    saved = trained.save(tmp_path)
    folder = DiffusersFolder.open(saved.model)
    assert [place.path.name for place in folder.controlnets] == ["controlnet"]
    again = ControlNetModel.from_pretrained(saved.model / "controlnet").state_dict()
    assert all(torch.equal(value, again[name]) for name, value in trained.modules["controlnet"].state_dict().items())
    for component in ("unet", "vae", "text_encoder"):
        file = next((model / component).glob("*.safetensors"))
        assert (saved.model / component / file.name).read_bytes() == file.read_bytes()

    config = controlnet(model, data, **{"from": str(saved.model / "controlnet")})
    assert float(task(config).loss("model", batch, Draws(0, 0)).total) == pytest.approx(
        float(trained.loss("model", batch, Draws(0, 0)).total), rel=1e-5
    )


def test_validation_paints_the_control_images_again(model: Path, data: Path, tmp_path: Path) -> None:
    trained = task(controlnet(model, data))
    found = trained.validate(tmp_path, 1)
    assert found == trained.validate(tmp_path, 1), "the same numbers each time"
    assert {"kl_amplitude", "local_mean_correlation", "denoising"} <= found.keys()
    with Image.open(tmp_path / "controlled.png") as sheet:
        assert sheet.size == (2 * 16, 3 * 16)


def test_control_images_from_files_are_cut_as_the_image_is(model: Path, data: Path) -> None:
    for k in range(4):
        with Image.open(data / f"{k}.png") as image:
            Image.merge("RGB", [image, image, image]).save(data / f"map-{k}.png")
    lines = (data / "metadata.jsonl").read_text().splitlines()
    lines = [line[:-1] + f', "control": "map-{k}.png"}}' for k, line in enumerate(lines)]
    (data / "metadata.jsonl").write_text("\n".join(lines))
    config = controlnet(model, data, condition={"kind": "paired"})
    trained, batch = task(config), first_batch(config, column="control")
    torch.testing.assert_close(batch.control, (batch.image + 1) / 2)
    assert torch.isfinite(trained.loss("model", batch, Draws(0, 0)).total)


def test_edges_equal_numpy() -> None:
    amplitude = torch.from_numpy(np.load(CONDITIONING / "amplitude.npy"))[None, None]
    expected = torch.from_numpy(np.load(GOLDENS / "edges_7.npy"))
    torch.testing.assert_close(ratio_edges(amplitude, 7)[0, 0], expected.reshape(amplitude.shape[2:]), atol=1e-5, rtol=0)
    assert ratio_edges(torch.zeros(1, 1, 3, 4), 3).max() == 0, "a black image has no edges"
    assert ratio_edges(torch.rand(1, 1, 2, 2), 7).shape == (1, 1, 2, 2), "an image smaller than the window"


def test_edges_of_the_training_image_steer(model: Path, data: Path) -> None:
    config = controlnet(model, data, condition={"kind": "edges", "window": 3})
    trained, batch = task(config), first_batch(config)
    control = EdgeCondition(config.controlnet.condition).images(batch, Draws(0, 0))
    assert control.shape == batch.image.shape and 0 < control.min() < control.max() <= 1
    assert torch.isfinite(trained.loss("model", batch, Draws(0, 0)).total)


def test_what_can_not_be_trained_is_refused(model: Path, data: Path) -> None:
    with pytest.raises(SarTrainerError, match="missing keys"):
        task(controlnet(model, data, **{"from": str(model / "unet")}))
    with pytest.raises(UsageError, match="is no ControlNet"):
        task(controlnet(model, data, **{"from": str(data)}))
