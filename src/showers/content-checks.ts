import { CaloscopeError, type ErrorCode } from '../errors.js';

/** What to do with showers whose numbers are odd. */
export interface ContentPolicy {
  /** NaN or infinite voxels: refuse the file, or set them to 0. */
  readonly nonFinite: 'reject' | 'zero';
  /** Negative voxels: refuse the file, keep them, or set them to 0. */
  readonly negative: 'reject' | 'keep' | 'zero';
}

export const strictPolicy: ContentPolicy = { nonFinite: 'reject', negative: 'reject' };

/** Something odd in the numbers of a file. Errors carry an error code, warnings a name. */
export interface ContentProblem {
  readonly code: ErrorCode | 'zero-showers' | 'units' | 'negative' | 'non-finite' | 'fill-only';
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** A stretch of showers, energies in MeV; voxels are rows × voxels. */
export interface ShowerNumbers {
  readonly firstRow: number;
  readonly rows: number;
  readonly incidentEnergies: Float64Array;
  readonly voxels: Float32Array | Float64Array;
}

/** Extremes and counts over all showers seen. */
export interface ContentSummary {
  readonly rows: number;
  readonly incidentEnergy: { readonly min: number; readonly max: number } | null;
  readonly voxelEnergy: { readonly min: number; readonly max: number } | null;
  /** Median of deposited over incident energy of the showers with energy. */
  readonly depositedOverIncident: number | null;
  /** Share of voxels above 0. */
  readonly occupancy: number | null;
  /** The same by layer, in the order of the layers given. */
  readonly layerOccupancy: readonly number[];
}

interface Oddity {
  count: number;
  firstRow: number;
  firstVoxel: number;
}

/**
 * Checks the numbers of a file block by block.
 *
 * With a policy it throws at the first block that the policy rejects, and sets voxels to 0 where the policy says so.
 * Without one it only takes notes.
 */
export class ContentCheck {
  readonly #policy: ContentPolicy | null;
  readonly #layerStarts: readonly number[];
  readonly #layerHits: Float64Array;
  readonly #ratios = new ThinnedSample();
  readonly #nonFiniteVoxels: Oddity = { count: 0, firstRow: -1, firstVoxel: -1 };
  readonly #negativeVoxels: Oddity = { count: 0, firstRow: -1, firstVoxel: -1 };
  readonly #nonFiniteEnergies: Oddity = { count: 0, firstRow: -1, firstVoxel: -1 };
  readonly #badEnergies: Oddity = { count: 0, firstRow: -1, firstVoxel: -1 };
  readonly #emptyShowers: Oddity = { count: 0, firstRow: -1, firstVoxel: -1 };
  #rows = 0;
  #voxels = 0;
  #energyRange: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  #voxelRange: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  /** `layerStarts`: first voxel of each layer, for the occupancy by layer. */
  constructor(policy: ContentPolicy | null, layerStarts: readonly number[] = [0]) {
    this.#policy = policy;
    this.#layerStarts = layerStarts;
    this.#layerHits = new Float64Array(layerStarts.length);
  }

