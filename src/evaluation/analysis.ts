import type { CrossFitResult } from '../classifier/cross-fitting.js';
import type { PermutationTest } from '../classifier/permutation-test.js';
import type { UhiHistogram } from '../formats/uhi/uhi.js';
import type { ComputeOptions } from '../native/devices.js';
import type { InputDescription } from '../samples/kinds.js';
import type { Sample } from '../samples/sample.js';
import type { Warning } from '../warnings.js';
import type { NullPair } from './null-pair.js';
import type { ObservableColumn } from './own-observables.js';
import type { RepeatedTrainings } from './repeated-trainings.js';
import type { Scores } from './scores.js';
import type { EvaluationChoices } from './settings.js';

/** What an analysis works with: samples that fit together, with a split those rows that were held out, the classifiers trained on them, and what these say. */
export interface AnalysisContext {
  readonly reference: Sample;
  readonly generated: Sample;
  readonly input: InputDescription;
  readonly fitted: CrossFitResult;
  /** null: labels were not permuted. */
  readonly permuted: PermutationTest | null;
  /** null: there was no second reference sample. */
  readonly nullPair: NullPair | null;
  /** null: there was one training. */
  readonly repeats: RepeatedTrainings | null;
  readonly scores: Scores;
  readonly choices: EvaluationChoices;
  /** The observables that are compared, the user's own among them. */
  readonly columns: readonly ObservableColumn[];
  readonly run: ComputeOptions;
}

/** What an analysis found. */
export interface Finding<Part> {
  /** Plain JSON. */
  readonly part: Part;
  /** By names that no other analysis uses. */
  readonly histograms?: Readonly<Record<string, UhiHistogram>>;
  readonly warnings?: readonly Warning[];
}

/** A few lines for the command line: a heading, and rows whose words it sets in columns. */
export interface Summary {
  readonly heading: string;
  readonly rows: readonly (readonly string[])[];
}

/**
 * One part of a result: how it comes about.
 *
 * @template Earlier parts that it builds on; they stand before it in the table of analyses.
 */
export interface Analysis<Part, Earlier = unknown> {
  run(context: AnalysisContext, earlier: Earlier): Promise<Finding<Part>>;
  /** What the command line prints of the part; null where there is nothing to say. */
  summary?(part: Part): Summary | null;
}
