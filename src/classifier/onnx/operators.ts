import {
  clip,
  list,
  listFunctions,
  pair,
  pairFunctions,
  unary,
  unaryFunctions,
} from './elementwise-operators.js';
import type { GraphNode } from './graph-node.js';
import * as layers from './layer-operators.js';
import type { GraphValue } from './row-program.js';
import * as shapes from './shape-operators.js';
import { treeEnsemble } from './tree-operators.js';

/** What a node makes of its inputs: its first output, or all of them. */
type Operator = (node: GraphNode) => GraphValue | readonly GraphValue[];

function each<Table extends object>(table: Table, operator: Operator): Record<string, Operator> {
  return Object.fromEntries(Object.keys(table).map((name) => [name, operator]));
}

/** Operators that a classifier may have, by name, behind that of their domain where it is not the standard: https://onnx.ai/onnx/operators. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>(
  Object.entries({
    ...Object.fromEntries(
      Object.entries(unaryFunctions).map(([name, of]): [string, Operator] => [
        name,
        (node) => unary(node, node.input(0), of(node)),
      ]),
    ),
    ...each(pairFunctions, pair),
    ...each(listFunctions, list),
    BatchNormalization: layers.batchNormalization,
    Cast: shapes.cast,
    Clip: clip,
    Concat: shapes.concat,
    Constant: shapes.constantNode,
    ConstantOfShape: shapes.constantOfShape,
    Dropout: shapes.dropout,
    Flatten: shapes.flatten,
    Gather: shapes.gather,
    Gemm: layers.gemm,
    Identity: (node: GraphNode) => node.input(0),
    LayerNormalization: layers.layerNormalization,
    LogSoftmax: layers.softmax,
    MatMul: layers.matMul,
    ReduceMean: layers.reduction,
    ReduceSum: layers.reduction,
    Reshape: shapes.reshape,
    Shape: shapes.shapeOf,
    Slice: shapes.slice,
    Softmax: layers.softmax,
    Split: shapes.split,
    Squeeze: shapes.squeeze,
    Transpose: shapes.transpose,
    Unsqueeze: shapes.unsqueeze,
    'ai.onnx.ml.TreeEnsembleRegressor': treeEnsemble,
  }),
);
