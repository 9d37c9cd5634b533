import type { Region, RowCounts } from '../failures/find-failures.js';
import { measuredText, quantityText } from '../failures/quantity-text.js';
import { type RegionFactor, regionFactor } from '../failures/region-factor.js';
import type { Observable } from '../samples/sample.js';

/** One side of a region: values of an observable in [lower, upper); null: no bound. */
export interface RegionBound {
  readonly observable: string;
  readonly label: string;
  readonly unit: string;
  readonly lower: number | null;
  readonly upper: number | null;
  /** True for the rows in which the observable has no value; bounds are null then. */
  readonly undefined: boolean;
}

/** Rows that lie within all bounds, of the half of the rows that had no part in the choice of the bounds. */
export interface FailureRegion {
  /** The bounds in words: `E_dep / E_inc below 0.95 and E_inc of 12 GeV or more`. */
  readonly where: string;
  readonly bounds: readonly RegionBound[];
  /** Rows inside, and of how many. */
  readonly rows: RowCounts;
  readonly of: RowCounts;
  /** Share of the reference over share of the generated sample: above 1, the generated sample has too few. */
  readonly factor: RegionFactor;
}

/** null where the region is all of the column: it has but one bin. */
export function regionOf(
  { conditions, measured }: Region,
  observables: readonly Observable[],
  measuring: RowCounts,
): FailureRegion | null {
  const bounds = conditions.map(({ column, lower, upper }) => {
    const { name, label, unit } = observables[column] as Observable;
    return {
      observable: name,
      label,
      unit,
      lower: Number.isFinite(lower) ? lower : null,
      upper: Number.isFinite(upper) ? upper : null,
      undefined: Number.isNaN(lower),
    };
  });
  const bounded = bounds.filter((one) => one.undefined || one.lower !== null || one.upper !== null);
  if (bounded.length === 0) return null;
  const factor = regionFactor(measured, measuring);
  return { where: boundsText(bounded), bounds: bounded, rows: measured, of: measuring, factor };
}

function boundsText(bounds: readonly RegionBound[]): string {
  return bounds.map(boundText).join(' and ');
}

function boundText({ label, unit, lower, upper, undefined: none }: RegionBound): string {
  if (none) return `no ${label}`;
  if (lower === null) return `${label} below ${quantityText(upper as number, unit)}`;
  if (upper === null) return `${label} of ${quantityText(lower, unit)} or more`;
  return `${label} from ${quantityText(lower, unit)} to ${quantityText(upper, unit)}`;
}

/** `3.10 ± 0.20 times too rare`, `missing`, `2.1 ± 0.3 times too frequent`. */
export function factorText({ factor, rows, of }: FailureRegion): string {
  const { value, standardError } = factor;
  const counted = 'in the half that was counted';
  if (rows.generated === 0) {
    return `missing (${rows.reference} of ${of.reference} in the reference, none of ${of.generated} generated, ${counted})`;
  }
  if (value === 0) {
    return `made up (${rows.generated} of ${of.generated} generated, none of ${of.reference} in the reference, ${counted})`;
  }
  const [factorUp, error] = [value as number, standardError as number];
  if (factorUp >= 1) return `${measuredText(factorUp, error)} times too rare`;
  return `${measuredText(1 / factorUp, error / factorUp ** 2)} times too frequent`;
}
