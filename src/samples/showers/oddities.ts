import type { SampleRole } from '../../native/contract/statistics.js';
import type { ComputeOptions } from '../../native/devices.js';
import type { Warning } from '../../warnings.js';
import { findRepeatedShowers, type ShowerSample } from './shower-sample.js';

/** What was odd in the file of a sample. */
export function fileOddities(sample: ShowerSample, role: SampleRole): Warning[] {
  return sample.problems.flatMap((problem) =>
    // An error would have refused the file.
    problem.severity === 'error'
      ? []
      : [{ code: problem.code, message: `${role} sample: ${problem.message}` }],
  );
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
