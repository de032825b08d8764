"""Writes torch's random stream for the tests of org.sardiffusion.runtime.noise.

Run: python runtime/src/test/python/noise_goldens.py
Needs: torch 2.11 of a Linux x86-64 package, on a processor with AVX2: elsewhere the last places differ.
Takes a minute: every uniform number goes through torch's transform.
"""

import gzip
import hashlib
import json
import pathlib

import numpy as np
import torch
from diffusers.utils.torch_utils import randn_tensor

OUT = pathlib.Path(__file__).parents[1] / "resources/org/sardiffusion/runtime/internal/noise/goldens.json.gz"

SEEDS = [0, 1, 42, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 7, 2**63 - 1, -1, -42, -(2**63)]
SIZES = [*range(41), 255, 256, 257, 1000]
MIXED = [3, 17, 1, 16, 2, 15, 15, 33, 1, 1, 40, 7, 64, 5, 100, 16, 9, 31]
LARGE = 4_000_003
UNIFORMS = 2**24
BLOCK = 16


def generator(seed):
    return torch.Generator("cpu").manual_seed(seed)


def floats(tensor):
    """float32 as hexadecimal bits: exact, and a third of the size of decimals."""
    return tensor.flatten().contiguous().numpy().astype(">f4").tobytes().hex()


def integers(seed):
    """Raw engine output: int64 random_() is two 32-bit draws, less the sign bit of the first one."""
    return torch.empty(330, dtype=torch.int64).random_(generator=generator(seed)).tolist()


def uniform_digest(seed):
    """24-bit uniforms of a million draws, through every reload of the engine's state, as a digest."""
    u = torch.empty(1_000_000).uniform_(generator=generator(seed))
    bits = (u.double() * 2**24).to(torch.int64).numpy().astype(">i4").tobytes()
    return hashlib.sha256(bits).hexdigest()


def mixed(seed):
    g = generator(seed)
    return [floats(torch.randn(n, generator=g)) for n in MIXED]


def digest(array):
    return hashlib.sha256(array.astype(">f4").tobytes()).hexdigest()


def large(seed):
    return digest(torch.randn(LARGE, generator=generator(seed)).numpy())


def undo_xor_shift(y, shift, mask=0xFFFFFFFF):
    """Solves y = x ^ (shift(x) & mask) for x, right from the side where the shift leaves zeros."""
    x = y
    for _ in range(32):
        x = y ^ (shift(x) & np.uint64(mask))
    return x


def untempered(words):
    """States of the Mersenne Twister that give these outputs."""
    y = undo_xor_shift(words, lambda x: x >> np.uint64(18))
    y = undo_xor_shift(y, lambda x: x << np.uint64(15), 0xEFC60000)
    y = undo_xor_shift(y, lambda x: x << np.uint64(7), 0x9D2C5680)
    return undo_xor_shift(y, lambda x: x >> np.uint64(11))


def normals_of(radii, angles):
    """Torch's normals of chosen 24-bit uniforms, in blocks of 8 radii and 8 angles.

    No public function takes uniforms, so they're planted in the generator's state. Its layout is that
    of CPUGeneratorImplStateLegacy in aten/src/ATen/CPUGeneratorImpl.cpp: seed (8 bytes), draws left + 1
    (4), seeded (4), next (8), then 624 words of 8 bytes each.
    """
    uniforms = np.concatenate([radii.reshape(-1, 8), angles.reshape(-1, 8)], axis=1).astype(np.uint64).ravel()
    per_state = 38 * BLOCK
    padded = np.resize(uniforms, -(-uniforms.size // per_state) * per_state)
    g = generator(0)
    state = g.get_state().numpy().copy()
    state[8:12].view(np.int32)[0] = 624
    state[16:24].view(np.uint64)[0] = 0
    normals = np.empty((padded.size // per_state, per_state), np.float32)
    for row, words in zip(normals, untempered(padded).reshape(-1, per_state), strict=True):
        state[24 : 24 + 8 * per_state].view(np.uint64)[:] = words
        g.set_state(torch.from_numpy(state))
        row[:] = torch.randn(per_state, generator=g).numpy()
    return normals.ravel()[: uniforms.size]


def check_planting():
    expected = torch.randn(6080, generator=generator(5)).numpy()
    uniforms = torch.empty(6080).uniform_(generator=generator(5)).numpy().reshape(-1, 2, 8) * 2**24
    assert np.array_equal(normals_of(uniforms[:, 0], uniforms[:, 1]), expected)


def every_uniform():
    """Digests over all 2^24 radii at angle 0, and over all angles at a radius that is a power of two.

    A power of two scales sines and cosines without rounding, so no difference can hide.
    """
    every = np.arange(UNIFORMS)
    plain = 2
    assert normals_of(np.full(8, plain), np.zeros(8))[0] == 2.0**-11
    return {
        "radii": digest(normals_of(every, np.zeros_like(every))),
        "angleRadius": plain,
        "angles": digest(normals_of(np.full_like(every, plain), every)),
    }


def batch(seed, images, shape, draws):
    generators = [generator(seed + k) for k in range(images)]
    return {
        "seed": seed,
        "images": images,
        "draws": [floats(randn_tensor((images, *shape), generator=generators)) for _ in range(draws)],
    }


def main():
    assert torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
    check_planting()
    golden = {
        "integers": {str(s): integers(s) for s in SEEDS},
        "uniformDigests": {str(s): uniform_digest(s) for s in (0, 2**32 - 1)},
        "sizes": {str(n): floats(torch.randn(n, generator=generator(1234))) for n in SIZES},
        "mixedSizes": MIXED,
        "mixed": {str(s): mixed(s) for s in SEEDS},
        "largeSize": LARGE,
        "largeDigests": {str(s): large(s) for s in (0, 7, 2**31 + 5)},
        "everyUniform": every_uniform(),
        "batches": [batch(7, 3, (4, 5, 5), 3), batch(2**32 - 2, 4, (4, 2, 1), 2), batch(3, 1, (4, 8, 8), 2)],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(gzip.compress(json.dumps(golden).encode(), mtime=0))
    print(OUT, OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
