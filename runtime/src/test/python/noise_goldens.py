"""Writes torch's random stream for the tests of org.sardiffusion.runtime.noise.

Run: python runtime/src/test/python/noise_goldens.py
Needs: torch 2.11 (the values depend on the processor in the last places: AVX2 or AVX-512 made these).
"""

import gzip
import hashlib
import json
import pathlib

import torch
from diffusers.utils.torch_utils import randn_tensor

OUT = pathlib.Path(__file__).parents[1] / "resources/org/sardiffusion/runtime/noise/goldens.json.gz"

SEEDS = [0, 1, 42, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 7, 2**63 - 1, -1, -42, -(2**63)]
SIZES = [*range(41), 255, 256, 257, 1000]
MIXED = [3, 17, 1, 16, 2, 15, 15, 33, 1, 1, 40, 7, 64, 5, 100, 16, 9, 31]
LARGE = 100_003


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


def large(seed):
    x = torch.randn(LARGE, generator=generator(seed))
    return {"head": floats(x[:64]), "every97th": floats(x[::97]), "tail": floats(x[-64:])}


def batch(seed, images, shape, draws):
    generators = [generator(seed + k) for k in range(images)]
    return {
        "seed": seed,
        "images": images,
        "draws": [floats(randn_tensor((images, *shape), generator=generators)) for _ in range(draws)],
    }


def main():
    golden = {
        "integers": {str(s): integers(s) for s in SEEDS},
        "uniformDigests": {str(s): uniform_digest(s) for s in (0, 2**32 - 1)},
        "sizes": {str(n): floats(torch.randn(n, generator=generator(1234))) for n in SIZES},
        "mixedSizes": MIXED,
        "mixed": {str(s): mixed(s) for s in SEEDS},
        "largeSize": LARGE,
        "large": {str(s): large(s) for s in (0, 7, 2**31 + 5)},
        "batches": [batch(7, 3, (4, 5, 5), 3), batch(2**32 - 2, 4, (4, 2, 1), 2), batch(3, 1, (4, 8, 8), 2)],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(gzip.compress(json.dumps(golden).encode(), mtime=0))
    print(OUT, OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
