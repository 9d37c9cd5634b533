"""Which rows have none of the other sample near them: SciPy's trees, distances along the axes that NumPy finds."""

import numpy as np
import scipy.spatial

from inputs import steps

false_rate = 1e-3


def sample(seed, rows):
    """Four columns, three of them close to each other."""
    u = steps(seed, 4 * rows).reshape(rows, 4)
    u[:, 1] = u[:, 0] + 0.05 * u[:, 1]
    u[:, 2] = u[:, 0] - 0.02 * u[:, 2]
    return u


def samples():
    """A third of the generated rows lies elsewhere in the narrow third direction; two rows lack a value."""
    reference, generated = sample(61, 330), sample(62, 270)
    generated[::3, 2] += 0.15
    reference[7, 3] = generated[5, 0] = np.nan
    means = np.nanmean(np.vstack([reference, generated]), axis=0)
    return [np.where(np.isnan(one), means, one) for one in (reference, generated)]


def chance(own, other, neighbors):
    return np.prod([(own - i) / (own - i + other) for i in range(1, neighbors + 1)])


def outside(own, other):
    neighbors = next(n for n in range(1, 100) if chance(len(own), len(other), n) <= false_rate)
    covariance = np.cov(other.T, bias=True) + 0.01 * np.cov(own.T, bias=True)
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    axes = vectors / np.sqrt(values) / scale[:, None]
    own_distance = scipy.spatial.cKDTree(own @ axes).query(own @ axes, k=neighbors + 1)[0][:, neighbors]
    distance = scipy.spatial.cKDTree(other @ axes).query(own @ axes)[0]
    rows = np.flatnonzero(distance > own_distance)
    farthest = rows[np.argsort(-distance[rows] / own_distance[rows])][:10]
    return {
        "neighbors": neighbors,
        "expected_share": chance(len(own), len(other), neighbors),
        "rows": rows.tolist(),
        "farthest": farthest.tolist(),
        "distance": distance[farthest].tolist(),
        "own_distance": own_distance[farthest].tolist(),
    }


def numbers():
    reference, generated = samples()
    return {"reference": outside(reference, generated), "generated": outside(generated, reference)}
