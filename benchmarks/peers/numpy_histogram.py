"""Sums of weights and of their squares in equal bins, with NumPy."""
import time

from peer import require, serve

numpy = require("numpy", "python3-numpy")

state = {}


def load(values, weights, bins, lower, upper):
    state.update(
        values=numpy.fromfile(values, numpy.float64),
        weights=numpy.fromfile(weights, numpy.float64),
        bins=bins,
        range=(lower, upper),
    )


def histograms():
    weights = state["weights"]
    sums, _ = numpy.histogram(state["values"], state["bins"], state["range"], weights=weights)
    squares, _ = numpy.histogram(state["values"], state["bins"], state["range"], weights=weights * weights)
    return sums, squares


def run():
    start = time.perf_counter()
    histograms()
    return time.perf_counter() - start


def sums():
    return numpy.concatenate(histograms()).tolist()


serve({"load": load, "run": run, "sums": sums}, {"numpy": numpy.__version__})
