import type { GraphNode } from './graph-node.js';
import type { GraphValue } from './row-program.js';

/** Whether a row with the value x goes to the first child of a node. */
const branches: Readonly<Record<string, (x: number, threshold: number) => boolean>> = {
  BRANCH_LEQ: (x, threshold) => x <= threshold,
  BRANCH_LT: (x, threshold) => x < threshold,
  BRANCH_GTE: (x, threshold) => x >= threshold,
  BRANCH_GT: (x, threshold) => x > threshold,
  BRANCH_EQ: (x, threshold) => x === threshold,
  BRANCH_NEQ: (x, threshold) => x !== threshold,
};

/** Nodes of all trees, one after the other. */
interface Trees {
  readonly roots: readonly number[];
  /** Null: a leaf. */
  readonly branch: readonly (((x: number, threshold: number) => boolean) | null)[];
  readonly column: readonly number[];
  readonly threshold: readonly number[];
  readonly yes: readonly number[];
  readonly no: readonly number[];
  /** Of leaves. */
  readonly value: Float64Array;
}

/** Sums of trees, as ai.onnx.ml has them up to its set 4: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html. */
export function treeEnsemble(node: GraphNode): GraphValue {
  const rows = node.requireRows(node.input(0));
  const columns = rows.shape.length === 1 ? (rows.shape[0] as number) : 0;
  const [how, transform, targets] = [
    node.text('aggregate_function', 'SUM'),
    node.text('post_transform', 'NONE'),
    node.int('n_targets', 1),
  ];
  if (how !== 'SUM' || transform !== 'NONE' || targets !== 1) {
    throw node.error('ERR_OPERATOR', `is no plain sum of trees (${how}, ${transform}, ${targets} targets)`);
  }
  const trees = treesOf(node, columns);
  const base = node.floats('base_values')?.[0] ?? 0;
  return node.program.value([1], [rows], ([x = new Float64Array(0)], out, count) => {
    for (let row = 0; row < count; row++) {
      out[row] = trees.roots.reduce((sum, root) => sum + leafOf(trees, root, x, row * columns), base);
    }
  });
}

function leafOf(trees: Trees, root: number, x: Float64Array, first: number): number {
  let node = root;
  for (let branch = trees.branch[node]; branch; branch = trees.branch[node]) {
    const value = x[first + (trees.column[node] as number)] as number;
    node = (branch(value, trees.threshold[node] as number) ? trees.yes : trees.no)[node] as number;
  }
  return trees.value[node] as number;
}

/** @throws CaloscopeError ERR_FILE_CORRUPT for nodes that contradict each other, ERR_SHAPE, ERR_OPERATOR. */
function treesOf(node: GraphNode, columns: number): Trees {
  const [tree, id, column, yes, no] = ['treeids', 'nodeids', 'featureids', 'truenodeids', 'falsenodeids'].map(
    (name) => node.ints(`nodes_${name}`) ?? [],
  ) as [number[], number[], number[], number[], number[]];
  const threshold = node.floats('nodes_values') ?? [];
  const modes = node.texts('nodes_modes') ?? [];
  const places = new Map(id.map((own, i) => [`${tree[i]} ${own}`, i]));
  const lists = [id, column, yes, no, threshold, modes];
  if (places.size !== tree.length || lists.some(({ length }) => length !== tree.length)) {
    throw node.error('ERR_FILE_CORRUPT', 'has lists of nodes that do not fit together');
  }
  const branch = modes.map((mode) => (mode === 'LEAF' ? null : branches[mode]));
  const unknown = branch.indexOf(undefined);
  if (unknown >= 0) throw node.error('ERR_OPERATOR', `has the unknown branch ${modes[unknown]}`);
  const inner = (i: number) => branch[i] !== null;
  const place = (i: number, child: number) =>
    inner(i) ? (places.get(`${tree[i]} ${child}`) ?? Number.NaN) : i;
  const [first, second] = [yes, no].map((children) => children.map((child, i) => place(i, child))) as [
    number[],
    number[],
  ];
  const wide = column.find((one, i) => inner(i) && !(one >= 0 && one < columns));
  if (wide !== undefined) throw node.error('ERR_SHAPE', `reads column ${wide} of ${columns}`);
  const roots = rootsOf(node, tree, inner, [first, second]);
  const value = leafValues(node, places, tree.length);
  return { roots, branch: branch as Trees['branch'], column, threshold, yes: first, no: second, value };
}

/** Nodes that are no child; every other one must be a child once, or a row could go in a circle. */
function rootsOf(
  node: GraphNode,
  tree: readonly number[],
  inner: (i: number) => boolean,
  children: readonly (readonly number[])[],
): number[] {
  const parents = new Uint32Array(tree.length);
  for (const list of children) {
    for (const [i, child] of list.entries()) if (inner(i)) parents[child] = (parents[child] as number) + 1;
  }
  const missing = children.some((list) => list.some((child) => Number.isNaN(child)));
  const roots = tree.flatMap((_, i) => (parents[i] === 0 ? [i] : []));
  const oneEach =
    roots.length === new Set(tree).size && new Set(roots.map((i) => tree[i])).size === roots.length;
  if (!missing && oneEach && parents.every((count) => count <= 1)) return roots;
  throw node.error('ERR_FILE_CORRUPT', 'has nodes that make no trees');
}

function leafValues(node: GraphNode, places: ReadonlyMap<string, number>, nodes: number): Float64Array {
  const [tree, id] = [node.ints('target_treeids') ?? [], node.ints('target_nodeids') ?? []];
  const weights = node.floats('target_weights') ?? [];
  const values = new Float64Array(nodes);
  for (const [i, weight] of weights.entries()) {
    const place = places.get(`${tree[i]} ${id[i]}`);
    if (place === undefined)
      throw node.error('ERR_FILE_CORRUPT', 'has the value of a leaf that is not there');
    values[place] = (values[place] as number) + weight;
  }
  return values;
}
