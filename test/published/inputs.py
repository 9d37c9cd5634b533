"""The inputs of inputs.ts, bit for bit: they come from whole numbers alone."""

import numpy as np


def steps(seed, rows):
    """Numbers of [0, 1): a linear congruential generator with 32 bits."""
    values, state = np.empty(rows), seed
    for row in range(rows):
        state = (state * 1664525 + 1013904223) % 2**32
        values[row] = state / 2**32
    return values


x = np.floor(steps(1, 500) * 4096) / 1024 - 1.5
# Multiples of 1/16: their sums are exact in any order.
weight = np.floor(steps(2, 500) * 64 - 8) / 16
y = np.floor(steps(8, 500) * 2048) / 512 + 0.125
reference = np.floor(steps(3, 300) * 64) / 64 + 0.125
generated = np.floor(steps(4, 400) * 64) / 64
reference_weights = steps(5, 300)
generated_weights = steps(6, 400)
# Three networks, 20 rows.
logits = (steps(7, 60) * 8 - 4).reshape(3, 20)


def showers(rows, voxels, seed):
    """Deposits of 0 to 256 MeV in half of the voxels; the first shower is empty, the second lacks its first quarter."""
    u = steps(seed, rows * voxels).reshape(rows, voxels)
    deposits = np.floor(np.maximum(u - 0.5, 0) * 8192) / 16
    deposits[0] = 0
    deposits[1, : voxels // 4] = 0
    return deposits, 1000 * 2.0 ** np.arange(rows)
