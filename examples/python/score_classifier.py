"""Scores rows with a classifier folder of caloscope: NumPy and safetensors only.

    python3 examples/python/score_classifier.py result/classifier rows.npy scores.npy

rows.npy: rows x columns, the features that the classifier reads, in the order of `featureNames` in the metadata of
ensemble.safetensors (their definitions: docs/classifier-files.md). scores.npy: ln w = ln(p_reference / p_generated), one a row, as
`caloscope weights` writes it.
"""

import json
import sys
from pathlib import Path

import numpy
from safetensors import safe_open


def load(path):
    with safe_open(path, "numpy") as file:
        return json.loads(file.metadata()["caloscope"]), {name: file.get_tensor(name) for name in file.keys()}


def activation(x, name, slope):
    erf = numpy.vectorize(__import__("math").erf)
    return {
        "relu": lambda: numpy.maximum(x, 0),
        "leaky-relu": lambda: numpy.where(x > 0, x, slope * x),
        "elu": lambda: numpy.where(x > 0, x, slope * numpy.expm1(numpy.minimum(x, 0))),
        "gelu": lambda: x * (1 + erf(x / numpy.sqrt(2))) / 2,
        "silu": lambda: x / (1 + numpy.exp(-x)),
        "tanh": lambda: numpy.tanh(x),
    }[name]()


def network(x, t, about):
    # The scale is a factor, not a divisor.
    x = numpy.clip((x - t["standardisation.centre"]) * t["standardisation.scale"], -t["standardisation.clip"], t["standardisation.clip"])
    layers = sum(name.endswith(".weight") for name in t)
    for i in range(layers):
        x = x @ t[f"layers.{i}.weight"].T.astype("f8") + t[f"layers.{i}.bias"]
        if i < layers - 1:
            x = activation(x, about["activation"], about["slope"])
    return x[:, 0]


def regression(x, t):
    if len(t["weights"]) != x.shape[1]:  # quadratic: y_i, then y_i y_j with i <= j
        i, j = numpy.triu_indices(x.shape[1])
        x = numpy.hstack([x, x[:, i] * x[:, j]])
    return x @ t["weights"] + t["constant"]


def trees(x, t):
    total = numpy.zeros(len(x))
    for root in t["trees.first_node"][:-1]:
        node = numpy.full(len(x), root, "i8")
        while (t["trees.left"][node] != 0).any():
            inner = t["trees.left"][node] != 0
            right = x[numpy.arange(len(x)), t["trees.column"][node]] > t["trees.threshold"][node]
            node = numpy.where(inner, t["trees.left"][node] + right, node)
        total += t["trees.value"][node]
    return total


def score(folder, rows):
    about, ensemble = load(folder / "ensemble.safetensors")
    stored, whitened, widened = rows, rows, rows  # without whitening all learners read the columns as they are
    if "whitening.centre" in ensemble:
        scalars = len(ensemble["whitening.centre"])  # scalar columns stand before the voxels
        clip = ensemble["whitening.clip"]
        y = numpy.clip((rows[:, :scalars] - ensemble["whitening.centre"]) @ ensemble["whitening.matrix"], -clip, clip).astype("f4")
        narrow = y[:, ensemble["whitening.relative_width"] < 0.1]
        whitened, widened = numpy.hstack([y, rows[:, scalars:]]), numpy.hstack([rows[:, :scalars], narrow])
        stored = y
    learners = {}
    for path in sorted(folder.glob("member-*.safetensors")):
        member, t = load(path)
        kind = member["learner"]
        if kind == "network":
            logits = network(whitened, t, member)
        elif kind == "trees":
            logits = trees(widened[:, : member["columns"]], t)
        else:
            logits = regression((widened if kind == "sparse" else stored)[:, : member["columns"]], t)
        learners.setdefault(kind, []).append(logits)
    means = [numpy.mean(logits, axis=0) for logits in learners.values()]
    return ensemble["sum.constant"] + sum(weight * mean for weight, mean in zip(ensemble["sum.weights"], means))


if __name__ == "__main__":
    numpy.save(sys.argv[3], score(Path(sys.argv[1]), numpy.load(sys.argv[2]).astype("f4")))
