"""Files of showers, read in full with h5py or hidefix; and written as h5py writes them by itself."""
import time
from importlib.metadata import version

from peer import require, serve

h5py = require("h5py")
hidefix = require("hidefix")
numpy = require("numpy")


def read_h5py(path, names):
    with h5py.File(path, "r") as file:
        return {name: file[name][:] for name in names}


def read_hidefix(path, names):
    index = hidefix.Index(path)
    datasets = {name: index[name] for name in names}
    return {name: dataset[(slice(None),) * len(dataset.shape())] for name, dataset in datasets.items()}


READERS = {"h5py": read_h5py, "hidefix": read_hidefix}


def run(path, names, library):
    start = time.perf_counter()
    READERS[library](path, names)
    return time.perf_counter() - start


def differences(path, names):
    """Numbers in which the two libraries differ; hidefix drops axes of length 1."""
    ours, theirs = read_h5py(path, names), read_hidefix(path, names)
    return sum(int(numpy.count_nonzero(ours[name].ravel() != theirs[name].ravel())) for name in names)


def rewrite(source, target):
    """The same datasets with one keyword, gzip, and the chunks that h5py chooses."""
    with h5py.File(source, "r") as old, h5py.File(target, "w") as new:
        for name, dataset in old.items():
            new.create_dataset(name, data=dataset[:], compression="gzip")
        return {name: list(dataset.chunks) for name, dataset in new.items()}


def table(path, names, file, unit):
    """Incident energy, the first of the names, `unit` in MeV, and voxels, row by row, all in MeV."""
    incident, *voxels = read_h5py(path, names).values()
    parts = [incident.astype(numpy.float64).reshape(-1, 1) * unit, *[values.reshape(len(incident), -1) for values in voxels]]
    numpy.concatenate(parts, axis=1, dtype=numpy.float64).tofile(file)


serve(
    {"run": run, "table": table, "rewrite": rewrite, "differences": differences},
    {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "hidefix": version("hidefix")},
)
