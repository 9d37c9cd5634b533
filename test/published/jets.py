"""Substructure of random jets as EnergyFlow and FastJet have it: numbers/jets.json.

python3 -m venv venv && venv/bin/pip install energyflow fastjet "numpy<2" && venv/bin/python test/published/jets.py
"""

import json
from pathlib import Path

import energyflow
import fastjet
import numpy as np


def jets(count: int, most: int):
    """Multiples of 2^-20, so that float32 holds them."""
    random = np.random.default_rng(11)
    for _ in range(count):
        n = random.integers(4, most + 1)
        eta, phi = random.normal(0, 0.2, (2, n))
        pt = random.exponential(1.0, n) + 0.01
        yield np.round(np.stack([pt / pt.sum(), eta, phi], 1) * 2**20) / 2**20


def axes(jet: np.ndarray, count: int) -> np.ndarray:
    """Exclusive kT with winner-take-all p_T recombination; the radius is so large that no jet meets the beam first."""
    particles = [
        fastjet.PseudoJet(pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), pt * np.cosh(eta)) for pt, eta, phi in jet
    ]
    definition = fastjet.JetDefinition(fastjet.kt_algorithm, 1000.0, fastjet.WTA_pt_scheme)
    found = fastjet.ClusterSequence(particles, definition).exclusive_jets(count)
    return np.array([[one.eta(), one.phi_std()] for one in found])


def tau(jet: np.ndarray, count: int) -> float:
    places = axes(jet, count)
    turn = (jet[:, None, 2] - places[None, :, 1] + np.pi) % (2 * np.pi) - np.pi
    apart = np.hypot(jet[:, None, 1] - places[None, :, 0], turn)
    return float(np.sum(jet[:, 0] * apart.min(1)) / np.sum(jet[:, 0]))


def numbers() -> dict:
    d2 = energyflow.D2(measure="hadr", beta=1, normed=True, coords="ptyphim")
    rows = []
    for jet in jets(12, 20):
        four = energyflow.p4s_from_ptyphims(np.concatenate([jet, np.zeros((len(jet), 1))], 1)).sum(0)
        mass = np.sqrt(four[0] ** 2 - np.sum(four[1:] ** 2))
        taus = [tau(jet, count) for count in (1, 2, 3)]
        rows.append({"particles": jet.tolist(), "mass": float(mass), "d2": float(d2.compute(jet)), "tau": taus})
    return {"jets": rows}


packages = {"energyflow": energyflow.__version__, "fastjet": fastjet.__version__}
text = json.dumps({"packages": packages, **numbers()}, indent=1)
(Path(__file__).parent / "numbers" / "jets.json").write_text(text + "\n")
