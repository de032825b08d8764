"""The task ``autoencoder``: its losses and measures against NumPy and known speckle, and whole steps on a toy."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL
from diffusion_cases import configuration, write_images, write_model
from task_cases import first_batch, take_steps, task
from torch import Tensor

from sar_trainer.errors import UsageError
from sar_trainer.train.autoencoder import losses
from sar_trainer.train.autoencoder.discriminator import MultiScaleDiscriminator
from sar_trainer.train.autoencoder.measures import glcm_contrast, texture_measures
from sar_trainer.train.batches import Sampler
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.data import ImageFolder
from sar_trainer.train.draws import Draws

ALL = {"vae_encoder": {"train": "full"}, "vae_decoder": {"train": "full"}}
LOSSES = {"l1": 1, "multiscale_l1": 1, "local_moments": 1, "spectrum": 1, "adversarial": 1, "kl_amplitude": 1, "kl_latent": 1}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("autoencoder") / "model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train")


def autoencoder(model: Path, data: Path, components: dict[str, Any], **settings: Any) -> TrainingConfig:
    return configuration(
        model,
        data,
        task="autoencoder",
        components=components,
        autoencoder={"crop": 16, "losses": LOSSES} | settings,
        data={"masked": "exclude"},
        validation={"images": 4},
    )


def speckle(seed: int, *shape: int) -> Tensor:
    """Single-look amplitude of mean 0.3: Rayleigh."""
    generator = np.random.default_rng(seed)
    return torch.from_numpy(generator.rayleigh(0.3 / np.sqrt(np.pi / 2), shape)).float()


def test_pixels_that_do_not_count_change_nothing() -> None:
    real, made, mask = speckle(1, 2, 1, 64, 64), speckle(2, 2, 1, 64, 64), torch.ones(2, 1, 64, 64)
    mask[0, :, 16:32, 24:40] = 0
    spoilt = torch.where(mask == 1, made, torch.full_like(made, 7.0))
    for name in ("l1", "multiscale_l1", "local_moments", "spectrum"):
        loss = getattr(losses, name)
        assert float(loss(real, spoilt, mask)) == pytest.approx(float(loss(real, made, mask)), rel=1e-5), name
        assert float(loss(real, spoilt, torch.ones_like(mask))) > float(loss(real, made, torch.ones_like(mask))), name
        assert float(loss(real, real, mask)) == pytest.approx(0, abs=1e-6), name
    assert texture_measures(real, spoilt, mask) == pytest.approx(texture_measures(real, made, mask))


def test_local_moments_equal_numpy() -> None:
    real, made = speckle(3, 1, 1, 16, 16), speckle(4, 1, 1, 16, 16)
    a, b = real[0, 0].double().numpy(), made[0, 0].double().numpy()
    expected = 0.0
    for window in (8, 16):
        starts = range(0, 16 - window + 1, window // 2)
        cuts = [np.s_[y : y + window, x : x + window] for y in starts for x in starts]
        expected += np.mean([abs(a[c].mean() - b[c].mean()) + abs(a[c].std() - b[c].std()) for c in cuts]) / 2
    assert float(losses.local_moments(real, made, torch.ones_like(real))) == pytest.approx(expected, rel=1e-4)


def test_the_spectral_loss_tells_speckle_from_a_smooth_and_from_a_periodic_texture() -> None:
    real, other = speckle(5, 8, 1, 96, 96), speckle(6, 8, 1, 96, 96)
    smooth = torch.nn.functional.avg_pool2d(speckle(7, 8, 1, 98, 98), 3, 1)
    y, x = torch.meshgrid(torch.arange(96), torch.arange(96), indexing="ij")
    grid = (0.3 + 0.15 * torch.cos(torch.pi / 2 * x) + 0.15 * torch.cos(torch.pi / 2 * y)).expand(8, 1, 96, 96)
    mask = torch.ones_like(real)
    same = float(losses.spectrum(real, other, mask))
    assert same < 0.3
    assert float(losses.spectrum(real, smooth, mask)) > 3 * same
    assert float(losses.spectrum(real, grid, mask)) > 10 * same
    assert float(losses.repeating_share(grid, mask)) == pytest.approx(1, abs=0.05)
    # Windows of random speckle have no common part: 1 / N of the power is left of N = 8 x 25 overlapping ones, or little more.
    assert float(losses.repeating_share(other, mask)) < 0.03
    assert float(losses.spectrum(real[:1, :, :40, :40], other[:1, :, :40, :40], mask[:1, :, :40, :40])) == 0, "one window only"


def test_latent_kl_equals_torch_distributions() -> None:
    mean, log_variance = torch.randn(2, 4, 3, 5, generator=torch.Generator().manual_seed(1)), torch.full((2, 4, 3, 5), -0.7)
    given = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    expected = torch.distributions.kl_divergence(given, torch.distributions.Normal(0, 1)).sum() / 2
    assert float(losses.latent_kl(mean, log_variance)) == pytest.approx(float(expected), rel=1e-5)


def test_measures_know_speckle() -> None:
    real, other, mask = speckle(8, 6, 1, 128, 128), speckle(9, 6, 1, 128, 128), torch.ones(6, 1, 128, 128)
    found = texture_measures(real, other, mask)
    # Rayleigh: contrast sqrt(pi / (4 - pi)); the medians of windows of 256 pixels lie a little above.
    assert found["contrast"] == pytest.approx(np.sqrt(np.pi / (4 - np.pi)), rel=0.03)
    assert found["enl"] == pytest.approx(1, rel=0.06)
    assert found["kl_amplitude"] < 0.003
    assert abs(found["glcm_contrast"]) < 0.03 and abs(found["grid"]) < 0.02
    assert texture_measures(real, real * 0.5 + 0.15, mask)["contrast"] > 1.8 * found["contrast"]


def test_glcm_contrast_equals_the_matrix() -> None:
    image = speckle(10, 1, 1, 20, 30).clamp(0, 1)
    levels = (image[0, 0] * 255).round().long().numpy()
    distance = np.subtract.outer(np.arange(256), np.arange(256)) ** 2
    contrasts = []
    for one, neighbour in ((levels[:, :-1], levels[:, 1:]), (levels[1:], levels[:-1])):
        matrix = np.zeros((256, 256))
        np.add.at(matrix, (one.ravel(), neighbour.ravel()), 1)
        contrasts.append((matrix / matrix.sum() * distance).sum())
    assert glcm_contrast(image, torch.ones_like(image)) == pytest.approx(np.mean(contrasts), rel=1e-5)


def test_the_loss_is_the_sum_of_its_terms_on_the_same_crops(model: Path, data: Path) -> None:
    weights = {name: 0.0 for name in LOSSES} | {"l1": 2.0, "kl_latent": 0.5}
    config = autoencoder(model, data, ALL, losses=weights, latents={"spread": [1.0, 1.0], "noise": 0.0})
    trained, batch, draws = task(config), first_batch(config), Draws(0, 4, 1)
    loss = trained.loss("model", batch, draws)
    assert len(trained.trainables) == 1, "no adversarial loss, no discriminator"
    vae = AutoencoderKL.from_pretrained(model / "vae")
    posterior = vae.encode(batch.image).latent_dist
    own = draws.generator("latents")
    torch.rand((3, 1, 1, 1), generator=own), torch.rand((3, 1, 1, 1), generator=own)
    decoded = vae.decode(posterior.mean + posterior.std * torch.randn(posterior.mean.shape, generator=own)).sample
    difference = ((decoded.mean(1, keepdim=True) - batch.image[:, :1]) / 2).abs() * batch.mask
    expected = 2 * difference.sum() / batch.mask.sum() + 0.5 * posterior.kl().mean()
    assert (batch.mask == 0).any()
    assert float(loss.total) == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize(
    ("components", "trained_keys"),
    [
        ({"vae_decoder": {"train": "full", "learning_rate": 1e-3}}, ("decoder.", "post_quant_conv.")),
        ({"vae_encoder": {"train": "full"}}, ("encoder.", "quant_conv.")),
        (
            {"vae_decoder": {"train": "lora", "rank": 2}, "vae_encoder": {"train": "full"}},
            ("decoder.", "encoder.", "quant_conv."),
        ),
    ],
)
def test_what_is_trained_changes_and_nothing_else(
    model: Path, data: Path, tmp_path: Path, components: dict[str, Any], trained_keys: tuple[str, ...]
) -> None:
    config = autoencoder(model, data, components, latents={"spread": [0.0, 1.0], "noise": 0.1})
    trained, batch = task(config), first_batch(config)
    take_steps(trained, batch, 2)
    saved = trained.save(tmp_path)
    before = AutoencoderKL.from_pretrained(model / "vae").state_dict()
    finished = AutoencoderKL.from_pretrained(saved.model / "vae")
    changed = {name for name, value in finished.state_dict().items() if not torch.equal(value, before[name])}
    assert changed and all(name.startswith(trained_keys) for name in changed)
    assert {name.split(".")[0] for name in changed} >= {key.split(".")[0] for key in trained_keys if key != "decoder."}
    image = batch.image[:1]
    with torch.no_grad():
        torch.testing.assert_close(
            finished.decode(finished.encode(image).latent_dist.mean).sample,
            trained.modules["vae"].decode(trained.modules["vae"].encode(image).latent_dist.mean).sample,
            rtol=1e-4,
            atol=1e-5,
        )
    factor = json.loads((saved.model / "vae/config.json").read_text())["scaling_factor"]
    assert (factor != json.loads((model / "vae/config.json").read_text())["scaling_factor"]) == ("vae_encoder" in components)
    assert (saved.model / "unet/config.json").is_file()


def test_the_scaling_factor_is_that_of_the_new_latents(model: Path, data: Path, tmp_path: Path) -> None:
    config = autoencoder(model, data, ALL, losses={"l1": 1.0, "adversarial": 0.0})
    trained = task(config)
    saved = trained.save(tmp_path)
    vae = AutoencoderKL.from_pretrained(saved.model / "vae")
    folder = ImageFolder.open(config.data.train)
    sampler = Sampler(folder, config.data, config.seed)
    with torch.no_grad():
        posterior = vae.encode(sampler.centred(tuple(range(len(folder)))).image).latent_dist
    # The variance of draws is that of the means and the mean variance.
    expected = (posterior.mean.var(correction=0) + posterior.var.mean()).sqrt()
    assert vae.config.scaling_factor == pytest.approx(1 / float(expected), rel=0.05)


def test_the_discriminator_sees_the_reconstructions_of_the_models_turn(model: Path, data: Path) -> None:
    config = autoencoder(model, data, {"vae_decoder": {"train": "full"}}, discriminator={"start": 1})
    trained, batch = task(config), first_batch(config)
    assert [trainable.name for trainable in trained.trainables] == ["model", "discriminator"]
    assert "adversarial" not in trained.loss("model", batch, Draws(0, 0)).terms
    assert float(trained.loss("discriminator", batch, Draws(0, 0)).total) == 0
    fresh = task(config)
    assert "adversarial" in trained.loss("model", batch, Draws(0, 1)).terms
    fresh.modules["discriminator"].load_state_dict(trained.modules["discriminator"].state_dict())
    remembered = trained.loss("discriminator", batch, Draws(0, 1)).total
    made_again = fresh.loss("discriminator", batch, Draws(0, 1)).total
    assert float(remembered) == pytest.approx(float(made_again), rel=1e-5)


def test_validation_writes_a_sheet_and_numbers(model: Path, data: Path, tmp_path: Path) -> None:
    from PIL import Image

    config = autoencoder(model, data, ALL)
    trained = task(replace(config, data=replace(config.data, masked="ignore")))
    found = trained.validate(tmp_path, 1)
    assert found == trained.validate(tmp_path, 1), "the same numbers each time"
    assert {"kl_amplitude", "enl", "enl_real", "contrast", "glcm_contrast", "sampled_enl"} <= found.keys()
    assert "enl" not in task(config).validate(tmp_path, 1), "no window without a masked pixel"
    with Image.open(tmp_path / "reconstructions.png") as sheet:
        assert sheet.size == (4 * 16, 3 * 16)


def test_what_can_not_be_trained_is_refused(model: Path, data: Path) -> None:
    with pytest.raises(UsageError, match="multiple of the VAE's factor 2"):
        task(autoencoder(model, data, ALL, crop=15))


def test_a_new_vae_is_drawn_from_the_seed(model: Path, data: Path) -> None:
    config = replace(autoencoder(model, data, ALL), initialise="random")
    first, second = (task(config).modules["vae"].state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    pretrained = AutoencoderKL.from_pretrained(model / "vae").state_dict()
    assert not torch.equal(first["encoder.conv_in.weight"], pretrained["encoder.conv_in.weight"])


def test_the_scales_of_the_discriminator_weigh_the_same() -> None:
    scores = [torch.full((2, 1, 8, 8), 3.0), torch.full((2, 1, 2, 2), -1.0)]
    assert float(losses.generator_hinge(scores)) == -1.0
    # Hinges: real 3 and -1 give 0 and 2, made 3 and -1 give 4 and 0.
    assert float(losses.discriminator_hinge(scores, scores)) == pytest.approx(((0 + 4) + (2 + 0)) / 2 / 2)


def test_a_coarse_discriminator_sees_averages_only() -> None:
    image = speckle(3, 1, 1, 32, 32)
    # The same block means, other pixels.
    other = torch.nn.functional.interpolate(torch.nn.functional.avg_pool2d(image, 4), scale_factor=4)
    discriminator = MultiScaleDiscriminator((1, 4)).eval()
    fine, coarse = zip(discriminator(image), discriminator(other), strict=True)
    assert not torch.allclose(*fine)
    torch.testing.assert_close(*coarse)


def test_the_scales_of_the_pixel_loss_can_be_chosen() -> None:
    real, made, mask = speckle(4, 1, 1, 32, 32), speckle(5, 1, 1, 32, 32), torch.ones(1, 1, 32, 32)
    each = [float(losses.multiscale_l1(real, made, mask, [scale])) for scale in (4, 8)]
    assert float(losses.multiscale_l1(real, made, mask, [4, 8])) == pytest.approx(sum(each) / 2)
    blocks = [image.numpy().reshape(4, 8, 4, 8).mean((1, 3)) for image in (real, made)]
    assert each[1] == pytest.approx(np.abs(blocks[0] - blocks[1]).mean(), rel=1e-5)


def test_scales_that_do_not_fit_into_the_crop_are_refused(model: Path, data: Path) -> None:
    with pytest.raises(UsageError, match="scales"):
        task(autoencoder(model, data, ALL, discriminator={"scales": [1, 4]}))


def test_the_rest_of_the_pipeline_needs_no_weights(model: Path, data: Path, tmp_path: Path) -> None:
    shutil.copytree(model, tmp_path / "model")
    for name in ("unet", "text_encoder", "text_encoder_2"):
        for file in (tmp_path / "model" / name).glob("*.safetensors"):
            file.unlink()
    (tmp_path / "out").mkdir()
    saved = task(autoencoder(tmp_path / "model", data, ALL)).save(tmp_path / "out")
    assert AutoencoderKL.from_pretrained(saved.model / "vae") is not None
