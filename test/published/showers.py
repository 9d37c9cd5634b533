"""Features and observables by their published definitions, in NumPy.

CaloGAN: arXiv:1712.10321, with the columns of the classifiers of arXiv:2305.16774. Rings and angles: the features of the
Fast Calorimeter Simulation Challenge, arXiv:2410.21611. Energies are MeV unless said otherwise, positions mm.
"""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from inputs import showers

rows = 4
grids = [(3, 96), (12, 12), (12, 6)]


class Layer:
    """Deposits of one layer of all showers, rows x voxels, and where the voxels are."""

    def __init__(self, number, deposits, eta, phi, radius, angular=True):
        self.number, self.deposits, self.angular = number, deposits, angular
        self.positions = {"eta": eta, "phi": phi, "r": radius}
        self.energy = deposits.sum(axis=1)
        self.sorted = -np.sort(-deposits, axis=1)

    def centre(self, coordinate, softening=0.0):
        return self.deposits @ self.positions[coordinate] / (self.energy + softening)

    def width(self, coordinate, softening=0.0):
        """The root of <x^2> - <x>^2, of which <x^2> - 2 <x> c + c^2 s is the same without the cancellation."""
        centre = self.centre(coordinate, softening)[:, None]
        share = self.deposits / (self.energy + softening)[:, None]
        square = (share * (self.positions[coordinate] - centre) ** 2).sum(axis=1)
        return np.sqrt(square + centre[:, 0] ** 2 * (1 - share.sum(axis=1)))


def centres(edges):
    return (edges[1:] + edges[:-1]) / 2


def calogan_layers(deposits):
    found, first = [], 0
    for number, (high, wide) in enumerate(grids):
        phi, eta = np.meshgrid(
            centres(np.linspace(-240, 240, high + 1)), centres(np.linspace(-240, 240, wide + 1)), indexing="ij"
        )
        part = deposits[:, first : first + high * wide]
        found.append(Layer(number, part, eta.ravel(), phi.ravel(), np.hypot(eta, phi).ravel()))
        first += high * wide
    return found


def rings(path):
    """Layers of a binning file: number, eta, phi, radius, whether there are angles."""
    for layer in ElementTree.parse(path).getroot().find("Bin"):
        radius = centres(np.array([float(edge) for edge in layer.get("r_edges").split(",")]))
        if len(radius) == 0:
            continue
        angles = int(layer.get("n_bin_alpha"))
        alpha = centres(np.linspace(-np.pi, np.pi, angles + 1))
        r, a = np.tile(radius, angles), np.repeat(alpha, len(radius))
        yield int(layer.get("id")), r * np.cos(a), r * np.sin(a), r, angles > 1


def challenge_layers(deposits):
    found, first = [], 0
    for number, eta, phi, radius, angular in rings(Path(__file__).with_name("rings.xml")):
        found.append(Layer(number, deposits[:, first : first + len(eta)], eta, phi, radius, angular))
        first += len(eta)
    return found


def log10(values):
    return np.log10(values + 1e-8)


def calogan_features(layers, incident):
    """`low`, `low-normalised` and `high`: name -> column. Where the published ones are not finite: null."""
    gev = [layer.energy / 1e3 for layer in layers]
    total = sum(gev)
    fractions = [energy / total for energy in gev]
    depth = sum(number * fraction for number, fraction in enumerate(fractions))
    high = {"log10_E_inc": np.log10(incident / 1e4), "log10_E_tot": np.log10(total)}
    high["log10_l_d"] = log10(layers[1].energy + 2 * layers[2].energy)
    high["s_d"] = depth
    high["sigma_s_d"] = np.sqrt(sum(f * (number - depth) ** 2 for number, f in enumerate(fractions)))
    for layer, energy, fraction in zip(layers, gev, fractions):
        n = layer.number
        high[f"log10_E_{n}"] = log10(energy)
        high[f"log10_f_{n}"] = log10(fraction)
        high[f"log10_sigma_phi_{n}"] = log10(layer.width("phi", 1e-8))
        for rank in range(5):
            high[f"E_brightest_{rank + 1}_{n}"] = 10 * layer.sorted[:, rank] / (layer.energy + 1e-16)
        first, second = layer.sorted[:, 0], layer.sorted[:, 1]
        high[f"ratio_brightest_{n}"] = (first - second) / (first + second + 1e-16)
        high[f"occupancy_{n}"] = (layer.deposits > 0).mean(axis=1)
        for coordinate in ("phi", "eta"):
            high[f"centre_{coordinate}_{n}"] = layer.centre(coordinate, 1e-8) / 100
    scalars = {"log10_E_inc": high["log10_E_inc"]}
    scalars |= {f"log10_E_layer_{layer.number}": log10(layer.energy / 1e5) + 2 for layer in layers}
    plain = np.hstack([layer.deposits / 1e5 for layer in layers])
    normed = np.hstack([layer.deposits / 1e5 / (layer.energy / 1e5 + 1e-16)[:, None] for layer in layers])
    return {
        "high": high,
        "low": scalars | {f"voxel_{i}": column for i, column in enumerate(plain.T)},
        "low-normalised": scalars | {f"voxel_{i}": column for i, column in enumerate(normed.T)},
    }


