"""Writes a file of dataset-3 shape that is as large as its numbers: large_file.py PATH SHOWERS."""
import sys

import h5py
import numpy

VOXELS = 40500
LIT = 0.08
BLOCK = 512

path, showers = sys.argv[1], int(sys.argv[2])
random = numpy.random.default_rng(1)
block = numpy.where(random.random((BLOCK, VOXELS)) < LIT, random.exponential(10, (BLOCK, VOXELS)), 0)
block = block.astype(numpy.float32)
with h5py.File(path, "w") as file:
    file["incident_energies"] = 1000 * 10 ** (3 * random.random((showers, 1)))
    dataset = file.create_dataset("showers", (showers, VOXELS), numpy.float32)
    for first in range(0, showers, BLOCK):
        rows = min(BLOCK, showers - first)
        dataset[first : first + rows] = numpy.roll(block, first // BLOCK, axis=1)[:rows]
