"""boost-histogram and NumPy."""

import boost_histogram as bh
import numpy as np

from inputs import generated, reference, weight, x, y

regular = bh.axis.Regular(7, -1, 2)
variable = bh.axis.Variable([-1.0, 0.0, 0.25, 0.5, 1.75])
# Of values that are above 0: what is not, is below every bin here and has no logarithm there.
logarithmic = bh.axis.Regular(6, 0.1, 10, transform=bh.axis.transform.log)


def filled(axes, columns):
    histogram = bh.Histogram(*axes, storage=bh.storage.Weight())
    view = histogram.fill(*columns, weight=weight).view(flow=True)
    counts = bh.Histogram(*axes).fill(*columns).view(flow=True)
    return {
        "edges": [axis.edges.tolist() for axis in axes],
        "count": counts.ravel().tolist(),
        "sumw": view.value.ravel().tolist(),
        "sumw2": view.variance.ravel().tolist(),
    }


def boost():
    single = x.astype(np.float32)
    return {
        "regular": filled([regular], [x]),
        "variable": filled([variable], [x]),
        "logarithmic": filled([logarithmic], [y]),
        "single precision": filled([regular], [single]),
        "two axes": filled([regular, variable], [x, y]),
        "logarithmic and regular": filled([logarithmic, regular], [y, x]),
    }


def bins():
    """The bin of each row, counted from 0; -1 below, and the number of bins above."""
    return {
        "regular": regular.index(x).tolist(),
        "variable": variable.index(x).tolist(),
        "logarithmic": logarithmic.index(y).tolist(),
    }


def numpy_counts():
    edges = [-1.0, 0.0, 0.25, 0.5, 1.75]
    closed = np.append(x, 1.75)  # NumPy closes the last bin on both sides
    count, _ = np.histogram(closed, edges)
    sumw, _ = np.histogram(closed, edges, weights=np.append(weight, 2.0))
    both, _, _ = np.histogram2d(x, y, bins=[edges, edges], weights=weight)
    return {"edges": edges, "count": count.tolist(), "sumw": sumw.tolist(), "two axes": both.ravel().tolist()}


def separation():
    """1/2 sum (p - q)^2/(p + q) of shares of the rows in range, as the CaloChallenge defines it."""
    edges = np.linspace(0.2, 0.9, 12)
    counts = [np.histogram(sample, edges)[0] for sample in (reference, generated)]
    p, q = (count / count.sum() for count in counts)
    both = p + q
    power = 0.5 * np.sum(np.divide((p - q) ** 2, both, out=np.zeros_like(both), where=both > 0))
    return {"edges": edges.tolist(), "counts": [count.tolist() for count in counts], "power": power}


def numbers():
    return {"boost": boost(), "bins": bins(), "numpy": numpy_counts(), "separation": separation()}
