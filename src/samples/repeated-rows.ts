import { ArgumentError } from '../errors.js';
import { native } from '../native/binding.js';
import type { RepeatedInPair, RepeatedRows } from '../native/contract/showers.js';
import type { SampleRole } from '../native/contract/statistics.js';
import { type JobOptions, runJob } from '../native/run-job.js';
import type { Warning } from '../warnings.js';
import type { FeatureTable } from './feature-table.js';
import type { Sample } from './sample.js';
import { rowText } from './source-rows.js';

/** What to do with rows that occur twice: say so, refuse the samples, or leave the copies out. */
export const repeatedPolicies = ['warn', 'refuse', 'remove'] as const;
export type RepeatedPolicy = (typeof repeatedPolicies)[number];

/** Rows of two tables whose stored columns are equal. */
export function repeatedRows(
  first: FeatureTable,
  second: FeatureTable,
  options: JobOptions,
): Promise<RepeatedInPair> {
  return runJob((notify) => native().repeatedRows(first.handle, second.handle, notify), options);
}

/** The copies in two samples: a shared row counts as one of the generated sample, a repeated one where it comes again. */
export function copiesIn(found: RepeatedInPair): Readonly<Record<SampleRole, Float64Array>> {
  const generated = new Set([...found.withinSecond.rows, ...found.shared.rows]);
  return { reference: found.withinFirst.rows, generated: Float64Array.from(generated).sort() };
}

/** Two samples, and what was found in them. */
export interface RepetitionsOf {
  readonly found: RepeatedInPair;
  readonly reference: Sample;
  readonly generated: Sample;
}

/** What was found, in words. @param removed whether copies are left out. */
export function repetitionWarnings(pair: RepetitionsOf, removed: boolean): Warning[] {
  const { found, reference, generated } = pair;
  const { noun } = reference;
  const warnings: Warning[] = [];
  const { shared } = found;
  if (shared.rows.length > 0) {
    const what = `${shared.rows.length} generated ${noun} also occur in the reference sample, e.g. ${firstOf(shared.rows, generated)} is reference ${firstOf(shared.originals, reference)}`;
    const effect = removed ? 'they were left out' : 'the AUC is pulled towards or below 0.5';
    warnings.push({ code: 'shared-rows', message: `${what}: ${effect}` });
  }
  for (const [role, repeated] of repeatedWithin(pair)) {
    const what = `${repeated.rows.length} rows of the ${role} sample repeat an earlier row, e.g. ${firstOf(repeated.rows, pair[role])} is ${firstOf(repeated.originals, pair[role])}`;
    const effect = removed
      ? 'they were left out'
      : 'copies on both sides of a fold are scored by networks that saw them';
    warnings.push({ code: 'repeated-rows', message: `${what}: ${effect}` });
  }
  return warnings;
}

/** @throws ArgumentError ERR_REPEATED_ROWS, with rows, where anything was found. */
export function refuseRepetitions(pair: RepetitionsOf): void {
  const { found, reference, generated } = pair;
  const { noun } = reference;
  const parts: string[] = [];
  const { shared } = found;
  if (shared.rows.length > 0) {
    parts.push(
      `${shared.rows.length} generated ${noun} are in the reference sample, too (generated ${firstOf(shared.rows, generated)} is reference ${firstOf(shared.originals, reference)})`,
    );
  }
  for (const [role, { rows, originals }] of repeatedWithin(pair)) {
    parts.push(
      `${rows.length} rows of the ${role} sample repeat an earlier one (${firstOf(rows, pair[role])} is ${firstOf(originals, pair[role])})`,
    );
  }
  if (parts.length === 0) return;
  const message = `${parts.join(', ')}; remove the copies from the files, or choose to warn of them or to remove them`;
  throw new ArgumentError('ERR_REPEATED_ROWS', message);
}

function firstOf([first]: Float64Array, of: Sample): string {
  return rowText(of, first as number);
}

function repeatedWithin({ found }: RepetitionsOf): (readonly [SampleRole, RepeatedRows])[] {
  const both = [
    ['reference', found.withinFirst],
    ['generated', found.withinSecond],
  ] as const;
  return both.filter(([, { rows }]) => rows.length > 0);
}
