"""scikit-learn's isotonic regression, curves and scores; Platt's and the temperature's likelihood at SciPy's minimum."""

import numpy as np
import scipy.optimize
import scipy.special
import sklearn.calibration
import sklearn.isotonic
import sklearn.metrics

from inputs import steps

rows = 240
# Eighths: many logits are equal.
logit = np.floor(steps(11, rows) * 64) / 8 - 4
# Labels that a steeper, shifted map of the logits gives.
label = (steps(12, rows) < scipy.special.expit(0.7 * logit - 0.3)).astype(np.float64)
weight = np.floor(steps(13, rows) * 16) / 8
query = np.linspace(-5, 5, 41)
probability = scipy.special.expit(logit)


def isotonic(weights=None, **limits):
    found = sklearn.isotonic.IsotonicRegression(out_of_bounds="clip", **limits)
    found.fit(logit, label, sample_weight=weights)
    return {
        "x": found.X_thresholds_.tolist(),
        "y": found.y_thresholds_.tolist(),
        "prediction": found.predict(query).tolist(),
    }


def cross_entropy(log_odds, target, weights):
    return np.sum(weights * (np.logaddexp(0, log_odds) - target * log_odds))


def platt(weights):
    """Smoothed targets, Platt 1999."""
    positive, negative = weights[label == 1].sum(), weights[label == 0].sum()
    target = np.where(label == 1, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def gradient(line):
        residual = weights * (scipy.special.expit(line[0] * logit + line[1]) - target)
        return [np.sum(residual * logit), np.sum(residual)]

    found = scipy.optimize.root(gradient, [1.0, 0.0], tol=1e-14)
    return {"slope": found.x[0], "offset": found.x[1]}


def inverse_temperature(weights):
    def slope(inverse):
        return np.sum(weights * (scipy.special.expit(inverse * logit) - label) * logit)

    return scipy.optimize.brentq(slope, 1e-6, 100, xtol=1e-15, rtol=1e-15)


def curve(strategy, bins):
    frequency, mean = sklearn.calibration.calibration_curve(label, probability, n_bins=bins, strategy=strategy)
    return {"frequency": frequency.tolist(), "mean": mean.tolist()}


def calibration_error(bins):
    """ECE in bins of equal width, closed above."""
    place = np.digitize(probability, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    rows_of = [place == one for one in range(bins)]
    return sum(abs((label[of] - probability[of]).sum()) for of in rows_of) / rows


def scores(weights):
    entropy = sklearn.metrics.log_loss(label, probability, sample_weight=weights)
    return {
        "brier": sklearn.metrics.brier_score_loss(label, probability, sample_weight=weights),
        "log_loss": entropy,
        "jensen_shannon": 1 - entropy / np.log(2),
    }


def numbers():
    ones = np.ones(rows)
    return {
        "isotonic": {
            "plain": isotonic(),
            "weighted": isotonic(weight),
            "held to 0.1 and 0.8": isotonic(y_min=0.1, y_max=0.8),
        },
        "plain": {"platt": platt(ones), "inverse_temperature": inverse_temperature(ones), "scores": scores(ones)},
        "weighted": {
            "platt": platt(weight),
            "inverse_temperature": inverse_temperature(weight),
            "scores": scores(weight),
        },
        "curves": [
            {"spacing": strategy, "bins": bins, **curve(strategy, bins)}
            for strategy in ("uniform", "quantile")
            for bins in (7, 30)
        ],
        "calibration_error": {"7": calibration_error(7), "30": calibration_error(30)},
    }
