"""A training loop in which generated showers count by their weights: what is learned is the reference, from generated rows alone.

    python3 examples/python/weighted_training.py result/weights.hdf5 generated.hdf5

A normal distribution of E_dep / E_inc is fitted by maximum likelihood, in batches, step by step down the gradient; a network takes its place in
`gradient`. generated.hdf5 is a CaloChallenge or CaloGAN file, voxels (rows, ...) and incident energies. Prints mean and width without and with weights.
"""

import sys

import h5py
import numpy as np


def ratios(path, rows):
    """E_dep / E_inc of these rows of the file; of a CaloGAN file, whose energies are in GeV and voxels in MeV."""
    with h5py.File(path) as file:
        if "showers" in file:
            return file["showers"][:][rows].sum(axis=1, dtype="f8") / file["incident_energies"][:, 0][rows]
        layers = sum(file[f"layer_{i}"][:].reshape(len(file["energy"]), -1).sum(axis=1, dtype="f8") for i in range(3))
        return layers[rows] / (1000 * file["energy"][:, 0][rows])


def gradient(x, w, mean, log_width):
    """Of the mean of -w ln p over a batch, by mean and ln width."""
    pull = (x - mean) / np.exp(log_width)
    return -np.mean(w * pull) / np.exp(log_width), np.mean(w * (1 - pull**2))


def train(x, w, epochs=150, batch=64):
    random = np.random.default_rng(1)
    w = w / w.mean()  # over the sample, once: weights that are normalized in each batch are biased
    mean, log_width = x.mean(), np.log(x.std())
    ends = []
    for epoch in range(epochs):
        rate = 0.1 / (1 + epoch / 20)
        for rows in np.array_split(random.permutation(len(x)), max(1, len(x) // batch)):
            by_mean, by_log_width = gradient(x[rows], w[rows], mean, log_width)
            mean -= rate * np.exp(2 * log_width) * by_mean
            log_width -= rate * by_log_width / 2
        ends.append((mean, np.exp(log_width)))
    return np.mean(ends[epochs // 2 :], axis=0)


with h5py.File(sys.argv[1]) as weights:
    generated = weights["generated"]
    rows, w = generated["source_row"][:].astype("i8"), np.exp(generated["log_weight"][:])
x = ratios(sys.argv[2], rows)
for name, counted in (("unweighted", np.ones(len(x))), ("weighted", w)):
    mean, width = train(x, counted)
    exact = np.average(x, weights=counted)
    print(f"{name}: mean {mean:.8g} (by sums {exact:.8g}), width {width:.6g} (by sums {np.average((x - exact) ** 2, weights=counted) ** 0.5:.6g})")
