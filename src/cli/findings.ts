import type { ExaminedInput } from '../samples/pair.js';
import type { Warning } from '../warnings.js';
import { columns } from './figures.js';

/** What classifiers read, and why: what was guessed is seen here. */
export function inputLines(input: ExaminedInput): string[] {
  const { geometry, geometryReason, features, threshold, thresholdReason } = input;
  return columns([
    ['features', features],
    ...(geometry === null ? [] : [['geometry', `${geometry}, ${geometryReason}`]]),
    ...(thresholdReason === null ? [] : [['threshold', `${thresholdText(threshold)}, ${thresholdReason}`]]),
  ]);
}

export function thresholdText(threshold: number | null): string {
  return threshold === null ? 'none' : `${Number(threshold.toPrecision(4))} MeV`;
}

/** An empty line and the warnings; nothing where there are none. */
export function warningLines(warnings: readonly Warning[]): string[] {
  if (warnings.length === 0) return [];
  return ['', ...warnings.map(({ code, message }) => `warning: ${code}: ${message}`)];
}
