"""The terms of the loss: amplitude divergence, masks, min-SNR, prior, prediction types."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusion_cases import TOY, configuration, image_batch, task, write_images, write_model
from scipy.stats import entropy

from sar_trainer.train.batches import Sampler
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.data import ImageFolder
from sar_trainer.train.diffusion.conditions import latent_mask
from sar_trainer.train.diffusion.histogram import EPSILON, SATURATION
from sar_trainer.train.diffusion.latents import LatentCodec
from sar_trainer.train.diffusion.task import DiffusionTask
from sar_trainer.train.draws import Draws


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("losses") / "model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train")


def terms(trained: DiffusionTask, config: TrainingConfig, draws: Draws = Draws(0, 0)) -> dict[str, float]:  # noqa: B008
    loss = trained.loss("model", image_batch(config), draws)
    return {"total": loss.total.item()} | {name: float(term) for name, term in loss.terms.items()}


def test_kl_is_that_of_the_decoded_prediction(model: Path, data: Path) -> None:
    """With timesteps at 0 the prediction is nearly the VAE's reconstruction, whatever the UNet says."""
    kl = {"kl": {"weight": 0.7}, "timesteps": [0.0, 0.001], "noise_offset": 0.0}
    config = configuration(model, data, components={"vae_decoder": {"train": "full"}}, diffusion=kl)
    trained = task(config)
    batch = image_batch(config)
    found = terms(trained, config)
    assert found["total"] == pytest.approx(found["denoising"] + 0.7 * found["kl"], rel=1e-6)

    vae = trained.model.networks["vae"]
    draws = Draws(0, 0)
    with torch.no_grad():
        posterior = vae.encode(batch.image).latent_dist
        latents = posterior.mean + posterior.std * torch.randn(posterior.mean.shape, generator=draws.generator("latents"))
        noise = torch.randn(latents.shape, generator=draws.generator("noise"))
        unit = latents * vae.config.scaling_factor
        noisy = (1 - 0.00085) ** 0.5 * unit + 0.00085**0.5 * noise
        ids = torch.tensor([[18, 20, 1, 2, 16, 16]] * 3).float()
        from sar_trainer.train.diffusion.prompts import PromptEncoder

        conditioning = PromptEncoder(trained.model).encode(list(batch.texts))
        added = {"text_embeds": conditioning.pooled, "time_ids": ids}
        predicted = trained.model.networks["unet"](noisy, torch.zeros(3), conditioning.hidden, added_cond_kwargs=added).sample
        clean = (noisy - 0.00085**0.5 * predicted) / (1 - 0.00085) ** 0.5
        decoded = vae.decode(clean / vae.config.scaling_factor).sample
    real, generated = ((image.numpy().mean(axis=1) + 1) / 2 for image in (batch.image, decoded))
    p, q = (linear_histogram(amplitudes) for amplitudes in (real, generated))
    assert found["kl"] == pytest.approx(entropy(p + EPSILON, q + EPSILON), rel=1e-3)


def linear_histogram(amplitudes: np.ndarray) -> np.ndarray:
    """Each amplitude shared by the two bins around it: numpy's histogram of the lower and of the upper neighbours."""
    values = np.clip(amplitudes[amplitudes < SATURATION], 0, None).astype(np.float64)
    position = np.clip(values * 64 - 0.5, 0, 63)
    lower = np.minimum(np.floor(position), 62)
    share = position - lower
    edges = np.arange(65) - 0.5
    counts = np.histogram(lower, edges, weights=1 - share)[0] + np.histogram(lower + 1, edges, weights=share)[0]
    return counts / counts.sum()


def test_kl_trains_the_decoder_and_the_unet(model: Path, data: Path) -> None:
    components = {"vae_decoder": {"train": "full"}, "unet": {"train": "full"}}
    gradients = []
    for weight in (1e-9, 5.0):
        config = configuration(model, data, components=components, diffusion={"kl": {"weight": weight}})
        trained = task(config)
        trained.loss("model", image_batch(config), Draws(0, 0)).total.backward()
        gradients.append(
            {g.name: torch.cat([p.grad.flatten() for p in g.parameters.values()]) for g in trained.trainables[0].groups}
        )
    assert gradients[1]["vae_decoder"].norm() > 1e6 * gradients[0]["vae_decoder"].norm() > 0
    assert not torch.allclose(gradients[0]["unet"], gradients[1]["unet"])


