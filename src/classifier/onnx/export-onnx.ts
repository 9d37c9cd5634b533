import { FileError } from '../../errors.js';
import type { OutputInput } from '../../formats/files/inputs.js';
import { writeWholeFile } from '../../formats/files/whole-output.js';
import { elementType, OnnxWriter } from '../../formats/onnx/onnx-writer.js';
import { requireInstance, requireKnownOptions, requireText } from '../../names.js';
import { native } from '../../native/binding.js';
import type { LearnerName, NativeMember, NativeWhitening } from '../../native/contract/ensembles.js';
import { callNative } from '../../native/run-job.js';
import { featureNames, storeInput } from '../../samples/kinds.js';
import { packageVersion } from '../../versions.js';
import { ClassifierEnsemble } from '../ensemble.js';
import { formatVersion, metadataKey } from '../file-descriptions.js';
import { logitOfNetwork, logitOfRegressions, logitOfTrees } from './member-graphs.js';

export interface ExportOnnxOptions {
  /** Replace an existing file. */
  readonly force?: boolean | undefined;
  /** What the model names as its inputs. Default: the files that the classifier was trained on. */
  readonly inputs?: readonly OutputInput[] | undefined;
}

/** Messages of protocol buffers are no longer. */
const largestFile = 2 ** 31 - 1;

/** What the columns are that members read: names in the graph. */
interface MemberInputs {
  /** Scalar columns, whitened where the ensemble whitens: of regressions. */
  readonly scalars: string;
  /** Those and the voxels: of networks. */
  readonly all: string;
  /** Scalar columns as they are and narrow directions: of trees and sparse regressions. */
  readonly widened: string;
}

/**
 * Writes an ensemble as one ONNX model, operator set 18 (trees: set 3 of ai.onnx.ml): from the columns of `featureNames`, float32, to
 * ln(p_reference/p_generated), rows × 1. Whitening, standardization and the sum of the members are inside; whitening, regressions and sum are in
 * double precision, networks and trees in float32, as caloscope itself computes. The metadata say what the columns are.
 *
 * @throws FileError ERR_OUTPUT, ERR_TOO_LARGE for more than 2 GB.
 */
export async function exportOnnx(
  ensemble: ClassifierEnsemble,
  path: string,
  options: ExportOnnxOptions = {},
): Promise<void> {
  requireKnownOptions(options, { force: true, inputs: true });
  requireInstance(ensemble, ClassifierEnsemble, 'ensemble');
  requireText(path, 'path');
  const { force = false, inputs = ensemble.description.inputs } = options;
  const members = Array.from({ length: ensemble.members }, (_, number) =>
    callNative(() => native().ensembleMember(ensemble.handle, number)),
  );
  const bytes = members
    .flatMap(({ tensors }) => tensors)
    .reduce((sum, { values }) => sum + values.byteLength, 0);
  if (bytes > largestFile / 2) {
    throw new FileError(
      'ERR_TOO_LARGE',
      path,
      `${bytes} bytes of weights are more than an ONNX file can hold`,
    );
  }
  await writeWholeFile(path, modelOf(ensemble, members, inputs), force ? 'a file' : 'nothing');
}

function modelOf(
  ensemble: ClassifierEnsemble,
  members: readonly NativeMember[],
  named: readonly OutputInput[],
): Buffer {
  const graph = new OnnxWriter('features', ensemble.inputs);
  const { whitening, weights, constant } = callNative(() => native().ensembleSum(ensemble.handle));
  const inputs = memberInputs(graph, whitening, ensemble.inputs);
  const terms = ensemble.learners.map((learner, i) => {
    const own = members.filter((member) => member.learner === learner);
    const mean = meanLogit[learner](graph, own, inputs);
    return graph.node({
      operator: 'Mul',
      inputs: [mean, graph.constant([], Float64Array.of(weights[i] as number))],
    });
  });
  terms.push(graph.constant([1, 1], Float64Array.of(constant), 'sum.constant'));
  const sum = graph.node({ operator: 'Sum', inputs: terms });
  const output = graph.node(
    { operator: 'Cast', inputs: [sum], attributes: { to: { int: elementType.float } } },
    'logit',
  );
  const sets = ensemble.learners.includes('trees') ? { '': 18, 'ai.onnx.ml': 3 } : { '': 18 };
  return graph.finish(output, {
    producer: ['caloscope', packageVersion],
    sets,
    metadata: metadataOf(ensemble, named),
  });
}