  /** @throws CaloscopeError ERR_NON_FINITE, ERR_NEGATIVE_ENERGY, ERR_INCIDENT_ENERGY as the policy says. */
  check(block: ShowerNumbers): void {
    if (block.rows === 0) return;
    this.#voxels = block.voxels.length / block.rows;
    for (let row = 0; row < block.rows; row++) {
      const incident = block.incidentEnergies[row] as number;
      this.#checkIncident(incident, block.firstRow + row);
      const deposited = this.#checkVoxels(block, row);
      if (incident > 0 && deposited > 0 && Number.isFinite(deposited)) this.#ratios.add(deposited / incident);
    }
    this.#rows += block.rows;
    if (this.#policy) this.#rejectAsPolicySays(this.#policy);
  }

  #checkIncident(energy: number, row: number): void {
    if (!Number.isFinite(energy)) note(this.#nonFiniteEnergies, row, -1);
    else if (energy <= 0) note(this.#badEnergies, row, -1);
    if (energy < this.#energyRange[0]) this.#energyRange[0] = energy;
    if (energy > this.#energyRange[1]) this.#energyRange[1] = energy;
  }

  /** Sum of the voxels of one row. */
  #checkVoxels(block: ShowerNumbers, row: number): number {
    const { voxels } = block;
    const start = row * this.#voxels;
    let sum = 0;
    let low = 0;
    let high = 0;
    let odd = 0;
    for (let layer = 0; layer < this.#layerStarts.length; layer++) {
      const end = start + (this.#layerStarts[layer + 1] ?? this.#voxels);
      let hits = 0;
      for (let i = start + (this.#layerStarts[layer] as number); i < end; i++) {
        const energy = voxels[i] as number;
        if (energy === 0) continue;
        if (energy > 0) {
          sum += energy;
          hits += 1;
          if (energy > high) high = energy;
        } else odd += 1;
      }
      (this.#layerHits[layer] as number) += hits;
    }
    if (odd > 0 || high === Number.POSITIVE_INFINITY) [sum, low, high] = this.#noteOdd(block, row);
    const everywhere = this.#voxelRange;
    if (low < everywhere[0] || high < everywhere[0])
      everywhere[0] = low < 0 ? low : this.#lowest(voxels, start);
    if (high > everywhere[1]) everywhere[1] = high;
    if (sum === 0 && low === 0) note(this.#emptyShowers, block.firstRow + row, -1);
    return sum;
  }

  #lowest(voxels: Float32Array | Float64Array, start: number): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = start; i < start + this.#voxels; i++) lowest = Math.min(lowest, voxels[i] as number);
    return lowest;
  }

  /** Second look at a row with negative or non-finite voxels: sum, lowest and highest after the policy. */
  #noteOdd(block: ShowerNumbers, row: number): [number, number, number] {
    const { voxels } = block;
    const start = row * this.#voxels;
    let sum = 0;
    let low = 0;
    let high = 0;
    for (let i = start; i < start + this.#voxels; i++) {
      const energy = voxels[i] as number;
      if (!Number.isFinite(energy)) {
        note(this.#nonFiniteVoxels, block.firstRow + row, i - start);
        if (this.#policy?.nonFinite === 'zero') voxels[i] = 0;
        continue;
      }
      if (energy < 0) {
        note(this.#negativeVoxels, block.firstRow + row, i - start);
        if (this.#policy?.negative === 'zero') {
          voxels[i] = 0;
          continue;
        }
      }
      sum += energy;
      low = Math.min(low, energy);
      high = Math.max(high, energy);
    }
    return [sum, low, high];
  }

  #rejectAsPolicySays(policy: ContentPolicy): void {
    const rejected = this.#oddProblems(policy).find((problem) => problem.severity === 'error');
    if (rejected) throw new CaloscopeError(rejected.code as ErrorCode, rejected.message);
  }

  /** Everything odd that was seen. `usualEnergies`: incident energies (MeV) of the samples of the geometry. */
  problems(usualEnergies: { readonly min: number; readonly max: number } | null = null): ContentProblem[] {
    const problems = this.#oddProblems(this.#policy ?? strictPolicy);
    const { count, firstRow } = this.#emptyShowers;
    if (count > 0) {
      const tail = count > 1 && firstRow + count === this.#rows;
      const cause = tail ? ', and none after it has any: the end of the file may be missing' : '';
      const message = `${count} of ${this.#rows} showers have no energy at all, the first in row ${firstRow}${cause}`;
      problems.push({ code: 'zero-showers', message, severity: 'warning' });
    }
    const [lowest, highest] = this.#voxelRange;
    if (this.#rows > 1 && lowest === highest && lowest !== 0) {
      const message = `every voxel holds the same number, ${lowest}: the data were probably never written`;
      problems.push({ code: 'fill-only', message, severity: 'warning' });
    }
    const units = unitsProblem(this.#ratios.median(), rangeOrNull(this.#energyRange), usualEnergies);
    if (units) problems.push({ code: 'units', message: units, severity: 'warning' });
    return problems;
  }

  #oddProblems(policy: ContentPolicy): ContentProblem[] {
    const problems: ContentProblem[] = [];
    const nan = this.#nonFiniteVoxels;
    if (nan.count > 0) {
      const what = `${nan.count} voxels are NaN or infinite, the first in row ${nan.firstRow}, voxel ${nan.firstVoxel}`;
      problems.push(
        policy.nonFinite === 'reject'
          ? { code: 'ERR_NON_FINITE', message: `${what}; repair them or read them as 0`, severity: 'error' }
          : { code: 'non-finite', message: `${what}; they were set to 0`, severity: 'warning' },
      );
    }
    const negative = this.#negativeVoxels;
    if (negative.count > 0) {
      const what = `${negative.count} voxels are negative, the first in row ${negative.firstRow}, voxel ${negative.firstVoxel}`;
      const done = policy.negative === 'keep' ? 'they were kept' : 'they were set to 0';
      problems.push(
        policy.negative === 'reject'
          ? {
              code: 'ERR_NEGATIVE_ENERGY',
              message: `${what}; choose to keep them or to read them as 0`,
              severity: 'error',
            }
          : { code: 'negative', message: `${what}; ${done}`, severity: 'warning' },
      );
    }
    const bad = this.#badEnergies;
    if (bad.count > 0) {
      const message = `${bad.count} incident energies are not above 0, the first in row ${bad.firstRow}; remove those showers`;
      problems.push({ code: 'ERR_INCIDENT_ENERGY', message, severity: 'error' });
    }
    const lost = this.#nonFiniteEnergies;
    if (lost.count > 0) {
      const message = `${lost.count} incident energies are NaN or infinite, the first in row ${lost.firstRow}; remove those showers`;
      problems.push({ code: 'ERR_NON_FINITE', message, severity: 'error' });
    }
    return problems;
  }

  summary(): ContentSummary {
    const hits = this.#layerHits.reduce((sum, count) => sum + count, 0);
    const layerVoxels = this.#layerStarts.map(
      (start, layer) => (this.#layerStarts[layer + 1] ?? this.#voxels) - start,
    );
    const empty = this.#rows === 0;
    return {
      rows: this.#rows,
      incidentEnergy: rangeOrNull(this.#energyRange),
      voxelEnergy: rangeOrNull(this.#voxelRange),
      depositedOverIncident: this.#ratios.median(),
      occupancy: empty ? null : hits / (this.#rows * this.#voxels),
      layerOccupancy: empty
        ? []
        : layerVoxels.map((voxels, i) => (this.#layerHits[i] as number) / (this.#rows * voxels)),
    };
  }
}

function note(oddity: Oddity, row: number, voxel: number): void {
  if (oddity.count === 0) {
    oddity.firstRow = row;
    oddity.firstVoxel = voxel;
  }
  oddity.count += 1;
}

function rangeOrNull([min, max]: readonly [number, number]): { min: number; max: number } | null {
  return Number.isFinite(min) && Number.isFinite(max) ? { min, max } : null;
}

/** At most 2^17 numbers of a long stream, equally spaced: enough for a median to 0.3 %. */
class ThinnedSample {
  #kept: number[] = [];
  #every = 1;
  #seen = 0;

  add(value: number): void {
    if (this.#seen % this.#every === 0) this.#kept.push(value);
    this.#seen += 1;
    if (this.#kept.length < 2 ** 17) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  median(): number | null {
    const sorted = Float64Array.from(this.#kept).sort();
    if (sorted.length === 0) return null;
    const middle = sorted.length >> 1;
    if (sorted.length % 2 === 1) return sorted[middle] as number;
    return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  }
}

/**
 * Sound samples have a median of 0.2 to 1.2. Mixed-up units are off by 1000, so the limits are wider: a poor generator or a
 * sampling calorimeter must not raise a false alarm.
 */
const soundRatio = { min: 0.1, max: 2 };

function unitsProblem(
  ratio: number | null,
  incident: { readonly min: number; readonly max: number } | null,
  usual: { readonly min: number; readonly max: number } | null,
): string | null {
  if (ratio === null) return null;
  if (ratio < soundRatio.min || ratio > soundRatio.max) {
    const found = `the median of deposited over incident energy is ${ratio.toPrecision(3)}, not 0.2 to 1.2`;
    return `${found}${suspectedUnit(ratio)}`;
  }
  if (usual && incident && (incident.min < usual.min / 2 || incident.max > usual.max * 2)) {
    const found = `${incident.min.toPrecision(3)} to ${incident.max.toPrecision(3)} MeV`;
    return `the incident energies are ${found} where samples of this geometry have ${usual.min} to ${usual.max} MeV; check their unit`;
  }
  return null;
}

/** The factor of 1000 that would bring the ratio to order 1 tells which unit was mixed up. */
function suspectedUnit(ratio: number): string {
  const factor = Math.round(Math.log10(ratio) / 3);
  const suspects = new Map([
    [-1, ': the voxels seem to be in GeV, or the incident energies a factor 1000 too large'],
    [1, ': the incident energies seem to be in GeV where MeV belong, or the voxels in keV'],
    [2, ': the voxels seem to be in eV'],
    [-2, ': the voxels seem to be in TeV'],
  ]);
  return suspects.get(factor) ?? '; check the units';
}
