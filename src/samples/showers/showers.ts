import { type Geometry, hasLengths } from '../../geometry/geometry.js';
import { asGiven } from '../../geometry/known-geometry.js';
import { chosenLayouts } from '../../layouts/chosen-layout.js';
import { native } from '../../native/binding.js';
import type { FeatureTableHandle, RepeatedInPair } from '../../native/contract/showers.js';
import type { SampleRole } from '../../native/contract/statistics.js';
import type { ComputeOptions } from '../../native/devices.js';
import { type JobOptions, runJob } from '../../native/run-job.js';
import { type ThreadedJobOptions, threadsOf } from '../../native/threads.js';
import type { Warning } from '../../warnings.js';
import { conditionLeaks } from '../condition-leaks.js';
import { FeatureTable } from '../feature-table.js';
import type { OwnDensities } from '../own-densities.js';
import {
  type ComparedLayers,
  type Condition,
  type DescribedFile,
  differentKinds,
  type InputChoices,
  type InputReasons,
  type NetworkInput,
  type Observable,
  otherInput,
  type ProfileMeans,
  type ProfileOptions,
  type Sample,
  type SampleBounds,
  type SampleKind,
  type SampleOrigin,
  type SampleStream,
} from '../sample.js';
import { axisOrderWarnings } from './axis-order.js';
import { chooseObservables, comparedLayers } from './compared-observables.js';
import { observablesOf, observableValues } from './observables.js';
import { fileWarnings, sampleWarnings } from './oddities.js';
import { pointObservables } from './point-observables.js';
import { profileMeans } from './profiles.js';
import {
  chosenConditions,
  conditionRows,
  requireFiniteConditions,
  requireIncidentEnergies,
} from './read-conditions.js';
import { ShowerReader } from './reading/shower-reader.js';
import { requireSameDetector } from './same-detector.js';
import { type ShowerBlock, showerBlocks } from './shower-block.js';
import {
  isShowerInput,
  restoreShowerInput,
  type ShowerInput,
  showerColumns,
  storedShowerInput,
  storeShowerInput,
} from './shower-input.js';
import { ShowerPictures } from './shower-pictures.js';
import { findRepeatedShowers, nativeGeometry, ShowerSample, showersWithout } from './shower-sample.js';
import {
  type OpenShowersOptions,
  openShowersOptions,
  readShowers,
  type ShowerPaths,
  ShowerStream,
} from './shower-stream.js';

/** Calorimeter showers. */
export const showers: SampleKind<ShowerSample, ShowerInput, typeof storedShowerInput, OpenShowersOptions> = {
  name: 'showers',
  given: 'showers of openShowers or showersFromArrays',
  plural: 'showers',
  choices: ['features', 'threshold', 'conditions'],
  owns: (value) => value instanceof ShowerSample,
  sample: (given) => new Showers(given),
  columns: showerColumns,
  settings: ({ geometry, features, threshold, conditions }) => ({
    geometry: geometry.name,
    features,
    threshold,
    conditions,
  }),
  storedInput: storedShowerInput,
  store: storeShowerInput,
  restore: restoreShowerInput,
  files: {
    layouts: 'showers',
    options: openShowersOptions,
    dropping: { negative: 'drop', nonFinite: 'drop' },
    describe,
    read: readShowers,
    open: openShowerStream,
  },
};

async function describe(path: string, options: OpenShowersOptions): Promise<DescribedFile> {
  const { group, signal } = options;
  const layouts = await chosenLayouts(options.layout, 'showers');
  const reader = await ShowerReader.open(path, { layouts, group, signal });
  await reader.close();
  const { layout, rows, voxels } = reader.metadata;
  return { layout, rows, content: { words: `showers of ${voxels} voxels`, code: 'ERR_VOXEL_COUNT' } };
}

async function openShowerStream(
  paths: ShowerPaths,
  { geometry }: ShowerInput,
  options: OpenShowersOptions,
): Promise<SampleStream> {
  const stream = await ShowerStream.open(paths, { ...options, geometry });
  async function* samples(bounds: SampleBounds): AsyncGenerator<Sample, void, void> {
    for await (const sample of stream.samples(bounds)) yield new Showers(sample);
  }
  return {
    rows: stream.rows,
    get sourceRows() {
      return stream.sourceRows;
    },
    get files() {
      return stream.files;
    },
    rowWeights: null,
    get warnings() {
      return fileWarnings(stream.problems);
    },
    samples,
    close: () => stream.close(),
  };
}

/** Why voxels below that energy count as zero, or why none do. */
function thresholdReason({ name, threshold }: Geometry, chosen: InputChoices['threshold']): string {
  if (chosen !== 'published') return asGiven;
  if (threshold !== null) return `published for ${name}`;
  return `not published for ${name}; with --threshold <MeV> voxels below that count as zero`;
}

class Showers implements Sample {
  readonly kind = 'showers';
  readonly noun = 'showers';
  readonly rowWeights = null;
  readonly rows: number;
  readonly sourceRows: Float64Array | null;
  readonly files: Sample['files'];
  readonly #showers: ShowerSample;
  #pictures: ShowerPictures | null = null;

  constructor(sample: ShowerSample) {
    this.#showers = sample;
    this.rows = sample.rows;
    this.sourceRows = sample.sourceRows;
    this.files = sample.origin.countedThrough;
  }

  origin(role: SampleRole): SampleOrigin {
    const { source, files, sha256, layout, toy } = this.#showers.origin;
    return {
      role,
      noun: this.noun,
      source,
      files,
      sha256,
      rows: this.rows,
      layout,
      weights: null,
      toy,
    };
  }

