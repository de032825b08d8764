"""Resampling in the frequency domain, as ``conditioning``'s ``SpectralResampler`` does it with its standard settings.

The control images of training must be those of use: the same padded lengths, the same borders, the same treatment of the
Nyquist bin. The Java classes are ``org.sardiffusion.conditioning.spectrum.{Ratio, AxisPlan, AxisKernel, Border}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

#: ``Border.mirror()``: samples of mirrored border at each end; after them the ringing of a step has decayed to 1 %.
MARGIN = 32
_LARGEST_STRETCH = 1.15
_LARGEST_DENOMINATOR = 256


def spacing_ratio(spacing: float, wanted: float) -> Fraction:
    """Output samples for each input sample that bring ``spacing`` to ``wanted`` (both metres): 1.35 to 0.40 is 27/8."""
    return Fraction(spacing / wanted).limit_denominator(_LARGEST_DENOMINATOR)


@dataclass(frozen=True)
class AxisPlan:
    """Lengths along one axis: what comes in and goes out, and the padded lengths of both transforms.

    Output sample j lies where input sample ``j * padded_input / padded_output`` would: the centre of pixel 0 stays in place.
    """

    input: int
    output: int
    padded_input: int
    padded_output: int

    @classmethod
    def of(cls, length: int, ratio: Fraction, output: int | None = None) -> AxisPlan:
        """The plan for an exact ratio and mirrored borders; ``output`` samples, by default as many as the ratio gives."""
        if output is None:
            output = max(1, int(np.floor(length * float(ratio) + 0.5)))
        return _plan(length, output, ratio.numerator, ratio.denominator)


@lru_cache(maxsize=64)
def _plan(length: int, output: int, numerator: int, denominator: int) -> AxisPlan:
    least = length + 2 * MARGIN
    # Rounding up the output may need a little more input than there is.
    first = max(-(-least // denominator), -(-output // numerator))
    last = max(first, int(first * _LARGEST_STRETCH))
    best = min(range(first, last + 1), key=lambda k: _cost(k * denominator) + _cost(k * numerator))
    return AxisPlan(length, output, best * denominator, best * numerator)


def _cost(length: int) -> int:
    """A mixed-radix transform of length n = p1 p2 ... takes about n (p1 + p2 + ...) steps."""
    total, rest, p = 0, length, 2
    while p * p <= rest:
        while rest % p == 0:
            total, rest = total + p, rest // p
        p += 1
    return length * (total + (rest if rest > 1 else 0))


def resample(image: np.ndarray, rows: AxisPlan, columns: AxisPlan) -> np.ndarray:
    """An image [H,W], real or complex, resampled along its rows and then along its columns; real images stay real.

    ``columns`` is the plan of the x axis (how many columns), ``rows`` that of the y axis.
    """
    return _resample_lines(_resample_lines(image, columns).T, rows).T


def _resample_lines(lines: np.ndarray, plan: AxisPlan) -> np.ndarray:
    """Resamples along the last axis: keep the bins that both lengths have, scale by Q/P (``scipy.signal.resample``)."""
    p, q = plan.padded_input, plan.padded_output
    if p == q:
        return lines[..., : plan.output]
    spectrum = np.fft.fft(_padded(lines, p), axis=-1)
    m = min(p, q)
    positive = m // 2 + 1
    negative = m - positive
    fitted = np.zeros((*lines.shape[:-1], q), spectrum.dtype)
    fitted[..., :positive] = spectrum[..., :positive]
    if negative:
        fitted[..., -negative:] = spectrum[..., -negative:]
    if m % 2 == 0:
        # Bin m/2 stands for two frequencies: going up it is split between them, going down both are added.
        if p < q:
            fitted[..., m // 2] *= 0.5
            fitted[..., q - m // 2] = fitted[..., m // 2]
        else:
            fitted[..., m // 2] += spectrum[..., p - m // 2]
    result = np.fft.ifft(fitted, axis=-1)[..., : plan.output] * (q / p)
    return result if np.iscomplexobj(lines) else result.real


def _padded(lines: np.ndarray, length: int) -> np.ndarray:
    """Mirror images of both ends after the samples, fading into each other: periodic, and without a step anywhere."""
    n = lines.shape[-1]
    padding = length - n
    t = np.arange(padding)
    fade = (t + 0.5) / max(1, padding)
    tail = (1 - fade) * lines[..., _mirrored(n + t, n)] + fade * lines[..., _mirrored(t - padding, n)]
    return np.concatenate([lines, tail], axis=-1)


def _mirrored(index: np.ndarray, n: int) -> np.ndarray:
    i = np.mod(index, 2 * n)
    return np.where(i < n, i, 2 * n - 1 - i)
