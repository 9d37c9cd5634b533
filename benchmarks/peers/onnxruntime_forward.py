"""onnxruntime on rows that lie ready in memory: best number of threads and rows a call are searched first."""
import time

from peer import require, serve

onnxruntime = require("onnxruntime")
numpy = require("numpy")

# Settings that are tried on all rows, after all have been tried on some.
FINALISTS = 3

state = {}


def load(models, rows_files, columns):
    """`rows_files`: the rows of each session, or one file for all."""
    values = [numpy.fromfile(file, numpy.float32).reshape(-1, columns) for file in rows_files]
    state.update(models=models, values=values, rows=len(values[0]))


def open_sessions(threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    state["sessions"] = [
        onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]) for model in state["models"]
    ]


def predict(rows, batch, logits):
    """All sessions over the first rows, `batch` at a time: a batch stays in cache for all of them."""
    values = state["values"]
    for first in range(0, rows, batch):
        part = slice(first, min(rows, first + batch))
        for member, session in enumerate(state["sessions"]):
            inputs = values[member if len(values) > 1 else 0]
            (output,) = session.run(["logits"], {"rows": inputs[part]})
            logits[member, part] = output[:, 0]


def seconds_of(rows, batch, logits):
    start = time.perf_counter()
    predict(rows, batch, logits)
    return time.perf_counter() - start


def best_seconds_of(rows, batch, logits):
    """The better of two: something else may have had the processor."""
    return min(seconds_of(rows, batch, logits), seconds_of(rows, batch, logits))


def new_logits():
    return numpy.empty((len(state["models"]), state["rows"]), numpy.float32)


def search(threads, batches, rows_of_trial):
    """Tries all pairs of threads and rows a call on some rows, the best of them on all, and keeps the best."""
    logits = new_logits()
    rows = min(state["rows"], rows_of_trial)
    trials = []
    for count in threads:
        open_sessions(count)
        for batch in batches:
            some = max(rows, min(batch, state["rows"]))
            predict(min(some, batch), batch, logits)
            trials.append((best_seconds_of(some, batch, logits) / some, count, batch))
    finals = []
    for _, count, batch in sorted(trials)[:FINALISTS]:
        open_sessions(count)
        predict(min(rows, batch), batch, logits)
        finals.append((best_seconds_of(state["rows"], batch, logits), count, batch))
    _, count, state["batch"] = min(finals)
    open_sessions(count)
    return {"threads": count, "batch": state["batch"]}


def run():
    return seconds_of(state["rows"], state["batch"], new_logits())


def logits(file):
    """Writes models x rows logits."""
    found = new_logits()
    predict(state["rows"], state["batch"], found)
    found.tofile(file)


serve(
    {"load": load, "search": search, "run": run, "logits": logits},
    {"onnxruntime": onnxruntime.__version__, "numpy": numpy.__version__},
)