/** Mean logit of the members of a learner, double. */
const meanLogit: Readonly<
  Record<LearnerName, (graph: OnnxWriter, members: readonly NativeMember[], inputs: MemberInputs) => string>
> = {
  network: (graph, members, { all }) => {
    const logits = members.map((member) => logitOfNetwork(graph, member, all));
    return toDouble(graph, graph.node({ operator: 'Mean', inputs: logits }));
  },
  logistic: (graph, members, { scalars }) => logitOfRegressions(graph, members, scalars),
  quadratic: (graph, members, { scalars }) => logitOfRegressions(graph, members, scalars),
  sparse: (graph, members, { widened }) => logitOfRegressions(graph, members, widened),
  trees: (graph, members, { widened }) => {
    const sum = toDouble(graph, logitOfTrees(graph, members, widened));
    const count = graph.constant([], Float64Array.of(members.length));
    return graph.node({ operator: 'Div', inputs: [sum, count] });
  },
};

function toDouble(graph: OnnxWriter, value: string): string {
  return graph.node({ operator: 'Cast', inputs: [value], attributes: { to: { int: elementType.double } } });
}

function columnsFrom(graph: OnnxWriter, value: string, first: number, end: number): string {
  const bounds = [first, end, 1].map((bound) => graph.constant([1], BigInt64Array.of(BigInt(bound))));
  return graph.node({ operator: 'Slice', inputs: [value, ...bounds] });
}

function memberInputs(graph: OnnxWriter, whitening: NativeWhitening | null, columns: number): MemberInputs {
  const rows = 'features';
  if (whitening === null) return { scalars: rows, all: rows, widened: rows };
  const { centre, matrix, relativeWidth, clip } = whitening;
  const count = centre.length;
  const plain = count === columns ? rows : columnsFrom(graph, rows, 0, count);
  const shifted = graph.node({
    operator: 'Sub',
    inputs: [toDouble(graph, plain), graph.constant([count], centre, 'whitening.centre')],
  });
  const turned = graph.node({
    operator: 'MatMul',
    inputs: [shifted, graph.constant([count, relativeWidth.length], matrix, 'whitening.matrix')],
  });
  const bounds = [-clip, clip].map((bound) => graph.constant([], Float64Array.of(bound)));
  const held = graph.node({ operator: 'Clip', inputs: [turned, ...bounds] });
  const scalars = graph.node({
    operator: 'Cast',
    inputs: [held],
    attributes: { to: { int: elementType.float } },
  });
  const beside = (values: string[]) =>
    values.length === 1
      ? (values[0] as string)
      : graph.node({ operator: 'Concat', inputs: values, attributes: { axis: { int: 1 } } });
  const narrow = relativeWidth.findIndex((width) => width < narrowWidth);
  return {
    scalars,
    all: beside([scalars, ...(count < columns ? [columnsFrom(graph, rows, count, columns)] : [])]),
    widened: beside([
      plain,
      ...(narrow >= 0 ? [columnsFrom(graph, scalars, narrow, relativeWidth.length)] : []),
    ]),
  };
}

/** Directions that are narrower are read by trees, too: native/core/learners/whitening.h. They come last. */
const narrowWidth = 0.1;

function metadataOf(
  { description }: ClassifierEnsemble,
  inputs: readonly OutputInput[],
): Record<string, string> {
  const { input, ranges, warnings } = description;
  const names = [...featureNames(input)];
  const own = {
    formatVersion,
    input: storeInput(input),
    featureNames: names,
    ...(ranges && { ranges }),
    warnings,
    inputs,
  };
  return {
    [metadataKey]: JSON.stringify(own),
    features: JSON.stringify(names),
    layout: 'rows x columns, float32; the columns of `features` in their order: scalar columns, then voxels',
    units:
      'energies in MeV, but where docs/classifier-files.md of caloscope says otherwise; lengths in the unit of the geometry',
    output: 'logit: ln(p_reference/p_generated), the logarithm of the weight of a generated row',
  };
}
