"""The task ``distil`` against diffusers: the boundary condition, the solver, the loss, and the pipeline that comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler, LCMScheduler, StableDiffusionXLPipeline
from diffusion_cases import TOY, configuration, weights, write_images, write_model
from task_cases import first_batch, take_steps, task

from sar_trainer.errors import UsageError
from sar_trainer.train.config import TrainingConfig
from sar_trainer.train.diffusion.forward import ForwardProcess
from sar_trainer.train.distil.consistency import Solver, consistent, huber
from sar_trainer.train.draws import Draws


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("distil") / "model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train")


def distil(model: Path, data: Path, train: str = "full") -> TrainingConfig:
    rank = {"rank": 4} if train == "lora" else {}
    return configuration(model, data, task="distil", components={"unet": {"train": train, "learning_rate": 1e-3, **rank}})


def test_the_boundary_condition_is_the_schedulers() -> None:
    scheduler = LCMScheduler()
    noisy, clean = torch.randn(3, 4, 2, 2), torch.randn(3, 4, 2, 2)
    timesteps = torch.tensor([0, 1, 979])
    found = consistent(noisy, clean, timesteps)
    for k, timestep in enumerate(timesteps.tolist()):
        skip, out = scheduler.get_scalings_for_boundary_condition_discrete(timestep)
        torch.testing.assert_close(found[k], skip * noisy[k] + out * clean[k])
    assert torch.equal(found[0], noisy[0])


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_the_solver_is_ddim(prediction: str) -> None:
    settings = {**TOY.scheduler, "prediction_type": prediction, "clip_sample": False, "set_alpha_to_one": False}
    scheduler = DDIMScheduler.from_config(settings)
    scheduler.set_timesteps(50)
    process = ForwardProcess.of(settings)
    solver = Solver(process, 50)
    drawn = set(solver.timesteps(2000, torch.Generator().manual_seed(1)).tolist())
    assert drawn == set(range(19, 1000, 20))
    noisy, said = torch.randn(3, 4, 2, 2), torch.randn(3, 4, 2, 2)
    timesteps = torch.tensor([19, 39, 999])
    clean = process.clean(noisy, said, timesteps)
    found = solver.step(clean, process.noise(noisy, clean, timesteps), timesteps)
    for k, timestep in enumerate(timesteps.tolist()):
        expected = scheduler.step(said[k], timestep, noisy[k]).prev_sample
        torch.testing.assert_close(found[k], expected, rtol=1e-4, atol=1e-4)


def test_the_loss_equals_a_plain_computation(model: Path, data: Path) -> None:
    config = distil(model, data)
    batch, draws = first_batch(config), Draws(5, 3, 1)
    found = task(config).loss("model", batch, draws).total

    pipeline = StableDiffusionXLPipeline.from_pretrained(model, local_files_only=True)
    scheduler = DDIMScheduler.from_config(pipeline.scheduler.config, clip_sample=False, set_alpha_to_one=False)
    scheduler.set_timesteps(50)
    boundary = LCMScheduler.from_config(pipeline.scheduler.config)
    with torch.no_grad():
        posterior = pipeline.vae.encode(batch.image).latent_dist
    shape = posterior.mean.shape
    latents = posterior.mean + posterior.std * torch.randn(shape, generator=draws.generator("latents"))
    latents = latents * pipeline.vae.config.scaling_factor
    noise = torch.randn(shape, generator=draws.generator("noise"))
    timesteps = (torch.randint(50, (3,), generator=draws.generator("timesteps")) + 1) * 20 - 1
    guidance = 3 + 3 * torch.rand(3, generator=draws.generator("guidance"))
    losses = []
    for k, text in enumerate(batch.texts):
        t = int(timesteps[k])
        positive, negative, pooled, pooled_negative = pipeline.encode_prompt(text, do_classifier_free_guidance=True)
        ids = pipeline._get_add_time_ids(
            batch.original_sizes[k][::-1],
            batch.crops[k][::-1],
            batch.target_sizes[k][::-1],
            torch.float32,
            text_encoder_projection_dim=40,
        )

        def said(z, at, hidden, vector, ids=ids):
            with torch.no_grad():
                return pipeline.unet(z, at, hidden, added_cond_kwargs={"text_embeds": vector, "time_ids": ids}).sample

        def answer(z, at, positive=positive, pooled=pooled, said=said):
            clean = scheduler.step(said(z, at, positive, pooled), at, z).pred_original_sample
            skip, out = boundary.get_scalings_for_boundary_condition_discrete(at)
            return skip * z + out * clean

        noisy = scheduler.add_noise(latents[k : k + 1], noise[k : k + 1], timesteps[k : k + 1])
        without = said(noisy, t, negative, pooled_negative)
        guided = without + guidance[k] * (said(noisy, t, positive, pooled) - without)
        stepped = scheduler.step(guided, t, noisy).prev_sample
        losses.append(huber(answer(noisy, t), answer(stepped, max(0, t - 20))).mean())
    torch.testing.assert_close(found.detach(), torch.stack(losses).mean(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("train", ["full", "lora"])
def test_a_student_learns_and_becomes_a_pipeline_of_few_steps(train: str, model: Path, data: Path, tmp_path: Path) -> None:
    config = distil(model, data, train)
    trained = task(config)
    assert trained.modules.keys() == {"unet"}
    losses = take_steps(trained, first_batch(config), 4)
    assert losses[-1] < losses[0]
    saved = trained.save(tmp_path)
    assert len(saved.adapters) == (train == "lora")
    assert any(not torch.equal(weights(model, "unet")[name], value) for name, value in weights(saved.model, "unet").items())
    pipeline = StableDiffusionXLPipeline.from_pretrained(saved.model, local_files_only=True)
    assert isinstance(pipeline.scheduler, LCMScheduler)
    pipeline.set_progress_bar_config(disable=True)
    image = pipeline("a forest", width=16, height=16, num_inference_steps=4, guidance_scale=1.0, output_type="pt").images
    assert image.shape == (1, 3, 16, 16) and bool(image.isfinite().all())


def test_the_student_is_shown_while_it_learns(model: Path, data: Path, tmp_path: Path) -> None:
    config = configuration(
        model,
        data,
        task="distil",
        components={"unet": {"train": "full"}},
        validation={"prompts": ["a forest"], "steps": 2, "guidance": 1.0},
    )
    assert task(config).validate(tmp_path, 1) == {}
    assert (tmp_path / "000.png").is_file()


def test_other_parts_are_refused(model: Path, data: Path) -> None:
    for changes in (
        {"components": {"unet": {"train": "full"}, "text_encoder": {"train": "full"}}},
        {"components": {"unet": {"train": "full"}}, "initialise": "random"},
        {"components": {"unet": {"train": "full"}}, "diffusion": {}},
    ):
        with pytest.raises(UsageError, match=r"does not go with this task|teacher|goes with task"):
            configuration(model, data, task="distil", **changes)
