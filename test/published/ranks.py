"""scikit-learn's ROC curves, SciPy's rank tests, and DeLong's variance by its definition."""

import numpy as np
import scipy.stats
import sklearn.metrics

from inputs import generated, generated_weights, reference, reference_weights

labels = np.r_[np.ones(len(reference)), np.zeros(len(generated))]
scores = np.r_[reference, generated]
weights = np.r_[reference_weights, generated_weights]


def delong_variance():
    """DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837: variances of the placements, every pair compared."""
    wins = (reference[:, None] > generated) + 0.5 * (reference[:, None] == generated)
    v10, v01 = wins.mean(axis=1), wins.mean(axis=0)
    return v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01)


def null_deviation():
    """Of the AUC of equal samples, with the correction for ties of the Mann-Whitney test."""
    n, m = len(reference), len(generated)
    ties = scipy.stats.tiecorrect(scipy.stats.rankdata(scores))
    return np.sqrt(ties * (n + m + 1) / (12 * n * m))


def curve(**options):
    along, up, _ = sklearn.metrics.roc_curve(labels, scores, drop_intermediate=False, **options)
    return {"false_positive_rate": along.tolist(), "true_positive_rate": up.tolist()}


def smirnov(reference, generated):
    found = scipy.stats.ks_2samp(reference, generated, method="asymp")
    return {"statistic": found.statistic, "pvalue": found.pvalue}


def numbers():
    whitney = scipy.stats.mannwhitneyu(
        reference, generated, alternative="greater", method="asymptotic", use_continuity=False
    )
    return {
        "auc": sklearn.metrics.roc_auc_score(labels, scores),
        "weighted_auc": sklearn.metrics.roc_auc_score(labels, scores, sample_weight=weights),
        "delong_variance": delong_variance(),
        "null_deviation": null_deviation(),
        "mann_whitney_greater": whitney.pvalue,
        "curve": curve(),
        "weighted_curve": curve(sample_weight=weights),
        "kolmogorov_smirnov": {
            "as they are": smirnov(reference, generated),
            "half of the rows": smirnov(reference[::2], generated[::2]),
            "no shift": smirnov(reference - 0.125, generated),
        },
    }
