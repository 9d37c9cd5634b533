"""ONNX models of every operator that is read, and what onnxruntime makes of them: a layer, what is named, a layer, unless said otherwise."""

import base64

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from inputs import steps

columns, hidden = 4, 3
rows = (np.floor(steps(51, 12 * columns) * 256) / 64 - 2).reshape(-1, columns).astype("f4")


def weights(seed, *shape):
    return (np.floor(steps(seed, int(np.prod(shape))) * 256) / 128 - 1).reshape(shape).astype("f4")


class Graph:
    """Nodes in a row; each reads what the one before made, and constants."""

    def __init__(self):
        self.nodes, self.initializers, self.last = [], [], "x"

    def constant(self, value):
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator, *inputs, before=(), outputs=1, domain="", **attributes):
        """inputs: arrays become constants, names stay; `before` stands in front of what flows."""
        names = [one if isinstance(one, str) else self.constant(one) for one in inputs]
        first = [one if isinstance(one, str) else self.constant(one) for one in before]
        made = [f"{operator}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, [*first, self.last, *names], made, domain=domain, **attributes))
        self.last = made[0]
        return made

    def join(self, operator, names, **attributes):
        self.last = f"{operator}_{len(self.nodes)}_0"
        self.nodes.append(helper.make_node(operator, names, [self.last], **attributes))

    def layer(self, seed, inputs, outputs):
        self.add("Gemm", weights(seed, inputs, outputs), weights(seed + 1, outputs))

    def model(self, opset, outputs):
        shape = ["rows", outputs] if outputs else ["rows"]
        graph = helper.make_graph(
            self.nodes,
            "classifier",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", columns])],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, shape)],
            self.initializers,
        )
        sets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
        return helper.make_model(graph, opset_imports=sets, ir_version=8 if opset < 21 else 10)


def between(steps_of, opset=18):
    graph = Graph()
    graph.layer(61, columns, hidden)
    steps_of(graph)
    graph.layer(71, hidden, 1)
    return graph.model(opset, 1)


def one(operator, opset=18, *inputs, **attributes):
    return between(lambda graph: graph.add(operator, *inputs, **attributes), opset)


def above_zero(operator, *inputs):
    def steps_of(graph):
        graph.add("Abs")
        graph.add("Add", np.float32(0.25))
        graph.add(operator, *inputs)

    return between(steps_of)


def head(steps_of, outputs, width=1, opset=18):
    graph = Graph()
    graph.layer(61, columns, hidden)
    graph.add("Tanh")
    graph.layer(81, hidden, width)
    steps_of(graph)
    return graph.model(opset, outputs)


def pieces(graph):
    parts = graph.add("Split", np.array([1, 2], "i8"), outputs=2, axis=1)
    graph.join("Concat", [parts[1], parts[0]], axis=1)


def cube(graph):
    graph.add("Unsqueeze", np.array([1, 3], "i8"))
    graph.add("Transpose", perm=[0, 3, 2, 1])
    graph.add("MatMul", weights(91, 1, 2))
    graph.add("Reshape", np.array([0, -1], "i8"))
    graph.add("Slice", np.array([1], "i8"), np.array([-2], "i8"), np.array([1], "i8"))


def own_shape(graph):
    flowing = graph.last
    graph.add("Shape")
    graph.add("Gather", np.array(0, "i8"))
    graph.add("Unsqueeze", np.array([0], "i8"))
    made = graph.last
    graph.join("Concat", [made, graph.constant(np.array([hidden, 1], "i8"))], axis=0)
    graph.join("Reshape", [flowing, graph.last])
    graph.add("Squeeze", np.array([2], "i8"))


def by_rows(operator):
    def steps_of(graph):
        flowing = graph.last
        graph.add("ReduceSum", np.array([1], "i8"), keepdims=1)
        graph.add("Abs")
        graph.add("Add", np.float32(2))
        graph.join(operator, [flowing, graph.last])

    return steps_of


def complement(graph):
    graph.add("Sigmoid")
    graph.add("Sub", before=[np.float32(1)])


def both(graph):
    (one_,) = graph.add("Sigmoid")
    graph.add("Sub", before=[np.float32(1)])
    graph.join("Concat", [graph.last, one_], axis=1)


def chosen(number):
    def steps_of(graph):
        graph.add("Softmax", axis=-1)
        graph.add("Gather", np.array(number, "i8"), axis=1)

    return steps_of


def exponential(graph):
    graph.add("LogSoftmax", axis=1)
    graph.add("Exp")


def trees(graph):
    graph.add(
        "TreeEnsembleRegressor",
        domain="ai.onnx.ml",
        n_targets=1,
        nodes_treeids=[0, 0, 0, 0, 0, 1, 1, 1],
        nodes_nodeids=[0, 1, 2, 3, 4, 0, 1, 2],
        nodes_featureids=[0, 0, 1, 0, 0, 2, 0, 0],
        nodes_values=[0.5, 0, -0.25, 0, 0, 0.125, 0, 0],
        nodes_modes=["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_truenodeids=[1, 0, 3, 0, 0, 1, 0, 0],
        nodes_falsenodeids=[2, 0, 4, 0, 0, 2, 0, 0],
        target_treeids=[0, 0, 0, 1, 1],
        target_nodeids=[1, 3, 4, 1, 2],
        target_ids=[0, 0, 0, 0, 0],
        target_weights=[0.5, -1.5, 2.25, -0.75, 1.0],
    )


def tree_model():
    graph = Graph()
    trees(graph)
    return graph.model(18, 1)


three = weights(95, hidden)
models = {
    **{name: one(name) for name in ("Abs", "Celu", "Elu", "Erf", "Exp", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "Neg", "Relu")},
    **{name: one(name) for name in ("Selu", "Sigmoid", "Sign", "Softplus", "Softsign", "Tanh", "ThresholdedRelu", "Identity", "Dropout")},
    **{name: above_zero(name) for name in ("Log", "Reciprocal", "Sqrt")},
    "Pow": above_zero("Pow", np.float32(1.5)),
    "Elu with alpha": one("Elu", alpha=0.75),
    "Celu with alpha": one("Celu", alpha=0.75),
    "HardSigmoid with bounds": one("HardSigmoid", alpha=0.5, beta=0.25),
    "Gelu": one("Gelu", 20),
    "Gelu of tanh": one("Gelu", 20, approximate="tanh"),
    "PRelu": one("PRelu", 18, three),
    "Clip by inputs": one("Clip", 18, np.float32(-0.5), np.float32(0.75)),
    "Clip from below": one("Clip", 18, np.float32(-0.5)),
    "Clip by attributes": one("Clip", 10, min=-0.5, max=0.75),
    "Min": one("Min", 18, three),
    "Max": one("Max", 18, three, np.float32(0.125)),
    "Sum": one("Sum", 18, three, np.float32(0.125)),
    "Mean": one("Mean", 18, three, np.float32(0.125)),
    "Div by rows": between(by_rows("Div")),
    "Mul by rows": between(by_rows("Mul")),
    "Sub of rows": between(by_rows("Sub")),
    "Softmax in between": one("Softmax", axis=-1),
    "ReduceMean by attribute": head(lambda graph: graph.add("ReduceMean", axes=[1], keepdims=1), 1, hidden, 17),
    "ReduceMean by input": head(lambda graph: graph.add("ReduceMean", np.array([-1], "i8"), keepdims=0), 0, hidden),
    "LayerNormalization": one("LayerNormalization", 18, three, weights(97, hidden), epsilon=0.125),
    "BatchNormalization": one("BatchNormalization", 18, three, weights(97, hidden), weights(98, hidden), np.abs(weights(99, hidden)), epsilon=0.125),
    "Split and Concat": between(pieces),
    "Transpose of a cube": between(cube),
    "its own shape": between(own_shape),
    "Gather of columns": one("Gather", 18, np.array([2, 0, -1], "i8"), axis=1),
    "MatMul with a vector": head(lambda graph: graph.add("MatMul", three), 0, hidden),
    "trees": tree_model(),
}
heads = {
    "sigmoid": head(lambda graph: graph.add("Sigmoid"), 1),
    "1 - sigmoid": head(complement, 1),
    "both of a sigmoid": head(both, 2),
    "softmax": head(lambda graph: graph.add("Softmax", axis=-1), 2, 2),
    "class 1 of a softmax": head(chosen(1), 0, 2),
    "class 0 of a softmax": head(chosen(0), 0, 2),
    "exponential of a log-softmax": head(exponential, 2, 2),
}


def run(model):
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": rows})[0].astype("f8")


def logit(scores):
    p = scores[:, 1] if scores.ndim == 2 and scores.shape[1] == 2 else scores.ravel()
    return np.log(p) - np.log1p(-p)


def entry(model, logits):
    return {"model": base64.b64encode(model.SerializeToString()).decode(), "logits": np.ravel(logits).tolist()}


def numbers():
    return {
        "models": {name: entry(model, run(model)) for name, model in models.items()},
        "heads": {name: entry(model, logit(run(model))) for name, model in heads.items()},
    }
