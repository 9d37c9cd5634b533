"""Writes histograms in UHI serialisation (histograms.json of `caloscope evaluate`) into a ROOT file, as TH1D and TH2D, and opens it again.

    python3 examples/python/histograms_to_root.py result/histograms.json result.root

Σw² goes along, so that errors in ROOT are those of weighted rows. Names of axes become "xaxis" there, their titles stay.
"""

import json
import sys

import hist
import numpy as np
import uhi.io
import uhi.io.json
import uproot

with open(sys.argv[1]) as file:
    document = json.load(file, object_hook=uhi.io.json.object_hook)
histograms = {name: hist.Hist(uhi.io.from_sparse(one)) for name, one in document.items()}
# ROOT has axes of numbers, up to three.
histograms = {name: one for name, one in histograms.items() if one.ndim <= 3 and all(hasattr(axis, "edges") for axis in one.axes)}
with uproot.recreate(sys.argv[2]) as file:
    for name, histogram in histograms.items():
        file[name] = histogram
with uproot.open(sys.argv[2]) as file:
    for name, histogram in histograms.items():
        stored = file[name]
        assert np.array_equal(stored.values(flow=False), histogram.values()), name
        assert np.array_equal(stored.variances(flow=False), histogram.variances()), name
        print(f"{name}: {stored.classname}, sum {stored.values(flow=False).sum():.6g}")
