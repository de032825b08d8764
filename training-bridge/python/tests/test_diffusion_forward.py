"""The forward process against diffusers' schedulers, and the timesteps and noise that are drawn."""

from __future__ import annotations

import pytest
import torch
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_snr

from sar_trainer.errors import SarTrainerError
from sar_trainer.train.diffusion.forward import ForwardProcess, offset_noise

SDXL = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000}
ZERO_SNR = SDXL | {"rescale_betas_zero_snr": True}


def draw(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    latents, noise = (torch.randn(6, 4, 5, 3, generator=generator) for _ in range(2))
    return latents, noise, torch.tensor([0, 1, 149, 500, 998, 999])


@pytest.mark.parametrize("config", [SDXL, ZERO_SNR, {"beta_schedule": "linear"}, {"beta_schedule": "squaredcos_cap_v2"}])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_noised_latents_and_targets_are_those_of_diffusers(config: dict, prediction: str) -> None:
    latents, noise, timesteps = draw(0)
    # What other schedulers keep in the same file does not matter.
    process = ForwardProcess.of(config | {"prediction_type": prediction, "_class_name": "EulerDiscreteScheduler", "x": 1})
    reference = DDPMScheduler(**config, prediction_type=prediction)
    noisy = reference.add_noise(latents, noise, timesteps)
    torch.testing.assert_close(process.noised(latents, noise, timesteps), noisy)
    target = {"epsilon": noise, "v_prediction": reference.get_velocity(latents, noise, timesteps), "sample": latents}
    torch.testing.assert_close(process.target(latents, noise, timesteps), target[prediction])


@pytest.mark.parametrize("config", [SDXL, ZERO_SNR])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_a_right_prediction_implies_the_clean_latents(config: dict, prediction: str) -> None:
    latents, noise, timesteps = draw(1)
    process = ForwardProcess.of(config | {"prediction_type": prediction})
    target = process.target(latents, noise, timesteps)
    clean = process.clean(process.noised(latents, noise, timesteps), target, timesteps)
    # With zero terminal SNR nothing of the image is left at the last timestep, and the noise says nothing about it.
    known = slice(0, 5) if config is ZERO_SNR and prediction == "epsilon" else slice(None)
    torch.testing.assert_close(clean[known], latents[known], rtol=1e-3, atol=2e-4)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_min_snr_weights_are_those_of_diffusers_training_script(prediction: str) -> None:
    timesteps = torch.arange(0, 1000, 37)
    process = ForwardProcess.of(SDXL | {"prediction_type": prediction})
    snr = compute_snr(DDPMScheduler(**SDXL), timesteps)
    expected = torch.stack([snr, 5.0 * torch.ones_like(snr)], dim=1).min(dim=1)[0]
    expected = expected / snr if prediction == "epsilon" else expected / (snr + 1)
    torch.testing.assert_close(process.min_snr_weights(timesteps, 5.0), expected, rtol=1e-4, atol=0)
    assert (expected < 0.9).any() and (expected > 0.1).any()


def test_min_snr_weights_are_finite_without_any_signal() -> None:
    weights = ForwardProcess.of(ZERO_SNR | {"prediction_type": "epsilon"}).min_snr_weights(torch.tensor([999]), 5.0)
    assert weights.tolist() == [1.0]


def test_timesteps_come_from_the_part_that_is_asked_for() -> None:
    process = ForwardProcess.of(SDXL)
    drawn = process.timesteps(20_000, (0.0, 0.15), torch.Generator().manual_seed(0))
    assert (drawn.min().item(), drawn.max().item()) == (0, 149)
    counts = torch.bincount(drawn, minlength=150).float()
    assert counts.min() / counts.mean() > 0.6 and counts.max() / counts.mean() < 1.4
    whole = process.timesteps(20_000, (0.0, 1.0), torch.Generator().manual_seed(0))
    assert whole.min() < 3 and whole.max() > 996
    assert process.timesteps(5, (0.9999, 1.0), torch.Generator()).unique().numel() >= 1


def test_the_noise_offset_is_one_number_for_each_sample_and_channel() -> None:
    shape = torch.Size((400, 4, 16, 16))
    gamma = 0.3
    noise = offset_noise(shape, gamma, torch.Generator().manual_seed(0))
    plain = offset_noise(shape, 0.0, torch.Generator().manual_seed(0))
    offsets = noise - plain
    assert (offsets - offsets[:, :, :1, :1]).abs().max() < 1e-6
    assert offsets[:, :, 0, 0].std().item() == pytest.approx(gamma, rel=0.05)
    assert noise.var().item() == pytest.approx(1 + gamma**2, rel=0.02)  # below equation 8


def test_an_unknown_prediction_type_is_refused() -> None:
    with pytest.raises(SarTrainerError, match="flow_prediction"):
        ForwardProcess.of(SDXL | {"prediction_type": "flow_prediction"})
