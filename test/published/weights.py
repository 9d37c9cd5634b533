"""SciPy's logsumexp and expit take the means over networks."""

import numpy as np
import scipy.special

from inputs import logits


def health(log_weight):
    """Of weights w: their mean and Kish's effective size."""
    total = scipy.special.logsumexp(log_weight)
    return {
        "mean": np.exp(total - np.log(len(log_weight))),
        "effective_size": np.exp(2 * total - scipy.special.logsumexp(2 * log_weight)),
    }


def joined(logits):
    return {
        "mean-logit": logits.mean(axis=0),
        "mean-weight": scipy.special.logsumexp(logits, axis=0) - np.log(len(logits)),
        "mean-probability": scipy.special.logit(scipy.special.expit(logits).mean(axis=0)),
    }


def numbers():
    single = logits.astype(np.float32).astype(np.float64)
    large = logits * 150  # up to e^600: the squares of such weights are no numbers
    return {
        "double": {rule: values.tolist() for rule, values in joined(logits).items()},
        "single": {rule: values.tolist() for rule, values in joined(single).items()},
        "spread": np.median(logits.std(axis=0, ddof=1)),
        "health": health(logits[0]),
        "health_of_large_weights": health(large[0]),
        "health_of_reference_weights": health(-logits[0]),
    }
