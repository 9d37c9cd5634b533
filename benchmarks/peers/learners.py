"""What a physicist would use to tell two samples apart: learners of scikit-learn, and the published network in PyTorch."""
import time
import warnings

from peer import require, serve

numpy = require("numpy")
sklearn = require("sklearn")
torch = require("torch")
require("sklearn.ensemble")
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin  # noqa: E402
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier  # noqa: E402
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.model_selection import StratifiedKFold  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import PolynomialFeatures, StandardScaler  # noqa: E402

warnings.simplefilter("ignore", ConvergenceWarning)
state = {}


class Whitening(BaseEstimator, TransformerMixin):
    """Principal axes with unit variance, held to ±10; axes below 1e-6 of the largest are rounding and left out."""

    def fit(self, x, _=None):
        self.scaler_ = StandardScaler().fit(x)
        _, singular, axes = numpy.linalg.svd(self.scaler_.transform(x), full_matrices=False)
        kept = singular > 1e-6 * singular[0]
        self.map_ = axes[kept].T / singular[kept] * numpy.sqrt(len(x))
        return self

    def transform(self, x):
        return numpy.clip(self.scaler_.transform(x) @ self.map_, -10, 10)


class PublishedNetwork(BaseEstimator, ClassifierMixin):
    """
    That of arXiv:2305.16774 for calorimeter showers: two hidden layers of 512, LeakyReLU 0.01, Adam 1e-3 with betas 0.9 and
    0.99, batches of 512, the rate divided by ten where the validation loss (a fifth of the rows) stays for 10 epochs, at most 150
    epochs, or until the rate is 1e-6; the epoch of least validation loss is kept.
    """

    def __init__(self, seed):
        self.seed = seed

    def fit(self, x, y):
        self.classes_ = numpy.unique(y)
        torch.manual_seed(self.seed)
        widths = [x.shape[1], 512, 512]
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.LeakyReLU(0.01)]
        self.network_ = network = torch.nn.Sequential(*layers, torch.nn.Linear(512, 1))
        rows, labels = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
        validation, training = torch.randperm(len(rows)).tensor_split([len(rows) // 5])
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.9, 0.99))
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=10)
        loss_of = torch.nn.functional.binary_cross_entropy_with_logits
        least, best = numpy.inf, None
        for _ in range(150):
            for batch in training[torch.randperm(len(training))].split(512):
                optimizer.zero_grad(set_to_none=True)
                loss_of(network(rows[batch]), labels[batch]).backward()
                optimizer.step()
            with torch.inference_mode():
                loss = float(loss_of(network(rows[validation]), labels[validation]))
            if loss < least:
                least, best = loss, {name: values.clone() for name, values in network.state_dict().items()}
            schedule.step(loss)
            if optimizer.param_groups[0]["lr"] < 2e-6:
                break
        network.load_state_dict(best)
        return self

    def decision_function(self, x):
        with torch.inference_mode():
            return self.network_(torch.tensor(x, dtype=torch.float32))[:, 0].numpy()


def logistic(strength):
    return LogisticRegression(C=strength, max_iter=2000)


# Those that are linear in their inputs get whitened ones, the network standardised ones as published, trees the columns.
learners = {
    "logistic": lambda _: make_pipeline(Whitening(), logistic(1)),
    "quadratic logistic": lambda _: make_pipeline(
        Whitening(), PolynomialFeatures(2, include_bias=False), StandardScaler(), logistic(0.01)
    ),
    "HistGradientBoosting": lambda seed: HistGradientBoostingClassifier(random_state=seed),
    "GradientBoosting": lambda seed: GradientBoostingClassifier(random_state=seed),
    "PyTorch network": lambda seed: make_pipeline(StandardScaler(), PublishedNetwork(seed)),
}


def load(rows_file, columns, references):
    """Rows, float32, the reference sample first: label 1."""
    state["rows"] = numpy.fromfile(rows_file, dtype=numpy.float32).reshape(-1, columns).astype(numpy.float64)
    state["labels"] = (numpy.arange(len(state["rows"])) < references).astype(int)
    return len(state["rows"])


def cross_validate(learner, folds, seed):
    """Mean of the folds' AUC, and seconds."""
    rows, labels = state["rows"], state["labels"]
    start = time.perf_counter()
    areas = []
    for training, held_out in StratifiedKFold(folds, shuffle=True, random_state=seed).split(rows, labels):
        fitted = learners[learner](seed).fit(rows[training], labels[training])
        areas.append(roc_auc_score(labels[held_out], fitted.decision_function(rows[held_out])))
    return {"auc": float(numpy.mean(areas)), "seconds": time.perf_counter() - start}


serve(
    {"learners": lambda: list(learners), "load": load, "cross_validate": cross_validate},
    {"scikit-learn": sklearn.__version__, "torch": torch.__version__, "numpy": numpy.__version__},
)
