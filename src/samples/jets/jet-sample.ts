import type { JetLayout } from '../../layouts/jet-layouts.js';
import type { Warning } from '../../warnings.js';
import type { FilesTogether } from '../files-of-sample.js';
import { sourceRowsOf } from '../source-rows.js';

/** Numbers of a particle: Δη, Δφ, p_T/p_T(jet). */
export const particleColumns = 3;

/** Jets in memory. */
export class JetSample implements Disposable {
  readonly layout: JetLayout;
  /** rows × capacity × 3: η and φ relative to the jet, p_T in units of its p_T, of the file's order; zeros where there is no particle. */
  readonly particles: Float32Array;
  /** Particles a jet may have. */
  readonly capacity: number;
  /** GeV, one a jet, as stored; null where it is not. */
  readonly jetPt: Float64Array | null;
  readonly rows: number;
  readonly origin: FilesTogether;
  /** The row of each jet in the files; null: all are there, in order. */
  readonly sourceRows: Float64Array | null;
  /** What was odd in the files and was not refused. */
  readonly warnings: readonly Warning[];

  /** @internal Made by openJets. */
  constructor(
    layout: JetLayout,
    numbers: {
      readonly particles: Float32Array;
      readonly capacity: number;
      readonly jetPt: Float64Array | null;
    },
    origin: FilesTogether,
    sourceRows: Float64Array | null,
    warnings: readonly Warning[],
  ) {
    this.layout = layout;
    this.particles = numbers.particles;
    this.capacity = numbers.capacity;
    this.jetPt = numbers.jetPt;
    this.rows = numbers.particles.length / (particleColumns * numbers.capacity);
    this.origin = origin;
    this.sourceRows = sourceRows;
    this.warnings = warnings;
  }

  /** One line in the console. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `JetSample { ${this.rows} jets of at most ${this.capacity} particles, ${this.origin.source} }`;
  }

  /** The sample with these rows of it only, which ascend. */
  only(rows: Float64Array): JetSample {
    const width = this.capacity * particleColumns;
    const particles = new Float32Array(rows.length * width);
    rows.forEach((row, place) => {
      particles.set(this.particles.subarray(row * width, (row + 1) * width), place * width);
    });
    const { capacity, jetPt } = this;
    const chosen = jetPt && Float64Array.from(rows, (row) => jetPt[row] as number);
    const sources = sourceRowsOf(this, rows);
    return new JetSample(
      this.layout,
      { particles, capacity, jetPt: chosen },
      this.origin,
      sources,
      this.warnings,
    );
  }

  /** Jets are the collector's: nothing native is held. */
  [Symbol.dispose](): void {}
}
