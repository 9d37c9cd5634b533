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
  return { bounds: bounded, rows: measured, of: measuring, factor: regionFactor(measured, measuring) };
}

/** `E_dep / E_inc below 0.95 and energy in layer 2 of 12 MeV or more`. */
export function boundsText(bounds: readonly RegionBound[]): string {
  return bounds.map(boundText).join(' and ');
}

function boundText({ label, unit, lower, upper, undefined: none }: RegionBound): string {
  if (none) return `no ${label}`;
  if (lower === null) return `${label} below ${quantityText(upper as number, unit)}`;
  if (upper === null) return `${label} of ${quantityText(lower, unit)} or more`;
  return `${label} from ${quantityText(lower, unit)} to ${quantityText(upper, unit)}`;
}

/** `3.10 ± 0.20 times too rare`, `missing`, `2.1 ± 0.3 times too frequent`. */
export function factorText({ factor, rows }: FailureRegion): string {
  const { value, standardError } = factor;
  if (rows.generated === 0) return `missing (${rows.reference} of the reference, none generated)`;
  if (value === 0) return `made up (${rows.generated} generated, none of the reference)`;
  const [factorUp, error] = [value as number, standardError as number];
  if (factorUp >= 1) return `${measuredText(factorUp, error)} times too rare`;
  return `${measuredText(1 / factorUp, error / factorUp ** 2)} times too frequent`;
}
