import type { SampleRole } from '../../native/contract/statistics.js';
import type { Warning } from '../../warnings.js';
import { warningsOf } from '../sample.js';
import type { ContentProblem } from './reading/oddities.js';
import type { ShowerSample } from './shower-sample.js';

/** What was odd in a file. An error would have refused it. */
export function fileWarnings(problems: readonly ContentProblem[]): Warning[] {
  return problems.flatMap(({ severity, code, message }) => (severity === 'error' ? [] : [{ code, message }]));
}

/** The same, of the file of one of two samples. */
export function sampleWarnings({ problems }: ShowerSample, role: SampleRole): Warning[] {
  return warningsOf(role, fileWarnings(problems));
}
