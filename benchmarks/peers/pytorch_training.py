"""PyTorch trains the classifier: AdamW, BCE with logits, rows in one tensor, a new order of rows every epoch."""
import itertools
import time

from peer import require, serve

torch = require("torch", "python3-torch")
numpy = require("numpy", "python3-numpy")

state = {}


def load(rows_file, columns, references, seed):
    """Rows that lie ready, float32, the reference sample first: label 1."""
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    rows = torch.from_numpy(numpy.fromfile(rows_file, dtype=numpy.float32).reshape(-1, columns))
    labels = torch.zeros(len(rows), 1)
    labels[:references] = 1
    state.update(rows=rows, labels=labels)
    return len(rows)


def new_network(columns, hidden):
    widths = [columns, *hidden]
    layers = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 1))


def new_optimizer(network, plan, foreach):
    weights = [p for p in network.parameters() if p.dim() > 1]
    biases = [p for p in network.parameters() if p.dim() == 1]
    groups = [{"params": weights, "weight_decay": plan["weightDecay"]}, {"params": biases, "weight_decay": 0}]
    return torch.optim.AdamW(groups, lr=plan["learningRate"], betas=(0.9, 0.99), eps=1e-8, foreach=foreach)


def train_epoch(network, optimizer, training, plan, gathered, first_epoch, most_steps=None):
    """One pass over the rows `training`; the learning rate rises over the first epoch. Returns the mean loss."""
    rows, labels = state["rows"], state["labels"]
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits
    order = training[torch.randperm(len(training))]
    if gathered:
        rows, labels = rows[order], labels[order]
    batch = plan["batchSize"]
    steps = (len(order) + batch - 1) // batch
    total = torch.zeros(())
    for step in range(min(steps, most_steps or steps)):
        if first_epoch:
            for group in optimizer.param_groups:
                group["lr"] = plan["learningRate"] * (step + 1) / steps
        part = slice(step * batch, (step + 1) * batch)
        if gathered:
            x, y = rows[part], labels[part]
        else:
            index = order[part]
            x, y = rows[index], labels[index]
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(x), y)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(x)
    return float(total) / len(order)


def search(plan, threads, steps):
    """The fastest of: threads of PyTorch (the BLAS has its own), foreach or loop, gather by batch or by epoch."""
    rows = state["rows"]
    training = torch.arange(len(rows))
    trials = []
    for count, foreach in itertools.product(threads, (False, True)):
        torch.set_num_threads(count)
        network = new_network(rows.shape[1], plan["hidden"])
        optimizer = new_optimizer(network, plan, foreach)
        train_epoch(network, optimizer, training[: 4 * plan["batchSize"]], plan, False, True)
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            train_epoch(network, optimizer, training, plan, False, True, steps)
            seconds.append(time.perf_counter() - start)
        trials.append((min(seconds), count, foreach))
    _, count, foreach = min(trials)
    torch.set_num_threads(count)
    gathering = []
    for gathered in (False, True):
        network = new_network(rows.shape[1], plan["hidden"])
        optimizer = new_optimizer(network, plan, foreach)
        start = time.perf_counter()
        train_epoch(network, optimizer, training, plan, gathered, True)
        gathering.append((time.perf_counter() - start, gathered))
    return use({"threads": count, "foreach": foreach, "gathered": min(gathering)[1]})


def use(settings):
    torch.set_num_threads(settings["threads"])
    state["settings"] = settings
    return settings


def epoch(plan):
    """A new network, and the seconds and the mean loss of its first epoch."""
    rows, settings = state["rows"], state["settings"]
    network = new_network(rows.shape[1], plan["hidden"])
    optimizer = new_optimizer(network, plan, settings["foreach"])
    training = torch.arange(len(rows))
    start = time.perf_counter()
    loss = train_epoch(network, optimizer, training, plan, settings["gathered"], True)
    return {"seconds": time.perf_counter() - start, "loss": loss}


def predict(network, index):
    with torch.inference_mode():
        return torch.cat([network(state["rows"][part]) for part in index.split(4096)]).squeeze(1)


def cross_fit(plan, networks, fold_file, logits_file):
    """
    Trains the networks of the list (number = pair * members + member) without the two folds of their pair, each with a
    validation pass over a tenth of its rows after every epoch, and scores the rows of both folds: networks x rows.
    """
    rows, labels, settings = state["rows"], state["labels"], state["settings"]
    fold_of_row = torch.from_numpy(numpy.fromfile(fold_file, dtype=numpy.uint16).astype(numpy.int64))
    logits = numpy.memmap(logits_file, dtype=numpy.float32, mode="r+").reshape(-1, len(rows))
    pairs = list(itertools.combinations(range(plan["folds"]), 2))
    start = time.perf_counter()
    for number in networks:
        first, second = pairs[number // plan["members"]]
        left_out = (fold_of_row == first) | (fold_of_row == second)
        seen = torch.nonzero(~left_out).squeeze(1)
        seen = seen[torch.randperm(len(seen))]
        validation, training = seen.split([len(seen) // 10, len(seen) - len(seen) // 10])
        network = new_network(rows.shape[1], plan["hidden"])
        optimizer = new_optimizer(network, plan, settings["foreach"])
        for number_of_epoch in range(plan["epochs"]):
            train_epoch(network, optimizer, training, plan, settings["gathered"], number_of_epoch == 0)
            torch.nn.functional.binary_cross_entropy_with_logits(predict(network, validation), labels[validation, 0])
        held_out = torch.nonzero(left_out).squeeze(1)
        logits[number, held_out.numpy()] = predict(network, held_out).numpy()
    seconds = time.perf_counter() - start
    logits.flush()
    return seconds


serve(
    {"load": load, "search": search, "use": use, "epoch": epoch, "cross_fit": cross_fit},
    {"torch": torch.__version__, "numpy": numpy.__version__},
)
