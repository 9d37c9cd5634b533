import type { EvaluationResult } from '../../src/evaluation/result.js';
import { sampleResult } from './sample-result.js';

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

interface BendableHistogram {
  axes: { edges?: number[] }[];
  storage: { values: number[]; variances: number[] };
}

/** A result that a test may change. */
export type Bendable = Mutable<Omit<EvaluationResult, 'histograms'>> & {
  histograms: Record<string, BendableHistogram>;
};

/** A changed result, as it looks when read back from `result.json`. */
export function bent(change: (result: Bendable) => void): EvaluationResult {
  const result = JSON.parse(JSON.stringify(sampleResult({ rows: 2000, observables: 3 })));
  change(result);
  return result;
}

export function histogramOf(histograms: object, name = ''): BendableHistogram {
  const found = (histograms as Record<string, BendableHistogram>)[name];
  if (found === undefined) throw new Error(`no histogram ${name}`);
  return found;
}
