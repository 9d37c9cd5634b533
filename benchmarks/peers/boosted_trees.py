"""Gradient boosting of 100 trees with 31 leaves by scikit-learn and by LightGBM."""
import time

from peer import require, serve

numpy = require("numpy")
sklearn = require("sklearn")
ensemble = require("sklearn.ensemble")
metrics = require("sklearn.metrics")
lightgbm = require("lightgbm")

state = {}


def load(training, held_out, columns, library, threads):
    """Threads of scikit-learn: OMP_NUM_THREADS. LightGBM with the layout that it is faster with."""
    for name, file in (("training", training), ("held_out", held_out)):
        state[name] = numpy.fromfile(file, numpy.float32).reshape(-1, columns)
        state[name + "_labels"] = (numpy.arange(len(state[name])) % 2 == 0).astype(numpy.int64)
    if library == "scikit-learn":
        state["fit"] = fit_sklearn
        return "as it comes"
    trials = []
    for layout in ("force_row_wise", "force_col_wise"):
        state["fit"] = lambda layout=layout: fit_lightgbm(threads, layout)
        run()
        trials.append((run(), layout))
    layout = min(trials)[1]
    state["fit"] = lambda: fit_lightgbm(threads, layout)
    return layout


def fit_sklearn():
    model = ensemble.HistGradientBoostingClassifier(
        max_iter=100, max_leaf_nodes=31, learning_rate=0.1, max_bins=255, min_samples_leaf=20, early_stopping=False
    )
    return model.fit(state["training"], state["training_labels"]).decision_function


def fit_lightgbm(threads, layout):
    parameters = {
        "objective": "binary",
        "num_leaves": 31,
        "learning_rate": 0.1,
        "max_bin": 255,
        "min_data_in_leaf": 20,
        "num_threads": threads,
        "verbosity": -1,
        layout: True,
    }
    data = lightgbm.Dataset(state["training"], label=state["training_labels"], params=parameters)
    return lightgbm.train(parameters, data, 100).predict


def run():
    start = time.perf_counter()
    state["predict"] = state["fit"]()
    return time.perf_counter() - start


def area():
    return float(metrics.roc_auc_score(state["held_out_labels"], state["predict"](state["held_out"])))


serve(
    {"load": load, "run": run, "area": area},
    {"scikit-learn": sklearn.__version__, "LightGBM": lightgbm.__version__, "numpy": numpy.__version__},
)
