"""The task ``diffusion`` against a straightforward computation with diffusers, and component by component."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import DDPMScheduler, StableDiffusionXLPipeline
from diffusion_cases import WEIGHTS, configuration, image_batch, task, train, weights, write_images, write_model

from sar_trainer.train.draws import Draws


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("diffusion") / "model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train")


def test_loss_and_gradients_equal_a_plain_computation(model: Path, data: Path) -> None:
    everything = {name: {"train": "full"} for name in ("unet", "text_encoder", "text_encoder_2")}
    settings = {"crop": "random", "prompt": {"empty": 0.5}}
    config = configuration(model, data, components=everything, data=settings, diffusion={"noise_offset": 0.1})
    trained = task(config)
    batch, draws = image_batch(config), Draws(5, 3, 1)
    loss = trained.loss("model", batch, draws)
    loss.total.backward()

    pipeline = StableDiffusionXLPipeline.from_pretrained(model, local_files_only=True)
    scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)
    posterior = pipeline.vae.encode(batch.image).latent_dist
    shape = posterior.mean.shape
    latents = posterior.mean + posterior.std * torch.randn(shape, generator=draws.generator("latents"))
    latents = latents.detach() * pipeline.vae.config.scaling_factor
    generator = draws.generator("noise")
    noise = torch.randn(shape, generator=generator)
    noise = noise + 0.1 * torch.randn(3, 4, 1, 1, generator=generator)
    timesteps = torch.randint(0, 1000, (3,), generator=draws.generator("timesteps"))
    empty = torch.rand(3, generator=draws.generator("empty")) < 0.5
    assert empty.any() and not empty.all()
    hidden, pooled = [], []
    for text, none in zip(batch.texts, empty, strict=True):
        positive, negative, pooled_positive, pooled_negative = pipeline.encode_prompt(text, do_classifier_free_guidance=True)
        hidden.append(negative if none else positive)
        pooled.append(pooled_negative if none else pooled_positive)
    ids = [
        pipeline._get_add_time_ids(o[::-1], c[::-1], t[::-1], torch.float32, text_encoder_projection_dim=40)
        for o, c, t in zip(batch.original_sizes, batch.crops, batch.target_sizes, strict=True)
    ]
    assert len({tuple(row[0].tolist()) for row in ids}) == 3
    prediction = pipeline.unet(
        scheduler.add_noise(latents, noise, timesteps),
        timesteps,
        torch.cat(hidden),
        added_cond_kwargs={"text_embeds": torch.cat(pooled), "time_ids": torch.cat(ids)},
    ).sample
    expected = torch.nn.functional.mse_loss(prediction, noise)
    expected.backward()

    assert loss.total.item() == pytest.approx(expected.item(), rel=1e-5)
    compared = 0
    for name in ("unet", "text_encoder", "text_encoder_2"):
        ours = dict(trained.modules[name].named_parameters())
        for path, parameter in getattr(pipeline, name).named_parameters():
            if parameter.grad is None or not ours[path].requires_grad:
                assert ours[path].grad is None and (parameter.grad is None or not parameter.grad.any()), path
                continue
            torch.testing.assert_close(ours[path].grad, parameter.grad, rtol=1e-3, atol=1e-6)
            compared += 1
    assert compared > 100


def test_bfloat16_is_close_and_never_touches_what_must_be_exact(model: Path, data: Path, tmp_path: Path) -> None:
    """Mixed precision as the loop does it: the loss is close, the merged weights are equal, and the VAE stays in float32."""
    lora = {"train": "lora", "rank": 4, "learning_rate": 1e-2}
    components = {"unet": lora, "text_encoder": lora, "vae_decoder": {"train": "full"}}
    config = configuration(model, data, components=components, diffusion={"kl": {"weight": 0.5}})
    trained = task(config)
    batch = image_batch(config)
    train(trained, batch)
    losses, types = {}, set()
    trained.model.networks["vae"].decoder.conv_out.register_forward_hook(lambda m, i, o: types.add(o.dtype))
    for enabled in (False, True):
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            loss = trained.loss("model", batch, Draws(0, 0))
            loss.total.backward()
            assert types == {torch.float32} and loss.total.dtype == torch.float32
            losses[enabled] = {"total": loss.total.item()} | {k: float(v) for k, v in loss.terms.items()}
    assert losses[True] == pytest.approx(losses[False], rel=0.05)
    assert losses[True] != losses[False]
    for name in ("plain", "mixed"):
        (tmp_path / name).mkdir()
        with torch.autocast("cpu", torch.bfloat16, enabled=name == "mixed"), torch.no_grad():
            trained.save(tmp_path / name)
    for network in WEIGHTS:
        plain, mixed = (weights(tmp_path / name / "model", network) for name in ("plain", "mixed"))
        assert all(torch.equal(value, mixed[key]) for key, value in plain.items())
