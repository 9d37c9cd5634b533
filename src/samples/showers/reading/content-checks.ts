import { CaloscopeError } from '../../../errors.js';
import type {
  ContentNotesRecord,
  OddityRecord,
  PointBlockNotesRecord,
  RangeRecord,
} from '../../../native/contract/reading.js';
import {
  type ContentPolicy,
  type ContentProblem,
  droppedProblem,
  nothingOdd,
  oddEnergies,
  strictPolicy,
  together,
  waysOut,
} from './oddities.js';
import { oddPoints, PointCheck } from './point-checks.js';

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

const oddities = ['nonFiniteVoxels', 'negativeVoxels', 'nonFiniteEnergies', 'badEnergies'] as const;

type Oddities = Readonly<Record<(typeof oddities)[number], OddityRecord>>;

const nothingSeen: RangeRecord = {
  smallest: Number.POSITIVE_INFINITY,
  largest: Number.NEGATIVE_INFINITY,
};

/** Puts together what was noted of the blocks of a file, in file order, whichever threads noted it. */
export class ContentCheck {
  readonly #policy: ContentPolicy;
  readonly #layerStarts: readonly number[];
  readonly #layerHits: Float64Array;
  readonly #ratios = new ThinnedSample();
  #odd: Oddities = {
    nonFiniteVoxels: nothingOdd,
    negativeVoxels: nothingOdd,
    nonFiniteEnergies: nothingOdd,
    badEnergies: nothingOdd,
  };
  #emptyShowers = nothingOdd;
  #excessDeposits = nothingOdd;
  #points: PointCheck | null = null;
  #rows = 0;
  #dropped = { count: 0, nonFinite: 0, firstRow: 0 };
  #voxels = 0;
  #incidentEnergy = nothingSeen;
  #voxelEnergy = nothingSeen;

  /**
   * @param policy that the notes were taken with; null: nothing was set to 0.
   * @param layerStarts first voxel of each layer, for the occupancy by layer.
   */
  constructor(policy: ContentPolicy | null, layerStarts: readonly number[] = []) {
    this.#policy = policy ?? strictPolicy;
    this.#layerStarts = layerStarts;
    this.#layerHits = new Float64Array(layerStarts.length);
  }

  /** @param notes of the block that follows those before. */
  add(notes: ContentNotesRecord | PointBlockNotesRecord): void {
    if ('points' in notes) {
      this.#points ??= new PointCheck(this.#policy);
      this.#points.add(notes.points);
    }
    this.#rows += notes.rows;
    const { count, nonFinite, firstRow } = this.#dropped;
    this.#dropped = {
      count: count + notes.droppedRows.length,
      nonFinite: nonFinite + notes.droppedNonFinite,
      firstRow: count > 0 ? firstRow : (notes.droppedRows[0] ?? 0),
    };
    this.#voxels = notes.width;
    this.#odd = Object.fromEntries(
      oddities.map((name) => [name, together(this.#odd[name], notes[name])]),
    ) as unknown as Oddities;
    this.#emptyShowers = together(this.#emptyShowers, notes.emptyShowers);
    this.#excessDeposits = together(this.#excessDeposits, notes.excessDeposits);
    this.#incidentEnergy = spanned(this.#incidentEnergy, notes.incidentEnergy);
    this.#voxelEnergy = spanned(this.#voxelEnergy, notes.voxelEnergy);
    for (const ratio of notes.ratios) this.#ratios.add(ratio);
    this.#layerHits.forEach((count, layer) => {
      this.#layerHits[layer] = count + (notes.layerHits[layer] ?? 0);
    });
  }

  /**
   * Everything odd that was seen.
   *
   * @param usualEnergies incident energies (MeV) of the samples of the geometry.
   * @param weighted whether the energies are multiplied by weights of their cells yet: their sums do not tell the unit.
   * @param described where units stand that the user told, in words: these are to be looked at then, not the file; null: they were not.
   */
  problems(
    usualEnergies: { readonly min: number; readonly max: number } | null = null,
    weighted = false,
    described: string | null = null,
  ): ContentProblem[] {
    const problems = [
      ...(this.#points?.problems() ?? []),
      ...oddProblems(this.#odd, this.#policy, this.#points !== null),
    ];
    const read = this.#rows + this.#dropped.count;
    if (this.#dropped.count > 0) problems.push(droppedProblem(this.#dropped, read));
    const { count, firstRow } = this.#emptyShowers;
    if (count > 0) {
      const tail = count > 1 && firstRow + count === read;
      const cause = tail ? ', and none after it has any: the end of the file may be missing' : '';
      const message = `${count} of ${this.#rows} showers have no energy at all, the first in row ${firstRow}${cause}`;
      problems.push({ code: 'zero-showers', message, severity: 'warning' });
    }
    const { count: excess, firstRow: row, firstVoxel: voxel } = this.#excessDeposits;
    // Where half of the showers do, it is the unit.
    if (!weighted && excess > 0 && 2 * excess < this.#rows) {
      const message = `${excess} of ${this.#rows} showers deposit more than ten times their incident energy, the first in row ${row} (voxel ${voxel} has most): numbers of them are probably damaged; look at these rows`;
      problems.push({ code: 'deposit-beyond-energy', message, severity: 'warning' });
    }
    const { smallest, largest } = this.#voxelEnergy;
    if (this.#rows > 1 && smallest === largest && smallest !== 0) {
      const message = `every voxel holds the same number, ${smallest}: the data were probably never written`;
      problems.push({ code: 'fill-only', message, severity: 'warning' });
    }
    const units = unitsProblem(
      this.#ratios.median(),
      rangeOrNull(this.#incidentEnergy),
      usualEnergies,
      weighted ? anyRatio : this.#points === null ? soundRatio : soundRatioOfPoints,
      described,
    );
    if (units) problems.push({ code: 'units', message: units, severity: 'warning' });
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
      incidentEnergy: rangeOrNull(this.#incidentEnergy),
      voxelEnergy: rangeOrNull(this.#voxelEnergy),
      depositedOverIncident: this.#ratios.median(),
      occupancy: empty ? null : hits / (this.#rows * this.#voxels),
      layerOccupancy: empty
        ? []
        : layerVoxels.map((voxels, i) => (this.#layerHits[i] as number) / (this.#rows * voxels)),
    };
  }
}

/**
 * Refuses a block as the policy says. Where it refuses, the blocks before had nothing of the kind: the notes of one block
 * tell as much as those of all.
 *
 * @throws CaloscopeError ERR_NON_FINITE, ERR_NEGATIVE_ENERGY, ERR_INCIDENT_ENERGY.
 */
export function requireSound(notes: ContentNotesRecord | PointBlockNotesRecord, policy: ContentPolicy): void {
  const ofPoints = 'points' in notes ? oddPoints(notes.points, policy) : [];
  const problems = [...ofPoints, ...oddProblems(notes, policy, 'points' in notes)];
  const refused = problems.find((problem) => problem.severity === 'error');
  if (refused) throw new CaloscopeError(refused.code, refused.message);
}

function spanned(a: RangeRecord, b: RangeRecord): RangeRecord {
  return { smallest: Math.min(a.smallest, b.smallest), largest: Math.max(a.largest, b.largest) };
}

/** @param ofPoints their energies were looked at before they became voxels. */
function oddProblems(odd: Oddities, policy: ContentPolicy, ofPoints: boolean): ContentProblem[] {
  const problems = ofPoints ? [] : oddEnergies('voxel', odd.nonFiniteVoxels, odd.negativeVoxels, policy);
  const { badEnergies: bad, nonFiniteEnergies: lost } = odd;
  if (bad.count > 0) {
    const message = `${bad.count} incident energies are not above 0, the first in row ${bad.firstRow}; ${waysOut.showers}`;
    problems.push({ code: 'ERR_INCIDENT_ENERGY', message, severity: 'error' });
  }
  if (lost.count > 0) {
    const message = `${lost.count} incident energies are NaN or infinite, the first in row ${lost.firstRow}; ${waysOut.showers}`;
    problems.push({ code: 'ERR_NON_FINITE', message, severity: 'error' });
  }
  return problems;
}

function rangeOrNull({ smallest: min, largest: max }: RangeRecord): { min: number; max: number } | null {
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
/** Points come from sampling calorimeters, too, where some percent are seen. */
const soundRatioOfPoints = { min: 0.002, max: 2 };
/** Energies that are weighted yet may be of any size. */
const anyRatio = { min: 0, max: Number.POSITIVE_INFINITY };

function unitsProblem(
  ratio: number | null,
  incident: { readonly min: number; readonly max: number } | null,
  usual: { readonly min: number; readonly max: number } | null,
  sound: { readonly min: number; readonly max: number },
  described: string | null,
): string | null {
  if (ratio === null) return null;
  if (ratio < sound.min || ratio > sound.max) {
    const common = sound === soundRatio ? '0.2 to 1.2' : '0.01 to 1.2';
    const found = `the median of deposited over incident energy is ${ratio.toPrecision(3)}, not ${common}`;
    return `${found}${described === null ? suspectedUnit(ratio) : `; ${described}`}`;
  }
  if (usual && incident && (incident.min < usual.min / 2 || incident.max > usual.max * 2)) {
    const found = `${incident.min.toPrecision(3)} to ${incident.max.toPrecision(3)} MeV`;
    return `the incident energies are ${found} where samples of this geometry have ${usual.min} to ${usual.max} MeV; ${described ?? 'check their unit'}`;
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