def test_excluded_boxes_have_no_say(model: Path, data: Path) -> None:
    config = configuration(model, data, data={"masked": "exclude"})
    trained = task(config)
    batch = image_batch(config)
    mask = latent_mask(batch.mask, 2)
    # The box [2,3,7,9] minus the crop (2,1): columns 0 to 4, rows 2 to 7: latents 0 to 2 and 1 to 3.
    expected = torch.ones(3, 1, 8, 8)
    expected[:, :, 1:4, 0:3] = 0
    assert torch.equal(mask, expected)

    calls = {}
    trained.model.networks["unet"].register_forward_hook(lambda module, inputs, output: calls.update(out=output.sample))
    loss = trained.loss("model", batch, Draws(0, 0))
    noise_generator = Draws(0, 0).generator("noise")
    noise = torch.randn(3, 4, 8, 8, generator=noise_generator)
    noise += 0.035 * torch.randn(3, 4, 1, 1, generator=noise_generator)
    plain = ((calls["out"] - noise) ** 2)[expected.expand(-1, 4, -1, -1) == 1].mean()
    assert float(loss.terms["denoising"]) == pytest.approx(plain.item(), rel=1e-5)
    (gradient,) = torch.autograd.grad(loss.total, [calls["out"]])
    assert torch.equal(gradient != 0, expected.expand(-1, 4, -1, -1) == 1)


def test_a_sample_that_is_masked_whole_is_no_division_by_zero(model: Path, data: Path) -> None:
    config = configuration(model, data)
    trained = task(config)
    batch = image_batch(config)
    mask = batch.mask.clone()
    mask[1] = 0
    loss = trained.loss("model", replace(batch, mask=mask), Draws(0, 0)).total
    loss.backward()
    assert loss.isfinite() and all(p.grad.isfinite().all() for p in trained.trainables[0].groups[0].parameters.values())


def test_min_snr_weighs_each_sample(model: Path, data: Path) -> None:
    config = configuration(model, data, diffusion={"min_snr": 5.0})
    weighted, plain = task(config), task(configuration(model, data))
    draws = Draws(0, 2)
    batch = image_batch(config)
    losses = [t.denoised(batch, draws, "").losses for t in (weighted, plain)]
    timesteps = torch.randint(0, 1000, (3,), generator=draws.generator("timesteps"))
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    alphas = torch.cumprod(1 - betas, 0)[timesteps]
    snr = alphas / (1 - alphas)
    torch.testing.assert_close(losses[0], losses[1] * torch.minimum(snr, torch.tensor(5.0)) / snr, rtol=1e-4, atol=0)


