import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { ArgumentError } from '../../errors.js';
import { jetLayoutSchema } from '../../layouts/jet-layouts.js';
import { native } from '../../native/binding.js';
import { jetObservableNames } from '../../native/contract/jets.js';
import type { RepeatedInPair } from '../../native/contract/showers.js';
import type { SampleRole } from '../../native/contract/statistics.js';
import { callNative, type JobOptions } from '../../native/run-job.js';
import type { ThreadedJobOptions } from '../../native/threads.js';
import type { Warning } from '../../warnings.js';
import { FeatureTable } from '../feature-table.js';
import { repeatedRows } from '../repeated-rows.js';
import {
  type AnyInput,
  type Condition,
  type DescribedFile,
  differentKinds,
  type InputReasons,
  type NetworkInput,
  type Observable,
  otherInput,
  type Sample,
  type SampleKind,
  type SampleOrigin,
  type SampleStream,
  warningsOf,
} from '../sample.js';
import { rowsWithout } from '../source-rows.js';
import { findJets, type OpenJetsOptions, readJets } from './jet-files.js';
import { jetObservables, jetValues } from './jet-observables.js';
import { JetSample, particleColumns } from './jet-sample.js';

/** Classifiers read the observables of the core and the padded particles. */
export interface JetInput {
  readonly kind: 'jets';
  readonly layout: z.output<typeof jetLayoutSchema>;
  /** Particles a jet may have. */
  readonly capacity: number;
}

const storedInput = z.strictObject({
  kind: z.literal('jets'),
  layout: jetLayoutSchema,
  capacity: z.int().positive(),
});

/** Jets: particles in coordinates relative to their jet. */
export const jets: SampleKind<JetSample, JetInput, typeof storedInput, OpenJetsOptions> = {
  name: 'jets',
  given: 'jets of openJets',
  owns: (value) => value instanceof JetSample,
  sample: (given) => new Jets(given),
  columns: jetColumns,
  settings: ({ capacity }) => ({
    geometry: null,
    features: `observables and ${capacity} padded particles`,
    threshold: null,
    conditions: [],
  }),
  storedInput,
  store: (input) => input,
  restore: (stored) => stored,
  files: { layouts: 'jets', describe, read: readJets, open: openStream },
};

function jetColumns({ capacity }: JetInput): string[] {
  const ofParticle = ['Δη', 'Δφ', 'p_T'];
  const particles = Array.from({ length: capacity }, (_, i) =>
    ofParticle.map((name) => `${name} of particle ${i + 1}`),
  );
  return [...jetObservableNames, ...particles.flat()];
}

async function describe(path: string, options: OpenJetsOptions): Promise<DescribedFile> {
  const { layout, rows, capacity } = await findJets(path, options);
  const content = { words: `jets of up to ${capacity} particles`, code: 'ERR_DATASET_SHAPE' } as const;
  return { layout: layout.name, rows, content };
}

async function openStream(
  paths: string | readonly string[],
  { layout: known, capacity }: JetInput,
  options: OpenJetsOptions,
): Promise<SampleStream> {
  const all = await readJets(paths, { ...options, layout: options.layout ?? known });
  if (all.capacity !== capacity) {
    const message = `the jets have up to ${all.capacity} particles, the classifier reads ${capacity}`;
    throw new ArgumentError('ERR_SHAPE', message);
  }
  return {
    rows: all.rows,
    sourceRows: all.sourceRows,
    files: all.origin.files,
    rowWeights: null,
    warnings: all.warnings,
    samples: async function* () {
      yield new Jets(all);
    },
    close: async () => undefined,
  };
}

class Jets implements Sample {
  readonly kind = 'jets';
  readonly noun = 'jets';
  readonly blocks = null;
  readonly comparedLayers = null;
  readonly profiles = null;
  readonly pictures = null;
  readonly rowWeights = null;
  readonly ownDensities = null;
  readonly rows: number;
  readonly #jets: JetSample;
  #values: ReadonlyMap<string, Float64Array> | null = null;

  constructor(sample: JetSample) {
    this.#jets = sample;
    this.rows = sample.rows;
  }

