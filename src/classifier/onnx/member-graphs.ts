import type { NodeToWrite, OnnxWriter } from '../../formats/onnx/onnx-writer.js';
import type { Activation, NativeMember, NativeTensor } from '../../native/contract/ensembles.js';

/** Numbers of a tensor that a member has. */
function numbersOf({ tensors }: NativeMember, name: string): NativeTensor['values'] {
  return (tensors.find((tensor) => tensor.name === name) as NativeTensor).values;
}

function float32(values: NativeTensor['values']): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** Operators of an activation; x is the value that it is of. */
const activationNodes: Readonly<
  Record<
    Activation,
    (
      node: (one: NodeToWrite) => string,
      x: string,
      member: { slope: number; number: (value: number) => string },
    ) => string
  >
> = {
  relu: (node, x) => node({ operator: 'Relu', inputs: [x] }),
  'leaky-relu': (node, x, { slope }) =>
    node({ operator: 'LeakyRelu', inputs: [x], attributes: { alpha: { float: slope } } }),
  elu: (node, x, { slope }) =>
    node({ operator: 'Elu', inputs: [x], attributes: { alpha: { float: slope } } }),
  // x·Φ(x); the operator Gelu is of set 20.
  gelu: (node, x, { number }) => {
    const erf = node({
      operator: 'Erf',
      inputs: [node({ operator: 'Mul', inputs: [x, number(Math.SQRT1_2)] })],
    });
    const above = node({ operator: 'Add', inputs: [erf, number(1)] });
    const half = node({ operator: 'Mul', inputs: [x, number(0.5)] });
    return node({ operator: 'Mul', inputs: [half, above] });
  },
  silu: (node, x) => node({ operator: 'Mul', inputs: [x, node({ operator: 'Sigmoid', inputs: [x] })] }),
  tanh: (node, x) => node({ operator: 'Tanh', inputs: [x] }),
};

/** @returns the name of rows × 1, float. */
export function logitOfNetwork(graph: OnnxWriter, member: NativeMember, rows: string): string {
  const [centre, scale, clip] = ['centre', 'scale', 'clip'].map((name) => {
    const values = float32(numbersOf(member, `standardisation.${name}`));
    return name === 'clip' ? values : graph.constant([values.length], values);
  }) as [string, string, Float32Array];
  const shifted = graph.node({ operator: 'Sub', inputs: [rows, centre] });
  const scaled = graph.node({ operator: 'Mul', inputs: [shifted, scale] });
  let value = held(graph, scaled, clip);
  const layers = member.tensors.filter(({ name }) => /^layers\.\d+\.weight$/.test(name)).length;
  for (let layer = 0; layer < layers; layer++) {
    const weight = member.tensors.find(({ name }) => name === `layers.${layer}.weight`) as NativeTensor;
    const bias = float32(numbersOf(member, `layers.${layer}.bias`));
    value = graph.node({
      operator: 'Gemm',
      inputs: [
        value,
        graph.constant([...weight.shape], float32(weight.values)),
        graph.constant([bias.length], bias),
      ],
      attributes: { transB: { int: 1 } },
    });
    if (layer === layers - 1 || member.activation === null) continue;
    const number = (one: number) => graph.constant([], Float32Array.of(one));
    value = activationNodes[member.activation]((one) => graph.node(one), value, {
      slope: member.slope ?? 0,
      number,
    });
  }
  return value;
}

/** Values within ±clip, one a column or one for all. */
function held(graph: OnnxWriter, value: string, clip: Float32Array): string {
  const bound = (sign: number) => {
    const bounds = clip.map((one) => sign * one);
    return graph.constant([bounds.length], bounds);
  };
  const below = graph.node({ operator: 'Min', inputs: [value, bound(1)] });
  return graph.node({ operator: 'Max', inputs: [below, bound(-1)] });
}

