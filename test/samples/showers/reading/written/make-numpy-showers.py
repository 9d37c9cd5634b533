"""Writes the showers of ../numpy-showers.ts with NumPy, beside it: numpy-showers.npz, -packed.npz, -narrow.npz, E64-showers.npy."""

from pathlib import Path

import numpy as np

rows, columns, lines = 23, 6, 4
row, x, y = np.ogrid[:rows, :columns, :lines]
place = row * 31 + x * 7 + y * 3
energies = np.where(place % 4 == 0, 0, (place % 97 + 1) / 16.0 + (place % 5) / 3.0)[..., None]
momenta = np.stack([3.0 + np.arange(rows), np.full(rows, 4.0), 12.0 * np.ones(rows)], axis=1)
points = np.stack([np.arange(rows) - 11.5, np.full(rows, 2.25)], axis=1)

arrays = {
    "EnergyDeposit": energies,
    "ParticleMomentum": momenta,
    "ParticlePoint": points,
    "ParticlePDG": np.array([11, 22] * 12)[:rows],
    "names": np.array(["e", "gamma"] * 12, dtype=object)[:rows],
}
here = Path(__file__).parent
np.savez(here / "numpy-showers.npz", **arrays)
np.savez_compressed(here / "numpy-showers-packed.npz", **arrays)
narrow = {name: array.astype(kind) for (name, array), kind in zip(arrays.items(), [">f4", "<f2", ">f8", ">i2"])}
np.savez_compressed(here / "numpy-showers-narrow.npz", **narrow)
np.save(here / "E64-showers.npy", energies.astype(np.float32))
np.savez(
    here / "numpy-refused.npz",
    EnergyDeposit=np.array([[1, 2], None], dtype=object),
    ParticleMomentum=momenta,
    Fortran=np.asfortranarray(energies),
    fields=np.zeros(rows, dtype=[("a", "f4"), ("b", "f4")]),
)