  get sourceRows(): Float64Array | null {
    return this.#jets.sourceRows;
  }

  get files(): Sample['files'] {
    return this.#jets.origin.files;
  }

  origin(role: SampleRole): SampleOrigin {
    const { origin, layout } = this.#jets;
    return {
      role,
      noun: this.noun,
      ...origin,
      rows: this.rows,
      layout: layout.name,
      weights: null,
      toy: false,
    };
  }

  requireFit(generated: Sample): void {
    if (!(generated instanceof Jets)) throw differentKinds(this, generated);
    const [first, second] = [this.#jets, generated.#jets];
    if (first.capacity !== second.capacity || (first.jetPt === null) !== (second.jetPt === null)) {
      const words = ({ capacity, layout }: JetSample) => `up to ${capacity} particles, layout ${layout.name}`;
      const message = `the reference jets (${words(first)}) are not described as the generated ones (${words(second)}); use files of one form`;
      throw new ArgumentError('ERR_SHAPE', message);
    }
  }

  conditions(): readonly Condition[] {
    return [];
  }

  input(): JetInput {
    const { layout, capacity } = this.#jets;
    return { kind: this.kind, layout, capacity };
  }

  inputReasons(): InputReasons {
    return { geometryReason: null, thresholdReason: null };
  }

  async features({ description, columns }: NetworkInput, options: ThreadedJobOptions): Promise<FeatureTable> {
    if (!isJetInput(description)) throw otherInput(this.noun, columns);
    if (description.capacity !== this.#jets.capacity) throw otherInput(this.noun, columns);
    const found = await this.#observables(options);
    const observables = jetObservableNames.map((name) => found.get(name) as Float64Array);
    const { particles, capacity } = this.#jets;
    const width = capacity * particleColumns;
    const values = new Float32Array(this.rows * columns.length);
    for (let row = 0; row < this.rows; row++) {
      const at = row * columns.length;
      for (const [i, column] of observables.entries()) {
        // What a jet does not have is 0: the number of particles tells.
        values[at + i] = Number.isNaN(column[row]) ? 0 : (column[row] as number);
      }
      values.set(particles.subarray(row * width, (row + 1) * width), at + observables.length);
      if (row % 65_536 === 0) await setImmediate();
    }
    return new FeatureTable(callNative(() => native().makeMatrix(values, columns.length)));
  }

  observables(): readonly Observable[] {
    return jetObservables(this.#jets);
  }

  compared(): readonly Observable[] {
    return this.observables();
  }

  otherColumns(): readonly Observable[] {
    return [];
  }

  async *values(
    chosen: readonly Observable[],
    options: ThreadedJobOptions,
  ): AsyncGenerator<Float64Array, void, void> {
    const found = await this.#observables(options);
    for (const { name } of chosen) yield found.get(name) as Float64Array;
  }

  async oddities(generated: Sample): Promise<readonly Warning[]> {
    if (!(generated instanceof Jets)) throw differentKinds(this, generated);
    return [
      ...warningsOf('reference', this.#jets.warnings),
      ...warningsOf('generated', generated.#jets.warnings),
    ];
  }

  async repetitions(generated: Sample, options: JobOptions): Promise<RepeatedInPair> {
    if (!(generated instanceof Jets)) throw differentKinds(this, generated);
    using first = this.#particles();
    using second = generated.#particles();
    return await repeatedRows(first, second, options);
  }

  async without(rows: Float64Array): Promise<Sample> {
    return new Jets(this.#jets.only(rowsWithout(this.rows, rows)));
  }

  dispose(): void {}

  async #observables(options: ThreadedJobOptions): Promise<ReadonlyMap<string, Float64Array>> {
    this.#values ??= await jetValues(this.#jets, options);
    return this.#values;
  }

  #particles(): FeatureTable {
    const { particles, capacity } = this.#jets;
    return new FeatureTable(callNative(() => native().makeMatrix(particles, capacity * particleColumns)));
  }
}

function isJetInput(input: AnyInput): input is JetInput {
  return input.kind === 'jets';
}
