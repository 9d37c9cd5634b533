import { native } from '../../native/binding.js';
import type { ShowerTableHandle } from '../../native/contract/showers.js';
import { callNative, type JobOptions, NativeObject, runJob } from '../../native/run-job.js';
import { joinedColumns } from './reading/joined-columns.js';
import type { HitBlock } from './reading/reading.js';
import { spectrumEdges } from './spectrum-edges.js';

/**
 * What is kept of the points of showers beside the hits: some numbers a shower, and how many points it has by energy, also of points that
 * lie in no voxel. Its table has a voxel for each bin of energy, and numbers of points as energies.
 */
export class PointSummary extends NativeObject<'shower-table'> {
  /** In the order of pointObservables; one number a shower. */
  readonly values: readonly Float64Array[];

  private constructor(spectrum: ShowerTableHandle, values: readonly Float64Array[]) {
    super(spectrum);
    this.values = values;
  }

  get rows(): number {
    return this.values[0]?.length ?? 0;
  }

  async without(rows: Float64Array, options: JobOptions): Promise<PointSummary> {
    const removed = new Set(rows);
    const handle = await runJob<ShowerTableHandle>(
      (notify) => native().showersWithout(this.handle, rows, notify),
      options,
    );
    return new PointSummary(
      handle,
      this.values.map((values) => values.filter((_, row) => !removed.has(row))),
    );
  }

  /** @internal */
  static adopt(spectrum: ShowerTableHandle, values: readonly Float64Array[]): PointSummary {
    return new PointSummary(spectrum, values);
  }
}

/** A summary of showers whose blocks come one after the other. */
export class PointsBeingRead {
  #spectrum: ShowerTableHandle | null;
  readonly #values: (readonly Float64Array[])[] = [];

  constructor(expectedRows: number) {
    const bins = spectrumEdges.length - 1;
    this.#spectrum = callNative(() => native().createShowerTable(bins, expectedRows));
  }

  get spectrum(): ShowerTableHandle | null {
    return this.#spectrum;
  }

  add({ pointObservables: values }: HitBlock): void {
    if (values) this.#values.push(values);
  }

  finish(): PointSummary {
    const columns = [0, 1, 2, 3].map((i) => joinedColumns(this.#values.map((of) => of[i] as Float64Array)));
    const summary = PointSummary.adopt(this.#spectrum as ShowerTableHandle, columns);
    this.#spectrum = null;
    return summary;
  }

  discard(): void {
    if (this.#spectrum) native().dispose(this.#spectrum);
    this.#spectrum = null;
  }
}
