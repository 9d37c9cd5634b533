import * as z from 'zod';
import { ArgumentError } from '../../errors.js';
import { eventLoopTurn } from '../../event-loop.js';
import { type EventLayout, eventLayoutSchema } from '../../layouts/event-layouts.js';
import { native } from '../../native/binding.js';
import type { RepeatedInPair } from '../../native/contract/showers.js';
import type { SampleRole } from '../../native/contract/statistics.js';
import { callNative, type JobOptions } from '../../native/run-job.js';
import type { Warning } from '../../warnings.js';
import { FeatureTable } from '../feature-table.js';
import type { OwnDensities } from '../own-densities.js';
import { repeatedRows } from '../repeated-rows.js';
import { weightSummary } from '../row-weights.js';
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
import { type EventInput, eventFeatures } from './event-features.js';
import { findEvents, type OpenEventsOptions, readEvents } from './event-files.js';
import { eventObservables, eventValues, multiplicity } from './event-observables.js';
import { EventSample } from './event-sample.js';

const storedInput = z.strictObject({
  kind: z.literal('events'),
  layout: eventLayoutSchema,
  multiplicity: z.int().positive().nullable(),
});

/** Events of a generator: four-momenta of named objects. */
export const events: SampleKind<EventSample, EventInput, typeof storedInput, OpenEventsOptions> = {
  name: 'events',
  given: 'events of openEvents',
  owns: (value) => value instanceof EventSample,
  sample: (given) => new Events(given),
  columns: (input) => eventFeatures(input).map(({ name }) => name),
  settings: ({ multiplicity: objects }) => ({
    geometry: null,
    features: objects === null ? 'momenta of events' : `momenta of events with ${objects} objects`,
    threshold: null,
    conditions: [],
  }),
  storedInput,
  store: (input) => input,
  restore: (stored) => stored,
  files: { layouts: 'events', describe, read: readEvents, open: openStream },
};

async function describe(path: string, options: OpenEventsOptions): Promise<DescribedFile> {
  const { layout, frame } = await findEvents(path, options);
  return {
    layout: layout.name,
    rows: frame.rows,
    content: { words: `events of ${objectNames({ layout })}`, code: 'ERR_LAYOUT' },
  };
}

async function openStream(
  paths: string | readonly string[],
  { layout: known, multiplicity: objects }: EventInput,
  options: OpenEventsOptions,
): Promise<SampleStream> {
  const layout = options.layout ?? known;
  const all = await readEvents(paths, { ...options, layout, multiplicity: objects ?? undefined });
  return {
    rows: all.rows,
    sourceRows: all.selection.sourceRows,
    files: all.origin.files,
    rowWeights: all.weights,
    warnings: all.warnings,
    samples: async function* () {
      yield new Events(all);
    },
    close: async () => undefined,
  };
}

function objectNames({ layout }: Pick<EventSample, 'layout'>): string {
  return layout.objects.map(({ name }) => name).join(', ');
}

/** @throws ArgumentError ERR_LAYOUT for events of other objects than the classifier reads. */
function requireObjects(sample: EventSample, layout: EventLayout): void {
  const [found, needed] = [objectNames(sample), objectNames({ layout })];
  if (found === needed) return;
  const message = `the events have the objects ${found}, the classifier reads ${needed}; describe them in the same way`;
  throw new ArgumentError('ERR_LAYOUT', message);
}

class Events implements Sample {
  readonly kind = 'events';
  readonly noun = 'events';
  readonly blocks = null;
  readonly comparedLayers = null;
  readonly profiles = null;
  readonly pictures = null;
  readonly rows: number;
  readonly #events: EventSample;

  constructor(sample: EventSample) {
    this.#events = sample;
    this.rows = sample.rows;
  }

  get sourceRows(): Float64Array | null {
    return this.#events.selection.sourceRows;
  }

  get files(): Sample['files'] {
    return this.#events.origin.files;
  }

  get ownDensities(): OwnDensities | null {
    return this.#events.densities;
  }

  get rowWeights(): Float64Array | null {
    return this.#events.weights;
  }

