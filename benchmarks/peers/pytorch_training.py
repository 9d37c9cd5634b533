"""PyTorch trains the classifier: AdamW, BCE with logits, rows in one tensor, a new order of rows every epoch."""
import itertools
import time

from peer import require, serve

torch = require("torch")
numpy = require("numpy")

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


def new_network(columns, hidden, compiled=None):
    """Compiled where the settings say so: the compiler runs at the first step, before anything is timed."""
    widths = [columns, *hidden]
    layers = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 1))
    return torch.compile(network) if (state["settings"]["compiled"] if compiled is None else compiled) else network


def new_optimizer(network, plan, foreach):
    parameters = list(network.parameters())
    return optimizer_of([p for p in parameters if p.dim() > 1], [p for p in parameters if p.dim() == 1], plan, foreach)


def optimizer_of(weights, biases, plan, foreach):
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
    """
    The fastest of: eager or compiled, threads of PyTorch (the BLAS has its own), foreach or loop, gather by batch or by
    epoch.
    """
    rows = state["rows"]
    training = torch.arange(len(rows))

    def seconds_of(settings, most_steps=None):
        use(settings)
        network = new_network(rows.shape[1], plan["hidden"])
        optimizer = new_optimizer(network, plan, settings["foreach"])
        train_epoch(network, optimizer, training[: 4 * plan["batchSize"]], plan, settings["gathered"], True)
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            train_epoch(network, optimizer, training, plan, settings["gathered"], True, most_steps)
            seconds.append(time.perf_counter() - start)
        return min(seconds)

    choices = itertools.product((False, True), threads, (False, True))
    trials = [
        {"compiled": compiled, "threads": count, "foreach": foreach, "gathered": False}
        for compiled, count, foreach in choices
    ]
    best = min(trials, key=lambda settings: seconds_of(settings, steps))
    finals = [{**best, "gathered": gathered} for gathered in (False, True)]
    return use(min(finals, key=seconds_of))


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


def rows_of_network(number, plan, fold_of_row):
    """Rows to train with, to validate with, and of the two folds that this network leaves out."""
    pairs = list(itertools.combinations(range(plan["folds"]), 2))
    first, second = pairs[number // plan["members"]]
    left_out = (fold_of_row == first) | (fold_of_row == second)
    seen = torch.nonzero(~left_out).squeeze(1)
    seen = seen[torch.randperm(len(seen))]
    validation, training = seen.split([len(seen) // 10, len(seen) - len(seen) // 10])
    return training, validation, torch.nonzero(left_out).squeeze(1)


def train_one_by_one(plan, parts):
    """Each network over all its epochs, with a validation pass after each; yields what scores rows."""
    labels, settings = state["labels"], state["settings"]
    for training, validation, _ in parts:
        network = new_network(state["rows"].shape[1], plan["hidden"])
        optimizer = new_optimizer(network, plan, settings["foreach"])
        for epoch in range(plan["epochs"]):
            train_epoch(network, optimizer, training, plan, settings["gathered"], epoch == 0)
            torch.nn.functional.binary_cross_entropy_with_logits(predict(network, validation), labels[validation, 0])
        yield lambda index, network=network: predict(network, index)


def train_stacked(plan, parts):
    """
    All networks side by side as one wide one, by torch.func: a step of each at once, on rows of its own. Networks of a few
    rows more than the others leave these out of an epoch.
    """
    rows, labels, settings = state["rows"], state["labels"], state["settings"]
    networks = [new_network(rows.shape[1], plan["hidden"], compiled=False) for _ in parts]
    parameters, _ = torch.func.stack_module_state(networks)
    weights = [p for name, p in parameters.items() if name.endswith("weight")]
    biases = [p for name, p in parameters.items() if name.endswith("bias")]
    optimizer = optimizer_of(weights, biases, plan, settings["foreach"])

    def loss_of(own, x, y):
        logits = torch.func.functional_call(networks[0], own, (x,))
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, y)

    slopes_of = torch.vmap(torch.func.grad_and_value(loss_of))
    if settings["compiled"]:
        slopes_of = torch.compile(slopes_of)
    scores_of = torch.vmap(lambda own, x: torch.func.functional_call(networks[0], own, (x,)))
    batch = plan["batchSize"]
    steps = min(len(training) for training, _, _ in parts) // batch
    for epoch in range(plan["epochs"]):
        orders = torch.stack([training[torch.randperm(len(training))[: steps * batch]] for training, _, _ in parts])
        for step in range(steps):
            if epoch == 0:
                for group in optimizer.param_groups:
                    group["lr"] = plan["learningRate"] * (step + 1) / steps
            index = orders[:, step * batch : (step + 1) * batch]
            slopes, _ = slopes_of(parameters, rows[index], labels[index])
            for name, parameter in parameters.items():
                parameter.grad = slopes[name]
            optimizer.step()
        few = min(len(validation) for _, validation, _ in parts)
        index = torch.stack([validation[:few] for _, validation, _ in parts])
        with torch.inference_mode():
            for part in index.split(512, dim=1):
                scores_of(parameters, rows[part])
    for number, network in enumerate(networks):
        own = {name: parameter[number].detach() for name, parameter in parameters.items()}
        network.load_state_dict(own)
        yield lambda index, network=network: predict(network, index)


WAYS = {"one by one": train_one_by_one, "torch.func": train_stacked}


def cross_fit(plan, networks, way, fold_file, logits_file):
    """
    Trains the networks of the list (number = pair * members + member) without the two folds of their pair, each with a
    validation pass over a tenth of its rows after every epoch, and scores the rows of both folds: networks x rows.
    """
    fold_of_row = torch.from_numpy(numpy.fromfile(fold_file, dtype=numpy.uint16).astype(numpy.int64))
    logits = numpy.memmap(logits_file, dtype=numpy.float32, mode="r+").reshape(-1, len(state["rows"]))
    start = time.perf_counter()
    parts = [rows_of_network(number, plan, fold_of_row) for number in networks]
    for number, scores_of, (_, _, held_out) in zip(networks, WAYS[way](plan, parts), parts):
        logits[number, held_out.numpy()] = scores_of(held_out).numpy()
    seconds = time.perf_counter() - start
    logits.flush()
    return seconds


serve(
    {"load": load, "search": search, "use": use, "epoch": epoch, "cross_fit": cross_fit},
    {"torch": torch.__version__, "numpy": numpy.__version__},
)
