"""Writes showerdata.h5 and showerdata-time.h5 beside it with the package `showerdata` (0.7): the showers of ../points.ts."""

from pathlib import Path

import numpy as np
import showerdata

rows, most = 7, 40


def points_of(row):
    """As in ../points.ts."""
    count = 0 if row == 3 else 3 + (row * 11) % 38
    for i in range(count):
        layer = (i * i + row) % 5
        x = (i * 37 + row * 13) % 120 - 52.25
        y = (i * 17 + row * 5) % 29 - 12.125
        yield [x, y, layer, (1 + (i * 7 + row * 3) % 23) / 16, i / 4]


points = np.zeros((rows, most, 5), np.float32)
for row in range(rows):
    for i, point in enumerate(points_of(row)):
        points[row, i] = point
energies = np.arange(10, 10 + rows, dtype=np.float32)[:, None]
directions = np.stack([np.full(rows, 0.6), np.zeros(rows), np.full(rows, 0.8)], axis=1)
for columns, name in [(4, "showerdata.h5"), (5, "showerdata-time.h5")]:
    showers = showerdata.Showers(points[:, :, :columns], energies, 22, directions)
    showerdata.save(showers, str(Path(__file__).with_name(name)), overwrite=True)
