"""Writes values of noise that depends on the place for org.sardiffusion.runtime.internal.noise.PositionalNoise.

Run: python runtime/src/test/python/positional_noise_goldens.py
Needs: Python alone. Philox4x32-10 is written down here from section 4.3 of Salmon et al. (2011), in arithmetic of
unbounded integers and one value at a time, unlike the Java code; the known answers of Random123 check it first.
"""

import json
import math
import pathlib

OUT = pathlib.Path(__file__).parents[1] / "resources/org/sardiffusion/runtime/internal/noise/positional.json"

# tests/kat_vectors of Random123: counter, key, result.
KNOWN = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]

# seed, draw, channel, row, first column, count
ROWS = [
    (0, 0, 0, 0, 0, 9),
    (7, 0, 3, 874, 4997, 11),
    (-1, 51, 1, 3, 2, 5),
    (2**63 - 1, 1000, 2, 1749, 9999, 1),
    (-(2**63), 1, 0, 12345, 6, 7),
]


def rounds(counter, key):
    words, bump = list(counter), list(key)
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * words[0], 2**32)
        high1, low1 = divmod(0xCD9E8D57 * words[2], 2**32)
        words = [high1 ^ words[1] ^ bump[0], low1, high0 ^ words[3] ^ bump[1], low0]
        bump = [(bump[0] + 0x9E3779B9) % 2**32, (bump[1] + 0xBB67AE85) % 2**32]
    return words


def value(seed, draw, channel, row, column):
    unsigned = seed % 2**64
    words = rounds([column // 4, row, channel, draw], [unsigned % 2**32, unsigned // 2**32])
    pair = column % 4 // 2
    radius = math.sqrt(-2 * math.log((words[2 * pair] + 0.5) / 2**32))
    angle = 2 * math.pi * words[2 * pair + 1] / 2**32
    return radius * (math.sin(angle) if column % 2 else math.cos(angle))


def main():
    for counter, key, answer in KNOWN:
        assert rounds(counter, key) == answer
    rows = [
        {
            "seed": seed,
            "draw": draw,
            "channel": channel,
            "row": row,
            "column": column,
            "values": [value(seed, draw, channel, row, column + i) for i in range(count)],
        }
        for seed, draw, channel, row, column, count in ROWS
    ]
    OUT.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