/** The mean of regressions, which is one: weights · terms + constant. @returns the name of rows × 1, double. */
export function logitOfRegressions(
  graph: OnnxWriter,
  members: readonly NativeMember[],
  rows: string,
): string {
  const [first] = members as [NativeMember];
  const { columns } = first;
  const terms = numbersOf(first, 'weights').length;
  const mean = (name: string) =>
    Float64Array.from({ length: name === 'weights' ? terms : 1 }, (_, i) =>
      members.reduce((sum, member) => sum + (numbersOf(member, name)[i] as number) / members.length, 0),
    );
  const values = graph.node({
    operator: 'Cast',
    inputs: [firstColumns(graph, rows, columns)],
    attributes: { to: { int: 11 } },
  });
  const all = terms === columns ? values : withProducts(graph, values, columns);
  const product = graph.node({
    operator: 'MatMul',
    inputs: [all, graph.constant([terms, 1], mean('weights'))],
  });
  return graph.node({ operator: 'Add', inputs: [product, graph.constant([1], mean('constant'))] });
}

/** The columns that a member reads, which are the first. */
function firstColumns(graph: OnnxWriter, rows: string, columns: number): string {
  const bounds = [0, columns, 1].map((bound) => graph.constant([1], BigInt64Array.of(BigInt(bound))));
  return graph.node({ operator: 'Slice', inputs: [rows, ...bounds] });
}

/** y_i, and behind them y_i·y_j with i ≤ j, row by row of the triangle. */
function withProducts(graph: OnnxWriter, values: string, columns: number): string {
  const pairs = Array.from({ length: columns }, (_, i) => i).flatMap((i) =>
    Array.from({ length: columns - i }, (_, above) => [i, i + above] as const),
  );
  const [left, right] = [0, 1].map((side) => {
    const places = BigInt64Array.from(pairs, (pair) => BigInt(pair[side] as number));
    const inputs = [values, graph.constant([places.length], places)];
    return graph.node({ operator: 'Gather', inputs, attributes: { axis: { int: 1 } } });
  }) as [string, string];
  const products = graph.node({ operator: 'Mul', inputs: [left, right] });
  return graph.node({ operator: 'Concat', inputs: [values, products], attributes: { axis: { int: 1 } } });
}

/** The sum over the trees of all members. @returns the name of rows × 1, float. */
export function logitOfTrees(graph: OnnxWriter, members: readonly NativeMember[], rows: string): string {
  const nodes: {
    tree: number;
    id: number;
    left: number;
    column: number;
    threshold: number;
    value: number;
  }[] = [];
  let tree = 0;
  for (const member of members) {
    const [roots, column, threshold, left, value] = [
      'first_node',
      'column',
      'threshold',
      'left',
      'value',
    ].map((name) => numbersOf(member, `trees.${name}`)) as [
      Uint32Array,
      Uint32Array,
      Float32Array,
      Uint32Array,
      Float32Array,
    ];
    for (let own = 0; own + 1 < roots.length; own++, tree++) {
      const [root, end] = [roots[own] as number, roots[own + 1] as number];
      for (let i = root; i < end; i++) {
        const child = left[i] as number;
        const numbers = {
          column: column[i] as number,
          threshold: threshold[i] as number,
          value: value[i] as number,
        };
        nodes.push({ tree, id: i - root, left: child === 0 ? 0 : child - root, ...numbers });
      }
    }
  }
  const leaves = nodes.filter(({ left }) => left === 0);
  const [{ columns }] = members as [NativeMember];
  return graph.node({
    operator: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: [firstColumns(graph, rows, columns)],
    attributes: {
      n_targets: { int: 1 },
      aggregate_function: { text: 'SUM' },
      post_transform: { text: 'NONE' },
      nodes_treeids: { ints: nodes.map((node) => node.tree) },
      nodes_nodeids: { ints: nodes.map(({ id }) => id) },
      nodes_featureids: { ints: nodes.map(({ column }) => column) },
      nodes_values: { floats: nodes.map(({ threshold }) => threshold) },
      nodes_modes: { texts: nodes.map(({ left }) => (left === 0 ? 'LEAF' : 'BRANCH_LEQ')) },
      nodes_truenodeids: { ints: nodes.map(({ left }) => left) },
      nodes_falsenodeids: { ints: nodes.map(({ left }) => (left === 0 ? 0 : left + 1)) },
      target_treeids: { ints: leaves.map((leaf) => leaf.tree) },
      target_nodeids: { ints: leaves.map(({ id }) => id) },
      target_ids: { ints: leaves.map(() => 0) },
      target_weights: { floats: leaves.map(({ value }) => value) },
    },
  });
}
