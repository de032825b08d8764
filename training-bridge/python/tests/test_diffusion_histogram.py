"""The differentiable amplitude histogram against numpy's and scipy's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import entropy, norm

from sar_trainer.train.diffusion.histogram import EPSILON, SATURATION, AmplitudeHistogram, amplitude


def rayleigh(scale: float, count: int = 200_000, seed: int = 0) -> np.ndarray:
    return np.minimum(np.random.default_rng(seed).rayleigh(scale, count), 1)


def numpy_divergence(real: np.ndarray, generated: np.ndarray, epsilon: float) -> float:
    """Hard bins, saturated pixels excluded, as the evaluation of finished models does it."""
    p, q = (np.histogram(x[x < SATURATION], bins=64, range=(0, 1))[0] for x in (real, generated))
    return float(entropy(p / p.sum() + epsilon, q / q.sum() + epsilon))


def divergence(histogram: AmplitudeHistogram, real: np.ndarray, generated: np.ndarray) -> float:
    real, generated = torch.from_numpy(real), torch.from_numpy(generated)
    return histogram.divergence(real, generated, torch.ones_like(real)).item()


def test_amplitudes_in_the_middle_of_bins_give_numpy_s_divergence() -> None:
    """There linear binning is exact, so nothing is left but the definition."""
    centred = [(np.floor(rayleigh(scale).clip(max=0.99) * 64) + 0.5) / 64 for scale in (0.25, 0.35)]
    expected = numpy_divergence(*centred, EPSILON)
    assert expected > 0.1
    assert divergence(AmplitudeHistogram(), *centred) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("scales", "rel"), [((0.25, 0.35), 0.02), ((0.3, 0.2), 0.03), ((0.3, 0.5), 0.02)])
def test_speckle_gives_nearly_numpy_s_divergence(scales: tuple[float, float], rel: float) -> None:
    real, generated = (rayleigh(scale, seed=k) for k, scale in enumerate(scales))
    expected = numpy_divergence(real, generated, EPSILON)
    assert divergence(AmplitudeHistogram(), real, generated) == pytest.approx(expected, rel=rel)
    assert divergence(AmplitudeHistogram(bandwidth=0.004), real, generated) == pytest.approx(expected, rel=rel)


def test_the_epsilon_hardly_matters_where_the_supports_overlap() -> None:
    real, generated = rayleigh(0.25), rayleigh(0.35, seed=1)
    assert numpy_divergence(real, generated, EPSILON) == pytest.approx(numpy_divergence(real, generated, 1e-10), rel=0.03)


def test_linear_binning_shares_an_amplitude_between_two_bins() -> None:
    probabilities = AmplitudeHistogram(bins=4).probabilities(torch.tensor([0.2, 0.95, 1.0, -0.3]), torch.ones(4))
    # 0.2 lies 0.3 of the way from 0.125 to 0.375; 0.95 is past the last centre; 1.0 is saturated; -0.3 is clipped to 0.
    torch.testing.assert_close(probabilities, torch.tensor([1.7, 0.3, 0.0, 1.0]) / 3)


def test_the_gaussian_is_that_of_scipy() -> None:
    edges = np.linspace(0, 1, 9)
    expected = np.diff(norm.cdf(edges, 0.4, 0.1))
    found = AmplitudeHistogram(bins=8, bandwidth=0.1).probabilities(torch.tensor([0.4]), torch.ones(1))
    np.testing.assert_allclose(found.numpy(), expected / expected.sum(), atol=2e-3)


def test_masked_and_saturated_pixels_have_no_say() -> None:
    histogram = AmplitudeHistogram()
    values = torch.from_numpy(rayleigh(0.3, 1000))
    weights = torch.ones(1000)
    weights[500:] = 0
    found = histogram.probabilities(values, weights)
    torch.testing.assert_close(found, histogram.probabilities(values[:500], torch.ones(500)))
    torch.testing.assert_close(found, histogram.probabilities(torch.cat([values[:500], torch.ones(77)]), torch.ones(577)))
    assert histogram.probabilities(torch.ones(5), torch.ones(5)).sum() == 0


@pytest.mark.parametrize("bandwidth", [None, 0.02])
def test_gradients_are_those_of_finite_differences(bandwidth: float | None) -> None:
    histogram = AmplitudeHistogram(bins=16, bandwidth=bandwidth)
    real = torch.from_numpy(rayleigh(0.25, 400))
    generated = torch.from_numpy(rayleigh(0.35, 400, seed=1)).requires_grad_()
    ones = torch.ones(400)
    histogram.divergence(real, generated, ones).backward()
    # float32 sums: a step that is far smaller than a bin, but moves the sum by more than its rounding; all pixels at once.
    direction = torch.randn(400, generator=torch.Generator().manual_seed(1)).double() * 1e-4
    ahead, behind = (histogram.divergence(real, generated.detach() + s * direction, ones).item() for s in (1, -1))
    assert (generated.grad.double() @ direction).item() == pytest.approx((ahead - behind) / 2, rel=0.05)


def test_descent_along_the_gradient_makes_the_distributions_agree() -> None:
    histogram = AmplitudeHistogram()
    real, generated = torch.from_numpy(rayleigh(0.25, 5000)), torch.from_numpy(np.random.default_rng(1).rayleigh(0.4, 5000))
    start = histogram.divergence(real, generated, torch.ones(5000)).item()
    gain = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.Adam([gain], lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        histogram.divergence(real, generated * gain, torch.ones(5000)).backward()
        optimizer.step()
    end = histogram.divergence(real, generated * gain, torch.ones(5000)).item()
    assert start > 0.2 and end < 0.05
    assert gain.item() == pytest.approx(0.25 / 0.4, rel=0.1)


def test_amplitude_is_the_mean_of_the_channels() -> None:
    image = torch.tensor([-1.0, 0.0, 0.7]).view(1, 3, 1, 1)
    assert amplitude(image).item() == pytest.approx(0.45)