  requireFit(generated: Sample): void {
    if (!(generated instanceof Showers)) throw differentKinds(this, generated);
    requireSameDetector(this.#showers, generated.#showers);
  }

  conditions(): readonly Condition[] {
    const values = this.#showers.incidentEnergies();
    const energies = { key: 'energy', name: 'incident energies', label: 'E_inc', unit: 'MeV', values };
    const others = this.#showers.conditions.map((one) => ({
      ...one,
      key: one.name,
      name: `values of ${one.name}`,
    }));
    return [energies, ...others];
  }

  get ownDensities(): OwnDensities | null {
    return this.#showers.densities;
  }

  input({ features, threshold, conditions }: InputChoices, generated: Sample): ShowerInput {
    if (!(generated instanceof Showers)) throw differentKinds(this, generated);
    const { geometry } = this.#showers;
    return {
      kind: this.kind,
      features,
      geometry,
      threshold: threshold === 'published' ? geometry.threshold : threshold,
      conditions: chosenConditions(conditions, this.#showers, generated.#showers),
    };
  }

  inputReasons({ threshold }: InputChoices): InputReasons {
    const { geometry, origin } = this.#showers;
    return { geometryReason: origin.geometryReason, thresholdReason: thresholdReason(geometry, threshold) };
  }

  async features({ description, columns }: NetworkInput, options: ThreadedJobOptions): Promise<FeatureTable> {
    if (!isShowerInput(description)) throw otherInput(this.noun, columns);
    const { features, threshold, conditions } = description;
    const { handle } = this.#showers;
    const geometry = nativeGeometry(description.geometry);
    requireIncidentEnergies(this.#showers);
    const values = conditionRows(this.#showers, conditions);
    const threads = threadsOf(options);
    return new FeatureTable(
      await runJob<FeatureTableHandle>(
        (notify) =>
          native().makeFeatures(
            handle,
            geometry,
            features,
            threshold,
            values,
            conditions.length,
            threads,
            notify,
          ),
        options,
      ),
    );
  }

  observables(): readonly Observable[] {
    return [...observablesOf(this.#showers.geometry), ...this.#pointObservables];
  }

  /** Of showers that were points. */
  get #pointObservables(): readonly Observable[] {
    return this.#showers.points ? pointObservables(this.#showers.geometry) : [];
  }

  compared(generated: Sample): readonly Observable[] {
    if (!(generated instanceof Showers)) throw differentKinds(this, generated);
    const { geometry } = this.#showers;
    const energies = [this, generated].map((sample) => sample.#showers.incidentEnergies());
    const one = energies[0]?.[0];
    const oneIncidentEnergy = energies.every((values) => values.every((energy) => energy === one));
    const lengths = hasLengths(geometry);
    const ofHits = chooseObservables(observablesOf(geometry), this.comparedLayers, {
      oneIncidentEnergy,
      lengths,
    });
    return [...ofHits, ...this.#pointObservables];
  }

  get comparedLayers(): ComparedLayers {
    return comparedLayers(this.#showers.geometry.layers.map(({ id }) => id));
  }

  otherColumns(): readonly Observable[] {
    return [];
  }

  async *values(
    chosen: readonly Observable[],
    options: ThreadedJobOptions & { readonly threshold: number | null },
  ): AsyncGenerator<Float64Array, void, void> {
    const names = observablesOf(this.#showers.geometry).map(({ name }) => name);
    const ofHits = chosen.map(({ name }) => names.indexOf(name)).filter((index) => index >= 0);
    const values = await observableValues(this.#showers, ofHits, {
      signal: options.signal,
      threads: options.threads,
      threshold: options.threshold,
    });
    const ofPoints = this.#pointObservables.map(({ name }) => name);
    let next = 0;
    for (const { name } of chosen) {
      const point = ofPoints.indexOf(name);
      const found = point < 0 ? values[next++] : this.#showers.points?.values[point];
      yield found as Float64Array;
    }
  }

  profiles(
    weights: readonly (Float64Array | null)[],
    options: ProfileOptions,
  ): Promise<readonly (readonly ProfileMeans[])[]> {
    return profileMeans(this.#showers, this.comparedLayers, weights, options);
  }

  get pictures(): ShowerPictures | null {
    this.#pictures ??= ShowerPictures.of(this.#showers);
    return this.#pictures;
  }

  blocks(threshold: number | null): Iterable<ShowerBlock> {
    return showerBlocks(this.#showers, threshold, this.sourceRows);
  }

  async oddities(generated: Sample, options: ComputeOptions): Promise<readonly Warning[]> {
    if (!(generated instanceof Showers)) throw differentKinds(this, generated);
    for (const one of [this, generated]) requireFiniteConditions(one.#showers);
    const leaks = await conditionLeaks(this, generated, options);
    const axes = await axisOrderWarnings(this.#showers, generated.#showers, options);
    return [
      ...sampleWarnings(this.#showers, 'reference'),
      ...sampleWarnings(generated.#showers, 'generated'),
      ...leaks,
      ...axes,
    ];
  }

  async repetitions(generated: Sample, options: JobOptions): Promise<RepeatedInPair> {
    if (!(generated instanceof Showers)) throw differentKinds(this, generated);
    return await findRepeatedShowers(this.#showers, generated.#showers, { signal: options.signal });
  }

  async without(rows: Float64Array, options: JobOptions): Promise<Sample> {
    return new Showers(await showersWithout(this.#showers, rows, options));
  }

  dispose(): void {
    this.#showers.dispose();
  }
}
