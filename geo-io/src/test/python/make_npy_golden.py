"""Writes the .npy files that NpyTest reads: python make_npy_golden.py OUTPUT_FOLDER."""

import sys
from pathlib import Path

import numpy as np


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # k / 8 is exact in every float type, so that equality can be asked for.
    ramp = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4) / 8 - 1
    np.save(folder / "f4_4d.npy", ramp)
    np.save(folder / "f8.npy", ramp.reshape(6, 4).astype("<f8"))
    np.save(folder / "f4_big_endian.npy", ramp.reshape(24).astype(">f4"))
    np.save(folder / "f8_big_endian.npy", ramp.reshape(24).astype(">f8"))
    np.save(folder / "u1.npy", np.arange(232, 256, dtype=np.uint8).reshape(4, 6))
    np.save(folder / "u2.npy", np.arange(65512, 65536, dtype="<u2"))
    np.save(folder / "u2_big_endian.npy", np.arange(65512, 65536, dtype=">u2"))
    np.save(folder / "scalar.npy", np.float32(0.625))
    np.save(folder / "empty.npy", np.zeros((0, 3), np.float32))
    np.save(folder / "fortran.npy", np.asfortranarray(ramp.reshape(6, 4)))
    np.save(folder / "f2.npy", ramp.astype(np.float16))
    np.save(folder / "strings.npy", np.array(["a", "b"]))
    for version in ((2, 0), (3, 0)):
        with open(folder / f"version_{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, ramp, version=version)
    # A shape whose header is aligned before padding, where NumPy adds a whole block.
    np.save(folder / "long_shape.npy", np.zeros((1,) * 20, np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
