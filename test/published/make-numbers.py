"""Writes numbers.json: what published packages answer on small inputs that test/published/inputs.ts makes too.

    python3 -m venv venv && venv/bin/pip install numpy scipy scikit-learn boost-histogram
    venv/bin/python test/published/make-numbers.py > test/published/numbers.json

The inputs come from whole numbers alone, so that Python and JavaScript have the same bits.
"""

import json

import boost_histogram as bh
import numpy as np
import scipy
import scipy.stats
import sklearn
import sklearn.metrics


def steps(seed, rows):
    """Numbers of [0, 1): a linear congruential generator with 32 bits."""
    values, state = np.empty(rows), seed
    for row in range(rows):
        state = (state * 1664525 + 1013904223) % 2**32
        values[row] = state / 2**32
    return values


def histograms(x, weight):
    """Weights are multiples of 1/16: their sums are exact in any order."""
    axes = {
        "regular": bh.axis.Regular(7, -1, 2),
        "variable": bh.axis.Variable([-1.0, 0.0, 0.25, 0.5, 1.75]),
    }
    answers = {}
    for name, axis in axes.items():
        histogram = bh.Histogram(axis, storage=bh.storage.Weight())
        histogram.fill(x, weight=weight)
        view = histogram.view(flow=True)
        counts = bh.Histogram(axis).fill(x).view(flow=True)
        answers[name] = {
            "edges": axis.edges.tolist(),
            "count": counts.tolist(),
            "sumw": view.value.tolist(),
            "sumw2": view.variance.tolist(),
        }
    edges = [-1.0, 0.0, 0.25, 0.5, 1.75]
    closed = np.append(x, 1.75)  # NumPy closes the last bin on both sides
    count, _ = np.histogram(closed, edges)
    sumw, _ = np.histogram(closed, edges, weights=np.append(weight, 2.0))
    answers["numpy"] = {"edges": edges, "count": count.tolist(), "sumw": sumw.tolist()}
    return answers


def ranks(reference, generated, reference_weight, generated_weight):
    labels = np.r_[np.ones(len(reference)), np.zeros(len(generated))]
    scores = np.r_[reference, generated]
    smirnov = scipy.stats.ks_2samp(reference, generated, method="asymp")
    whitney = scipy.stats.mannwhitneyu(
        reference, generated, alternative="greater", method="asymptotic", use_continuity=False
    )
    return {
        "auc": sklearn.metrics.roc_auc_score(labels, scores),
        "weighted_auc": sklearn.metrics.roc_auc_score(
            labels, scores, sample_weight=np.r_[reference_weight, generated_weight]
        ),
        "mann_whitney_greater": whitney.pvalue,
        "ks_statistic": smirnov.statistic,
        "ks_pvalue": smirnov.pvalue,
    }


def weights(logits):
    """Three networks a row; SciPy's logsumexp and expit take the means."""
    log_weight = {
        "mean-logit": logits.mean(axis=0),
        "mean-weight": scipy.special.logsumexp(logits, axis=0) - np.log(len(logits)),
        "mean-probability": scipy.special.logit(scipy.special.expit(logits).mean(axis=0)),
    }
    return {rule: values.tolist() for rule, values in log_weight.items()}


x = np.floor(steps(1, 500) * 4096) / 1024 - 1.5
weight = np.floor(steps(2, 500) * 64 - 8) / 16
reference = np.floor(steps(3, 300) * 64) / 64 + 0.125
generated = np.floor(steps(4, 400) * 64) / 64
logits = (steps(7, 60).reshape(3, 20) - 0.5) * 8
packages = {one.__name__: one.__version__ for one in (np, scipy, sklearn, bh)}
answers = {
    "packages": packages,
    "histograms": histograms(x, weight),
    "ranks": ranks(reference, generated, steps(5, 300), steps(6, 400)),
    "log_weights": weights(logits),
}
print(json.dumps(answers, indent=1))