  origin(role: SampleRole): SampleOrigin {
    const { origin, layout } = this.#events;
    return {
      role,
      noun: this.noun,
      ...origin,
      rows: this.rows,
      layout: layout.name,
      weights: weightSummary(this.rowWeights),
      toy: false,
    };
  }

  requireFit(generated: Sample): void {
    if (!(generated instanceof Events)) throw differentKinds(this, generated);
    const [first, second] = [this.#events, generated.#events];
    if (objectNames(first) !== objectNames(second)) {
      const message = `the reference events have the objects ${objectNames(first)}, the generated ones ${objectNames(second)}; describe both in the same way`;
      throw new ArgumentError('ERR_LAYOUT', message);
    }
    const counts = [first, second].map(({ selection }) => selection.multiplicity);
    if (counts[0] !== counts[1]) {
      const message = `the reference events were read with ${counts[0] ?? 'any number of'} objects, the generated ones with ${counts[1] ?? 'any number'}; choose one multiplicity`;
      throw new ArgumentError('ERR_SHAPE', message);
    }
  }

  conditions(): readonly Condition[] {
    return [];
  }

  input(): EventInput {
    const { layout, selection } = this.#events;
    return { kind: this.kind, layout, multiplicity: selection.multiplicity };
  }

  inputReasons(): InputReasons {
    return { geometryReason: null, thresholdReason: null };
  }

  async features({ description, columns }: NetworkInput, { signal }: JobOptions): Promise<FeatureTable> {
    if (!isEventInput(description)) throw otherInput(this.noun, columns);
    requireObjects(this.#events, description.layout);
    const features = eventFeatures(description);
    const values = new Float32Array(this.rows * features.length);
    for (const [column, feature] of features.entries()) {
      feature.values(this.#events).forEach((value, row) => {
        values[row * features.length + column] = value;
      });
      await eventLoopTurn();
      signal?.throwIfAborted();
    }
    return new FeatureTable(callNative(() => native().makeMatrix(values, features.length)));
  }

  observables(): readonly Observable[] {
    const { layout, selection } = this.#events;
    const all = eventObservables(layout);
    if (selection.multiplicity === null) return [multiplicity, ...all].map(plain);
    const present = selection.multiplicity;
    return all.filter(({ objects }) => objects.every((object) => object < present)).map(plain);
  }

  compared(): readonly Observable[] {
    return this.observables();
  }

  otherColumns(): readonly Observable[] {
    return [];
  }

  async *values(
    chosen: readonly Observable[],
    { signal }: JobOptions,
  ): AsyncGenerator<Float64Array, void, void> {
    const all = new Map(eventObservables(this.#events.layout).map((one) => [one.name, one]));
    for (const { name } of chosen) {
      const observable = all.get(name);
      yield observable
        ? eventValues(this.#events, observable)
        : Float64Array.from(this.#events.multiplicities());
      await eventLoopTurn();
      signal?.throwIfAborted();
    }
  }

  async oddities(generated: Sample): Promise<readonly Warning[]> {
    if (!(generated instanceof Events)) throw differentKinds(this, generated);
    return [
      ...warningsOf('reference', this.#events.warnings),
      ...warningsOf('generated', generated.#events.warnings),
    ];
  }

  async repetitions(generated: Sample, options: JobOptions): Promise<RepeatedInPair> {
    if (!(generated instanceof Events)) throw differentKinds(this, generated);
    using first = this.#momenta();
    using second = generated.#momenta();
    return await repeatedRows(first, second, options);
  }

  async without(rows: Float64Array): Promise<Sample> {
    return new Events(this.#events.only(rowsWithout(this.rows, rows)));
  }

  dispose(): void {}

  #momenta(): FeatureTable {
    const columns = this.#events.momenta.flat();
    const values = new Float32Array(this.rows * columns.length);
    columns.forEach((column, i) => {
      for (let row = 0; row < column.length; row++) values[row * columns.length + i] = column[row] as number;
    });
    return new FeatureTable(callNative(() => native().makeMatrix(values, columns.length)));
  }
}

function plain({ name, label, unit }: Observable): Observable {
  return { name, label, unit };
}

function isEventInput(input: AnyInput): input is EventInput {
  return input.kind === 'events';
}
