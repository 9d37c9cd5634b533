import type { ExaminedInput } from '../samples/pair.js';
import type { SampleRecord } from '../samples/sample.js';
import { type RowSelection, selectionText } from '../samples/selected-rows.js';
import type { Warning } from '../warnings.js';
import type { WeightHealth } from '../weights/density-ratio.js';
import { columns, count, percent } from './figures.js';

/** What classifiers read, and why: what was guessed is seen here. */
export function inputLines(input: ExaminedInput): string[] {
  const { geometry, geometryReason, features, threshold, thresholdReason } = input;
  return columns([
    ['features', features],
    ...(geometry === null ? [] : [['geometry', `${geometry}, ${geometryReason}`]]),
    ...(thresholdReason === null ? [] : [['threshold', `${thresholdText(threshold)}, ${thresholdReason}`]]),
  ]);
}

/** `1,200 showers`, and of how many they were selected. */
export function rowsText({ rows, noun, unselected, leftOut }: SampleRecord): string {
  const all = unselected > 0 ? ` of ${count(rows + unselected + leftOut)}` : '';
  return `${count(rows)}${all} ${noun}`;
}

/** Which rows were compared; nothing where that is all. */
export function selectionLines(select: readonly RowSelection[]): string[] {
  return select.length === 0
    ? []
    : columns([['selected', select.map((one) => selectionText(one)).join(', ')]]);
}

export function thresholdText(threshold: number | null): string {
  return threshold === null ? 'none' : `${Number(threshold.toPrecision(4))} MeV`;
}

/** How many weights were moved to the bounds, and which way; null unless bounds were chosen. */
export function clippedText({ clipped, rows }: Pick<WeightHealth, 'clipped' | 'rows'>): string | null {
  if (clipped === null) return null;
  const { lower, upper, below, above } = clipped;
  const all = `${count(below + above)} of ${count(rows)} weights (${percent(rows === 0 ? 0 : (below + above) / rows)})`;
  return `${all}: ${count(below)} raised to ${lower}, ${count(above)} lowered to ${upper}`;
}

/** An empty line and the warnings; nothing where there are none. */
export function warningLines(warnings: readonly Warning[]): string[] {
  if (warnings.length === 0) return [];
  return ['', ...warnings.map(({ code, message }) => `warning: ${code}: ${message}`)];
}
