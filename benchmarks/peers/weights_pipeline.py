"""
A file of CaloGAN showers -> weights of an ensemble -> weighted histograms, with h5py, NumPy, PyTorch or onnxruntime, and
boost-histogram.
"""
import itertools
import time

from peer import require, serve

boost = require("boost_histogram")
h5py = require("h5py")
onnxruntime = require("onnxruntime")
torch = require("torch")
numpy = require("numpy")

LAYERS = ((0, 288), (288, 432), (432, 504))
SOFTENING = 1e-16

state = {}


def load(models, networks_file, widths, members, slope, standardisations_file, eta_file, phi_file, observables, ranges, bins):
    """What a script would hold: where things are, and which histograms are wanted. Rows per block are searched."""
    state.update(
        models=models,
        networks_file=networks_file,
        widths=widths,
        members=members,
        slope=slope,
        standardisations=torch.from_numpy(numpy.fromfile(standardisations_file, numpy.float32)).view(members, 3, -1),
        eta=numpy.fromfile(eta_file, numpy.float32),
        phi=numpy.fromfile(phi_file, numpy.float32),
        observables=observables,
        ranges=ranges,
        bins=bins,
    )
    torch.set_flush_denormal(True)


def onnx_networks():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = state["threads"]
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    sessions = [
        onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]) for model in state["models"]
    ]
    return [lambda x, session=session: torch.from_numpy(session.run(["logits"], {"rows": x.numpy()})[0]) for session in sessions]


def torch_networks():
    """Layer by layer: weights inputs x outputs, biases."""
    numbers = numpy.fromfile(state["networks_file"], numpy.float32)
    place = 0
    networks = []
    for _ in range(state["members"]):
        layers = []
        for inputs, outputs in itertools.pairwise(state["widths"]):
            linear = torch.nn.Linear(inputs, outputs)
            weight = numbers[place : place + inputs * outputs].reshape(inputs, outputs)
            place += weight.size
            bias = numbers[place : place + outputs]
            place += outputs
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weight.T.copy()))
                linear.bias.copy_(torch.from_numpy(bias))
            layers += [linear, torch.nn.LeakyReLU(state["slope"], inplace=True)]
        networks.append(torch.nn.Sequential(*layers[:-1]))
    return networks


def read_showers(path):
    """Incident energies in MeV, voxels in MeV."""
    with h5py.File(path, "r") as file:
        energy = file["energy"][:, 0] * 1000.0
        voxels = numpy.empty((len(energy), LAYERS[-1][1]), numpy.float32)
        for number, (first, end) in enumerate(LAYERS):
            voxels[:, first:end] = file[f"layer_{number}"][:].reshape(len(energy), -1)
    return energy, voxels


def layer_energies(voxels):
    return numpy.stack([voxels[:, first:end].sum(axis=1) for first, end in LAYERS], axis=1)


def features_of(energy, voxels, layers):
    rows = numpy.empty((len(voxels), 4 + voxels.shape[1]), numpy.float32)
    rows[:, 0] = numpy.log10(energy / 1e4)
    rows[:, 1:4] = numpy.log10(layers / 1e5 + 1e-8) + 2
    numpy.multiply(voxels, numpy.float32(1e-5), out=rows[:, 4:])
    return rows


def logits_of(networks, rows):
    """Networks x rows; each network was trained with a standardisation of its own."""
    logits = []
    with torch.inference_mode():
        rows = torch.from_numpy(rows)
        x = torch.empty_like(rows)
        for network, (centre, scale, clip) in zip(networks, state["standardisations"]):
            torch.sub(rows, centre, out=x).mul_(scale).clamp_(-clip, clip)
            logits.append(network(x).squeeze(1))
        return torch.stack(logits).numpy()


def observables_of(energy, voxels, layers):
    """The observables by name, one array each."""
    values = {"incident_energy": energy}
    total = layers.sum(axis=1)
    norm = total + SOFTENING
    values["deposited_energy"] = total
    values["energy_ratio"] = total / energy
    numbers = numpy.arange(3, dtype=numpy.float32)
    depth = layers @ numbers / norm
    values["depth"] = depth
    variance = (layers * (numbers - depth[:, None]) ** 2).sum(axis=1) / norm
    values["depth_width"] = numpy.sqrt(variance)
    values["brightest_fraction"] = voxels.max(axis=1) / norm
    lit = numpy.stack([numpy.count_nonzero(voxels[:, a:b] > 0, axis=1) for a, b in LAYERS], axis=1)
    values["occupancy"] = lit.sum(axis=1) / voxels.shape[1]
    for number, (first, end) in enumerate(LAYERS):
        part, sums = voxels[:, first:end], layers[:, number] + SOFTENING
        eta, phi = state["eta"][first:end], state["phi"][first:end]
        moments = part @ numpy.stack([eta, phi, eta * eta], axis=1)
        centre_eta = moments[:, 0] / sums
        values[f"layer_energy_{number}"] = layers[:, number]
        values[f"layer_occupancy_{number}"] = lit[:, number] / (end - first)
        values[f"centre_eta_{number}"] = centre_eta
        values[f"centre_phi_{number}"] = moments[:, 1] / sums
        values[f"width_eta_{number}"] = numpy.sqrt(numpy.maximum(moments[:, 2] / sums - centre_eta**2, 0))
    return [values[name] for name in state["observables"]]


def histogram_of(values, limits, weights):
    histogram = boost.Histogram(boost.axis.Regular(state["bins"], *limits), storage=boost.storage.Weight())
    histogram.fill(values, weight=weights, threads=state["threads"])
    return histogram.view()


def weights_and_histograms(path):
    """Sums of w and of w squared, observables x bins."""
    networks = NETWORKS[state["engine"]]()
    energy, voxels = read_showers(path)
    logits, parts = [], []
    for first in range(0, len(energy), state["block"]):
        some = slice(first, first + state["block"])
        layers = layer_energies(voxels[some])
        logits.append(logits_of(networks, features_of(energy[some], voxels[some], layers)))
        parts.append(observables_of(energy[some], voxels[some], layers))
    weights = numpy.exp(numpy.concatenate(logits, axis=1).mean(axis=0, dtype=numpy.float64))
    contents = []
    for values, limits in zip(zip(*parts), state["ranges"]):
        sums = histogram_of(numpy.concatenate(values), limits, weights)
        contents += [sums.value, sums.variance]
    return numpy.asarray(contents)


NETWORKS = {"PyTorch": torch_networks, "onnxruntime": onnx_networks}


def use(engine, threads, block):
    torch.set_num_threads(threads)
    settings = {"engine": engine, "threads": threads, "block": block}
    state.update(settings)
    return settings


def search(path, threads, blocks):
    trials = []
    for engine, count, block in itertools.product(NETWORKS, threads, blocks):
        use(engine, count, block)
        trials.append((run(path), engine, count, block))
    return use(*min(trials)[1:])


def run(path):
    start = time.perf_counter()
    weights_and_histograms(path)
    return time.perf_counter() - start


def contents(path, file):
    weights_and_histograms(path).tofile(file)


serve(
    {"load": load, "search": search, "run": run, "contents": contents},
    {
        "torch": torch.__version__,
        "onnxruntime": onnxruntime.__version__,
        "boost-histogram": boost.__version__,
        "numpy": numpy.__version__,
        "h5py": h5py.__version__,
    },
)
