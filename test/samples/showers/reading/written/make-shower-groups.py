"""Writes the showers of ../points.ts with h5py, a group each as FM4CAL has them: shower-groups.h5, shower-groups-latest.h5."""

from pathlib import Path

import h5py
import numpy as np

rows = 7


def points_of(row):
    """As in ../points.ts, in cells: layer, column, line; energy."""
    count = 0 if row == 3 else 3 + (row * 11) % 38
    for i in range(count):
        layer = (i * i + row) % 5
        x = (i * 37 + row * 13) % 120 - 52.25
        y = (i * 17 + row * 5) % 29 - 12.125
        yield [layer, int((x + 60) // 20), int((y + 15) // 10)], (1 + (i * 7 + row * 3) % 23) / 16


for name, settings in [("shower-groups.h5", {}), ("shower-groups-latest.h5", {"libver": "latest"})]:
    with h5py.File(Path(__file__).with_name(name), "w", **settings) as file:
        for row in range(rows):
            points = list(points_of(row))
            group = file.create_group(f"{row + 95}")  # 100 comes after 99, not before
            indices = np.array([place for place, _ in points], np.int64).reshape(-1, 3)
            group.create_dataset("indices", data=indices, compression="gzip")
            group.create_dataset("values", data=np.array([e for _, e in points], np.float32), compression="gzip")
            group.attrs["shape"] = (30, 30, 30)
            group.attrs["initial_energy"] = np.array([10 + row], np.float32)