def test_the_prior_term_is_the_loss_on_other_images(model: Path, data: Path, tmp_path: Path) -> None:
    other = write_images(tmp_path / "prior", count=1, seed=9, captions="A photograph of")
    prior = {"prior": {"data": str(other), "weight": 0.25}}
    rewritten = {"prompt": {"empty": 0.0, "prefix": "SAR: "}}
    config = configuration(model, data, diffusion=prior, data=rewritten)
    found = terms(task(config), config)
    assert found["total"] == pytest.approx(found["denoising"] + 0.25 * found["prior"], rel=1e-6)
    without = configuration(model, data, data=rewritten)
    assert found["denoising"] == pytest.approx(terms(task(without), without)["denoising"], rel=1e-6)
    on_it = configuration(model, other)
    sampler_batch = image_batch(on_it, (0, 0, 0))
    expected = task(on_it).denoised(sampler_batch, Draws(0, 0), "prior ").losses.mean().item()
    assert found["prior"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("prediction", ["v_prediction", "sample"])
def test_the_scheduler_s_prediction_type_sets_the_target(prediction: str, data: Path, tmp_path: Path) -> None:
    scheduler = TOY.scheduler | {"prediction_type": prediction, "rescale_betas_zero_snr": True}
    folder = write_model(tmp_path / "model", replace(TOY, scheduler=scheduler), latents_mean=[0.1] * 4, latents_std=[0.8] * 4)
    config = configuration(folder, data, diffusion={"kl": {"weight": 0.1}, "noise_offset": 0})
    trained = task(config)
    outputs = {}
    trained.model.networks["unet"].register_forward_hook(lambda module, inputs, output: outputs.update(out=output.sample))
    batch, draws = image_batch(config), Draws(0, 1)
    found = terms(trained, config, draws)
    vae = trained.model.networks["vae"]
    with torch.no_grad():
        posterior = vae.encode(batch.image).latent_dist
    latents = posterior.mean + posterior.std * torch.randn(posterior.mean.shape, generator=draws.generator("latents"))
    latents = (latents - 0.1) * vae.config.scaling_factor / 0.8
    noise = torch.randn(latents.shape, generator=draws.generator("noise"))
    timesteps = torch.randint(0, 1000, (3,), generator=draws.generator("timesteps"))
    from diffusers import DDPMScheduler

    reference = DDPMScheduler.from_config(json.loads((folder / "scheduler/scheduler_config.json").read_text()))
    velocity = reference.get_velocity(latents, noise, timesteps)
    target = velocity if prediction == "v_prediction" else latents
    assert found["denoising"] == pytest.approx(((outputs["out"] - target) ** 2).mean().item(), rel=1e-4)


def test_latents_are_computed_once_where_nothing_changes_them(model: Path, data: Path) -> None:
    config = configuration(model, data)
    trained = task(config)
    calls = []
    trained.model.networks["vae"].encoder.register_forward_hook(lambda module, inputs, output: calls.append(len(output)))
    first = terms(trained, config)
    second = terms(trained, config)
    assert calls == [1, 1, 1] and first == second
    trained.loss("model", image_batch(config, (3, 1)), Draws(0, 0))
    assert calls == [1, 1, 1, 1]


@pytest.mark.parametrize("crop", ["random", "centre"])
def test_a_cached_latent_is_that_of_the_same_crop(crop: str, model: Path, data: Path) -> None:
    """A random crop would come back only by chance, and an image that is mirrored is another one."""
    config = configuration(model, data, data={"crop": crop, "mirror": True})
    sampler = Sampler(ImageFolder.open(data), config.data, 0)
    trained = task(config)
    for epoch in range(6):
        batch = sampler.batch((0, 1), epoch)
        with torch.no_grad():
            expected = LatentCodec(trained.model.networks["vae"]).moments(batch.image)
            torch.testing.assert_close(trained._latent_moments(batch, ""), expected, rtol=1e-5, atol=1e-5)


def test_validation_paints_the_same_grey_images_and_measures_the_same_loss_twice(
    model: Path, data: Path, tmp_path: Path
) -> None:
    from PIL import Image

    validation = {"prompts": ["a forest", "a field"], "images": 3, "steps": 2}
    config = configuration(model, data, data={"validation": str(data)}, validation=validation)
    trained = task(config)
    results = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        with torch.no_grad():
            metrics = trained.validate(tmp_path / name, 1)
        files = sorted((tmp_path / name).iterdir())
        results.append((metrics, [file.read_bytes() for file in files]))
        assert [file.name for file in files] == ["000.png", "001.png"]
    assert results[0] == results[1] and 0 < results[0][0]["denoising"] < 100
    generated = np.stack([np.asarray(Image.open(file)) for file in files]) / 255
    real = (image_batch(config).image.numpy().mean(axis=1) + 1) / 2
    p, q = (np.histogram(x[x < SATURATION], bins=64, range=(0, 1))[0] for x in (real, generated))
    expected = entropy(p / p.sum() + 1e-10, q / q.sum() + 1e-10)
    assert results[0][0]["amplitude_kl"] == pytest.approx(expected, rel=1e-6)
    with Image.open(files[0]) as image:
        assert (image.mode, image.size) == ("L", (16, 16))
    assert results[0][1][0] != results[0][1][1]
    assert trained.modules["unet"].training and not trained.model.networks["vae"].training
