import { ArgumentError, CaloscopeError, FileError } from '../../errors.js';
import type { Geometry } from '../../geometry/geometry.js';
import { oneOf } from '../../names.js';
import { featureSetNames } from '../../native/contract/showers.js';
import type { ColumnRanges } from '../../samples/column-ranges.js';
import {
  featureNames,
  type InputDescription,
  type OpenSampleOptions,
  restoreInput,
} from '../../samples/kinds.js';
import type { FeatureSetName } from '../../samples/showers/shower-input.js';
import { ShowerStream } from '../../samples/showers/shower-stream.js';
import { openTable } from '../../samples/table/table-files.js';
import type { Warning } from '../../warnings.js';
import { metadataKey, parsedDescription, sharedSchema } from '../file-descriptions.js';
import type { OnnxClassifier } from './onnx-classifier.js';

/** What a model of another program reads, which its file does not say. */
export interface ModelInputChoices {
  /** Feature set of showers; left out: the model reads the columns of a table. */
  readonly features?: FeatureSetName | undefined;
  /** As for openShowers: guessed from the files where left out. */
  readonly geometry?: Geometry | string | undefined;
  readonly particle?: string | undefined;
  /** Voxels below count as zero, in MeV; `published` (the default): the readout threshold of the geometry, if it has one. */
  readonly threshold?: number | null | 'published' | undefined;
  /** Conditions that it reads beside the incident energy, its first columns. Default: none. */
  readonly conditions?: readonly string[] | undefined;
}

/** The input of a model, and what else is known of its training. */
export interface ModelDescription {
  readonly input: InputDescription;
  readonly ranges: ColumnRanges | null;
  readonly warnings: readonly Warning[];
}

/** What a model that caloscope wrote says of itself. */
const ownSchema = sharedSchema.pick({
  formatVersion: true,
  input: true,
  featureNames: true,
  ranges: true,
  inputs: true,
  warnings: true,
});

/**
 * What a model reads of files: as its own file says, where caloscope wrote it; otherwise as chosen.
 *
 * @throws FileError ERR_CLASSIFIER, ERR_SHAPE where it has other columns; ArgumentError ERR_ARGUMENT; the codes for files.
 */
export async function modelDescription(
  model: OnnxClassifier,
  paths: string | readonly string[],
  choices: ModelInputChoices,
  options: Omit<OpenSampleOptions, 'geometry' | 'particle'>,
): Promise<ModelDescription> {
  const own = model.metadata.get(metadataKey);
  const described =
    own === undefined ? await chosenInput(paths, choices, options) : ownDescription(model, own, choices);
  const columns = featureNames(described.input);
  if (columns.length === model.inputs) return described;
  const message = `the model reads ${model.inputs} columns, there are ${columns.length} (${shortList(columns)})`;
  throw new FileError('ERR_SHAPE', model.path, message);
}

function ownDescription(
  { path }: OnnxClassifier,
  text: string,
  choices: ModelInputChoices,
): ModelDescription {
  const [given] = Object.entries(choices).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined) {
    throw new ArgumentError('ERR_ARGUMENT', `${path} says itself what it reads; leave out ${given}`);
  }
  const {
    input,
    featureNames: stored,
    ranges = null,
    warnings = [],
  } = parsedDescription(ownSchema, text, path);
  const restored = restoreInput(input);
  if (featureNames(restored).join() === stored.join()) return { input: restored, ranges, warnings };
  throw new FileError('ERR_CLASSIFIER', path, 'its features are not those of this version; train it again');
}

async function chosenInput(
  paths: string | readonly string[],
  { features, ...others }: ModelInputChoices,
  options: Omit<OpenSampleOptions, 'geometry' | 'particle'>,
): Promise<ModelDescription> {
  const nothingKnown = { ranges: null, warnings: [] };
  if (features === undefined) {
    const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
    if (other !== undefined) {
      const message = `${other} is for models that read features of showers; name them (features, --features), or leave it out`;
      throw new ArgumentError('ERR_ARGUMENT', message);
    }
    return { input: { kind: 'matrix', columns: await tableColumns(paths, options) }, ...nothingKnown };
  }
  const known = oneOf(featureSetNames).safeParse(features);
  if (!known.success) throw new ArgumentError('ERR_ARGUMENT', `features ${known.error.issues[0]?.message}`);
  const { geometry, particle, threshold = 'published', conditions = [] } = others;
  const stream = await ShowerStream.open(paths, { ...options, geometry, particle });
  try {
    const cut = threshold === 'published' ? stream.geometry.threshold : threshold;
    const input = {
      kind: 'showers',
      features,
      geometry: stream.geometry,
      threshold: cut,
      conditions,
    } as const;
    return { input, ...nothingKnown };
  } finally {
    await stream.close();
  }
}

async function tableColumns(
  paths: string | readonly string[],
  options: Omit<OpenSampleOptions, 'geometry' | 'particle'>,
): Promise<readonly string[]> {
  const [first = ''] = typeof paths === 'string' ? [paths] : paths;
  try {
    return (await openTable(first, { layout: options.layout, signal: options.signal })).columns;
  } catch (error) {
    if (!(error instanceof CaloscopeError && error.code === 'ERR_LAYOUT')) throw error;
    const message = `${first}: it is no table; name the features of showers that the model reads (features, --features)`;
    throw new ArgumentError('ERR_ARGUMENT', message, { cause: error });
  }
}

function shortList(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`;
}
