import type { NativePrediction, NativeScores } from '../native/contract/training.js';
import type { MemberLogits } from '../native/member-logits.js';
import type { JobOptions } from '../native/run-job.js';
import type { ColumnRanges } from '../samples/column-ranges.js';
import type { FeatureTable } from '../samples/feature-table.js';
import type { InputDescription } from '../samples/kinds.js';
import type { RowSelection } from '../samples/selected-rows.js';
import type { NumberedRows } from '../samples/source-rows.js';
import type { Warning } from '../warnings.js';

/** What scores rows of files: an ensemble, or a model of another program. */
export interface RowScorer {
  readonly description: {
    readonly input: InputDescription;
    readonly ranges: ColumnRanges | null;
    readonly warnings: readonly Warning[];
    /** Of a training here: which rows it was made with. */
    readonly training?: { readonly select: readonly RowSelection[] } | undefined;
  };
  /** Names, one for each logit of a row. */
  readonly learners: readonly string[];
  /** What is odd in the scores given so far, if that is looked at. */
  readonly warningsOfScores?: readonly Warning[];
  /** @param rows those of the features, by the numbers that they have in the files. */
  scoresOf(
    features: FeatureTable,
    how: NativePrediction,
    options: JobOptions,
    rows: NumberedRows,
  ): Promise<NativeScores>;
}

/** What a classifier says of the rows of another sample. */
export interface ScoredRows {
  /** Of each learner. */
  readonly logits: MemberLogits<Float32Array>;
  readonly logRatios: Float64Array;
  /** NaN where nothing is known of how the members were trained. */
  readonly logRatioErrors: Float64Array;
}

export function scoredRows(
  { logits: values, ...rest }: NativeScores,
  learners: number,
  rows: number,
): ScoredRows {
  return { ...rest, logits: { values, members: learners, rows } };
}
