"""Frames of events as pandas writes them with to_hdf (pandas 3.1, PyTables 3.11), a few events each: numbers/events-*.h5.

Event i has objects of the numbers 100 i + 4 object + component, so that every number tells its place.
"""

from pathlib import Path

import numpy as np
import pandas as pd

folder = Path(__file__).parent / "numbers"


def momenta(rows: int) -> np.ndarray:
    values = 100.0 * np.arange(1, rows + 1)[:, None] + np.arange(20.0)
    values[1, 16:] = 0  # j3 is absent
    values[2, 12:] = 0  # j2 and j3
    return values


frame = pd.DataFrame(momenta(4))
frame.to_hdf(folder / "events-fixed.h5", key="df", mode="w")
frame.to_hdf(folder / "events-table.h5", key="df", mode="w", format="table", index=False)

broken = frame.copy()
broken.iloc[0, 5] = np.nan
broken.iloc[3, 7] = np.inf
broken.to_hdf(folder / "events-not-finite.h5", key="df", mode="w", complevel=5)

# Several blocks: columns of other types between those of the momenta, and names in another order than the blocks.
names = [f"{name}_{component}" for name in ("a", "b") for component in ("e", "x", "y", "z")]
named = pd.DataFrame(momenta(4)[:, :8], columns=names)
for column in ("b_e", "b_x", "b_y", "b_z"):
    named[column] = named[column].astype("float32")
named.insert(2, "weight", np.array([1.0, -1.0, 0.5, 2.0]))
named.insert(0, "run", np.arange(4))
named.to_hdf(folder / "events-blocks-fixed.h5", key="all/events", mode="w")
named.to_hdf(folder / "events-blocks-table.h5", key="all/events", mode="w", format="table", index=False, data_columns=["weight"])

frame.iloc[:0].to_hdf(folder / "events-empty.h5", key="df", mode="w")
broken.iloc[[0, 3]].to_hdf(folder / "events-none-finite.h5", key="df", mode="w")
