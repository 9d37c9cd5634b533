"""Clouds of points in a file, binned into a sparse table with h5py and NumPy."""
import resource
import time

from peer import require, serve

h5py = require("h5py")
numpy = require("numpy")

layers, lines, columns = 30, 32, 32
width = 8  # mm, a power of 2: both sides find the same bin of every float32


def make(path, showers, points, seed):
    """Showers of some 2/3 `points` points as CaloClouds writes them, chunks of some 1 MiB, gzip."""
    random = numpy.random.default_rng(seed)
    with h5py.File(path, "w") as file:
        rows = max(1, 2**20 // (16 * points))
        events = file.create_dataset("events", (showers, 4, points), "f4", chunks=(rows, 4, points), compression="gzip")
        energy = random.uniform(10, 90, (showers, 1)).astype("f4")
        file.create_dataset("energy", data=energy)
        for row in range(showers):
            count = min(points, int(points * (0.5 + energy[row, 0] / 240)))
            cloud = numpy.zeros((4, points), "f4")
            cloud[0, points - count :] = random.normal(0, 25, count)
            cloud[1, points - count :] = numpy.minimum(random.gamma(4, 2.5, count).astype(int), layers - 1)
            cloud[2, points - count :] = random.normal(0, 25, count)
            cloud[3, points - count :] = random.exponential(energy[row, 0] * 0.02 / count, count)
            events[row] = cloud


def convert(path):
    """Row, voxel and energy (MeV, float32) of every hit."""
    with h5py.File(path, "r") as file:
        events = file["events"][:]
    x, layer, y, energy = (events[:, i] for i in range(4))
    column = numpy.floor(x / width).astype(numpy.int32) + columns // 2
    line = numpy.floor(y / width).astype(numpy.int32) + lines // 2
    inside = (energy > 0) & (column >= 0) & (column < columns) & (line >= 0) & (line < lines)
    rows = numpy.broadcast_to(numpy.arange(len(events))[:, None], energy.shape)[inside]
    voxel = (layer[inside].astype(numpy.int32) * lines + line[inside]) * columns + column[inside]
    key = rows * (layers * lines * columns) + voxel
    keys, place = numpy.unique(key, return_inverse=True)
    sums = numpy.bincount(place, weights=energy[inside] * 1000.0)
    return keys, sums.astype(numpy.float32)


def run(path):
    start = time.perf_counter()
    convert(path)
    return time.perf_counter() - start


def table(path, file):
    keys, sums = convert(path)
    numpy.concatenate([keys.astype(numpy.float64), sums.astype(numpy.float64)]).tofile(file)


def memory():
    """Most memory that this process ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


serve({"make": make, "run": run, "table": table, "memory": memory}, {"h5py": h5py.__version__, "numpy": numpy.__version__})
