import type { NativePrediction, ScoredRows } from '../native/contract/training.js';
import type { JobOptions } from '../native/run-job.js';
import type { ColumnRanges } from '../samples/column-ranges.js';
import type { FeatureTable } from '../samples/feature-table.js';
import type { InputDescription } from '../samples/kinds.js';
import type { Warning } from '../warnings.js';

/** What scores rows of files: an ensemble, or a model of another program. */
export interface RowScorer {
  readonly description: {
    readonly input: InputDescription;
    readonly ranges: ColumnRanges | null;
    readonly warnings: readonly Warning[];
  };
  /** Names, one for each logit of a row. */
  readonly learners: readonly string[];
  /** @param rows place of the features among the rows of all files. */
  scoresOf(
    features: FeatureTable,
    how: NativePrediction,
    options: JobOptions,
    rows: { readonly first: number; readonly count: number },
  ): Promise<ScoredRows>;
}
