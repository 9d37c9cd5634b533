import type { SampleRole } from '../../native/contract/statistics.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { Warning } from '../../warnings.js';
import type { ContentProblem } from './reading/content-checks.js';
import { findRepeatedShowers, type ShowerSample } from './shower-sample.js';

/** What was odd in a file. An error would have refused it. */
export function fileWarnings(problems: readonly ContentProblem[]): Warning[] {
  return problems.flatMap(({ severity, code, message }) => (severity === 'error' ? [] : [{ code, message }]));
}

/** The same, of the file of one of two samples. */
export function sampleWarnings({ problems }: ShowerSample, role: SampleRole): Warning[] {
  return fileWarnings(problems).map(({ code, message }) => ({ code, message: `${role} sample: ${message}` }));
}

/** Showers that occur twice. */
export async function repetitions(
  reference: ShowerSample,
  generated: ShowerSample,
  options: ComputeOptions,
): Promise<Warning[]> {
  const found = await findRepeatedShowers(reference, generated, options);
  const oddities: Warning[] = [];
  if (found.shared.count > 0) {
    const { count, firstRow, secondRow } = found.shared;
    const message = `${count} generated showers also occur in the reference sample, e.g. row ${secondRow} is reference row ${firstRow}: the AUC is pulled towards or below 0.5`;
    oddities.push({ code: 'shared-rows', message });
  }
  for (const [role, { count, firstRow, secondRow }] of [
    ['reference', found.withinFirst],
    ['generated', found.withinSecond],
  ] as const) {
    if (count === 0) continue;
    const message = `${count} rows of the ${role} sample repeat an earlier row, e.g. row ${secondRow} is row ${firstRow}: copies on both sides of a fold are scored by networks that saw them`;
    oddities.push({ code: 'repeated-rows', message });
  }
  return oddities;
}
