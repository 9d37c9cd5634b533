"""A file of CaloGAN showers, read in full with h5py."""
import time

from peer import require, serve

h5py = require("h5py", "python3-h5py")
numpy = require("numpy", "python3-numpy")


def read(path):
    with h5py.File(path, "r") as file:
        return [file[name][:] for name in ("energy", "layer_0", "layer_1", "layer_2")]


def run(path):
    start = time.perf_counter()
    read(path)
    return time.perf_counter() - start


def table(path, file):
    """Incident energy and voxels, row by row, all in MeV."""
    energy, *layers = read(path)
    energy = energy.astype(numpy.float64)
    voxels = numpy.concatenate([layer.reshape(len(layer), -1) for layer in layers], axis=1)
    numpy.concatenate([energy * 1000.0, voxels], axis=1, dtype=numpy.float64).tofile(file)


serve({"run": run, "table": table}, {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version})
