import type { EventLayout } from '../../layouts/event-layouts.js';
import type { Warning } from '../../warnings.js';
import type { FilesTogether } from '../files-of-sample.js';
import { densitiesOfRows, type OwnDensities } from '../own-densities.js';
import { weightsOfRows } from '../row-weights.js';
import { sourceRowsOf } from '../source-rows.js';

/** What of its files a sample of events holds. */
export interface EventSelection {
  /** Objects that each event has; null: any number. */
  readonly multiplicity: number | null;
  /** The row of each event in the files; null: all are there, in order. */
  readonly sourceRows: Float64Array | null;
}

/** Events in memory: four-momenta of named objects, in GeV. */
export class EventSample implements Disposable {
  readonly layout: EventLayout;
  /** For each object E, px, py, pz, one number an event each; an object is absent where its E is 0. */
  readonly momenta: readonly (readonly Float64Array[])[];
  /** Weights with which events count, one each, of any sign; null: each counts 1. */
  readonly weights: Float64Array | null;
  /** How well the generator knows its own density; null: the files do not say. */
  readonly densities: OwnDensities | null;
  readonly rows: number;
  readonly origin: FilesTogether;
  readonly selection: EventSelection;
  /** What was odd in the files and was not refused. */
  readonly warnings: readonly Warning[];

  /** @internal Made by openEvents. */
  constructor(
    layout: EventLayout,
    numbers: {
      readonly momenta: readonly (readonly Float64Array[])[];
      readonly weights: Float64Array | null;
      readonly densities?: OwnDensities | null;
    },
    origin: FilesTogether,
    selection: EventSelection,
    warnings: readonly Warning[],
  ) {
    this.layout = layout;
    this.momenta = numbers.momenta;
    this.weights = numbers.weights;
    this.densities = numbers.densities ?? null;
    this.rows = this.momenta[0]?.[0]?.length ?? 0;
    this.origin = origin;
    this.selection = selection;
    this.warnings = warnings;
  }

  /** Whether events have an object: 1 or 0. */
  has(object: number): Uint8Array {
    return Uint8Array.from(this.momenta[object]?.[0] ?? [], (energy) => (energy === 0 ? 0 : 1));
  }

  /** Objects that each event has. */
  multiplicities(): Uint8Array {
    const counts = new Uint8Array(this.rows);
    for (const object of this.momenta.keys()) {
      const present = this.has(object);
      for (let row = 0; row < this.rows; row++) (counts[row] as number) += present[row] as number;
    }
    return counts;
  }

  /** One line in the console. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const objects = this.layout.objects.map(({ name }) => name).join(', ');
    return `EventSample { ${this.rows} events of ${objects}, ${this.origin.source} }`;
  }

  /** The sample with these rows of it only, which ascend. */
  only(rows: Float64Array, multiplicity = this.selection.multiplicity): EventSample {
    const momenta = this.momenta.map((components) =>
      components.map((values) => Float64Array.from(rows, (row) => values[row] as number)),
    );
    const selection = {
      multiplicity,
      sourceRows: sourceRowsOf(this.selection, rows),
    };
    const weights = weightsOfRows(this.weights, rows);
    const densities = densitiesOfRows(this.densities, rows);
    return new EventSample(
      this.layout,
      { momenta, weights, densities },
      this.origin,
      selection,
      this.warnings,
    );
  }

  /** Events are the collector's: nothing native is held. */
  [Symbol.dispose](): void {}
}
