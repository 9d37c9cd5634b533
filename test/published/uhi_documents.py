"""Histograms of hist and boost-histogram in UHI serialisation, as they write them, dense and sparse, with the counts in them."""

import json

import boost_histogram as bh
import hist
import numpy as np
import uhi
import uhi.io
import uhi.io.json
import uhi.schema

from inputs import steps

x = np.floor(steps(201, 60) * 64) / 8 + 0.5
y = np.floor(steps(202, 60) * 64) / 8 - 1
w = np.floor(steps(203, 60) * 64) / 16

log = bh.axis.Regular(4, 1, 8, transform=bh.axis.transform.log)
power = bh.axis.Regular(4, 0, 8, transform=bh.axis.transform.Pow(0.5))
regular = hist.axis.Regular(4, 0, 8, name="x", label="E [MeV]")
variable = hist.axis.Variable([-1, 0, 3, 5], name="y", flow=False)

histograms = {
    "storage Weight": hist.Hist(regular, storage=hist.storage.Weight()).fill(x, weight=w),
    "storage Double": hist.Hist(regular).fill(x),
    "storage Int64": hist.Hist(regular, storage=hist.storage.Int64()).fill(x),
    "storage AtomicInt64": hist.Hist(regular, storage=hist.storage.AtomicInt64()).fill(x),
    "storage Unlimited": hist.Hist(regular, storage=hist.storage.Unlimited()).fill(x),
    "a logarithmic axis": bh.Histogram(log).fill(x),
    "a power as axis": bh.Histogram(power, storage=bh.storage.Weight()).fill(x, weight=w),
    "whole numbers": hist.Hist(hist.axis.Integer(0, 6, name="n")).fill(x.astype(int)),
    "texts": hist.Hist(hist.axis.StrCategory(["e", "gamma", "pi"], name="particle")).fill([["e", "pi", "mu"][i % 3] for i in range(60)]),
    "texts that grow": hist.Hist(hist.axis.StrCategory([], growth=True)).fill([["e", "pi"][i % 2] for i in range(60)]),
    "numbers": hist.Hist(hist.axis.IntCategory([22, 11, -211], name="pdg")).fill([[11, 22, 13][i % 3] for i in range(60)]),
    "false and true": hist.Hist(hist.axis.Boolean(name="hit"), storage=hist.storage.Int64()).fill(x > 3),
    "two axes": hist.Hist(regular, variable, storage=hist.storage.Weight()).fill(x, y, weight=w),
    "a category beside": hist.Hist(hist.axis.IntCategory([1, 2]), regular).fill((x * 8).astype(int) % 4, x),
}


def entry(histogram, form=lambda document: document):
    text = json.dumps(form(histogram._to_uhi_()), default=uhi.io.json.default)
    uhi.schema.validate(json.loads(text))
    values, variances = np.asarray(histogram.values(flow=True)), histogram.variances(flow=True)
    return {"document": json.loads(text), "values": values.ravel().tolist(), "variances": np.ravel(variances).tolist()}


def numbers():
    all_forms = {name: entry(one) for name, one in histograms.items()}
    for name in ("storage Double", "two axes", "a category beside", "texts"):
        all_forms[f"{name}, sparse"] = entry(histograms[name], uhi.io.to_sparse)
    return {"histograms": all_forms}
