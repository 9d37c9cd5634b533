"""Opens histograms in UHI serialisation, as `caloscope evaluate` writes them (histograms.json), with hist.

    python3 examples/python/read_histograms.py result/histograms.json

Prints for each its axes, the number of its cells with underflow and overflow, the sum of weights, and that of their squares.
"""

import json
import sys

import hist
import uhi.io
import uhi.io.json
import uhi.schema


def histograms(path):
    """By name; a file may hold one alone, dense or sparse."""
    with open(path) as file:
        document = json.load(file)
    uhi.schema.validate(document)
    if "uhi_schema" in document:
        document = {"histogram": document}
    for name, one in json.loads(json.dumps(document), object_hook=uhi.io.json.object_hook).items():
        yield name, hist.Hist(uhi.io.from_sparse(one))


for name, histogram in histograms(sys.argv[1]):
    axes = ", ".join(f"{axis.label or axis.name or 'axis'} ({len(axis)} bins)" for axis in histogram.axes)
    cells = histogram.view(flow=True)
    print(f"{name}: {axes}; {cells.size} cells, {cells.value.sum():.6g} ± {cells.variance.sum() ** 0.5:.6g}")