def challenge_features(layers, incident):
    high = {"log10_E_inc": np.log10(incident), "log10_E_tot": log10(sum(layer.energy for layer in layers))}
    for layer in layers:
        n = layer.number
        high[f"log10_E_layer_{n}"] = log10(layer.energy)
        high[f"sparsity_{n}"] = 1 - (layer.deposits > 0).mean(axis=1)
        for coordinate in ("r", "eta", "phi") if layer.angular else ("r",):
            high[f"centre_{coordinate}_{n}"] = layer.centre(coordinate, 1e-16) / 100
            high[f"width_{coordinate}_{n}"] = layer.width(coordinate, 1e-16) / 100
    scalars = {"log10_E_inc": high["log10_E_inc"]}
    energies = {f"log10_E_layer_{layer.number}": log10(layer.energy) for layer in layers}
    plain = np.hstack([layer.deposits for layer in layers]) / incident[:, None]
    normed = np.hstack([layer.deposits / (layer.energy + 1e-16)[:, None] for layer in layers])
    return {
        "high": high,
        "low": scalars | {f"voxel_{i}": column for i, column in enumerate(plain.T)},
        "low-normalised": scalars | energies | {f"voxel_{i}": column for i, column in enumerate(normed.T)},
    }


def observables(layers, incident):
    """What has no energy to divide with does not exist: null."""
    total = sum(layer.energy for layer in layers)
    lit = sum((layer.deposits > 0).sum(axis=1) for layer in layers)
    depth = sum(place * layer.energy for place, layer in enumerate(layers)) / total
    square = sum((place - depth) ** 2 * layer.energy for place, layer in enumerate(layers)) / total
    brightest = np.max([layer.sorted[:, 0] for layer in layers], axis=0)
    profile = np.where(total > 0, np.argmax([layer.energy for layer in layers], axis=0), np.nan)
    found = {
        "incident_energy": incident,
        "deposited_energy": total,
        "energy_ratio": total / incident,
        "depth": depth,
        "depth_width": np.sqrt(square),
        "depth_of_maximum": profile,
        "hits": lit,
        "occupancy": lit / sum(layer.deposits.shape[1] for layer in layers),
        "brightest_fraction": brightest / total,
    }
    for before, layer in zip([None, *layers], layers):
        n = layer.number
        found[f"layer_energy_{n}"] = layer.energy
        found[f"layer_fraction_{n}"] = layer.energy / total
        if before is not None:
            found[f"layer_ratio_{n}"] = layer.energy / (layer.energy + before.energy)
        found[f"layer_hits_{n}"] = (layer.deposits > 0).sum(axis=1)
        found[f"layer_sparsity_{n}"] = (layer.deposits == 0).mean(axis=1)
        for rank, name in enumerate(("", "second_", "third_", "fourth_", "fifth_")):
            if layer.sorted.shape[1] > rank:
                found[f"{name}brightest_fraction_{n}"] = layer.sorted[:, rank] / layer.energy
        for coordinate in ("r", "eta", "phi") if layer.angular else ("r",):
            found[f"centre_{coordinate}_{n}"] = layer.centre(coordinate)
            found[f"width_{coordinate}_{n}"] = layer.width(coordinate)
    return found


def listed(columns):
    """NaN and infinities have no place in JSON."""
    return {name: [float(v) if np.isfinite(v) else None for v in column] for name, column in columns.items()}


def of(layers, features, incident):
    with np.errstate(divide="ignore", invalid="ignore"):
        sets = {name: listed(columns) for name, columns in features(layers, incident).items()}
        return {"features": sets, "observables": listed(observables(layers, incident))}


def numbers():
    calogan = calogan_layers(showers(rows, 504, 51)[0])
    challenge = challenge_layers(showers(rows, 47, 52)[0])
    positions = {name: np.hstack([layer.positions[name] for layer in challenge]).tolist() for name in ("eta", "phi", "r")}
    incident = showers(rows, 1, 0)[1]
    return {
        "calogan": of(calogan, calogan_features, incident),
        "rings": {"positions": positions, **of(challenge, challenge_features, incident)},
    }
