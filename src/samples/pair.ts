import type { ComputeOptions } from '../native/devices.js';
import type { Warning } from '../warnings.js';
import { type InputDescription, inputFor, inputSettings } from './kinds.js';
import { type PairedRows, pairedRows, pairedRowsWarning } from './paired-rows.js';
import type { InputChoices, InputReasons, InputSettings, Sample } from './sample.js';

/** Two samples that fit together, looked at before anything is trained on them. */
export interface ExaminedPair {
  readonly reference: Sample;
  readonly generated: Sample;
  /** What classifiers read of both. */
  readonly input: InputDescription;
  readonly settings: ExaminedInput;
  /** Rows of both that were made for the same conditions; null: none. */
  readonly paired: PairedRows | null;
  /** What is odd in files and samples. */
  readonly warnings: readonly Warning[];
}

/** What classifiers read of two samples, and why, for results. */
export interface ExaminedInput extends InputSettings, InputReasons {}

/**
 * Looks at two samples.
 *
 * @throws ArgumentError ERR_LAYOUT, ERR_VOXEL_COUNT, ERR_GEOMETRY, ERR_SHAPE where they do not fit together; `signal.reason`
 * when aborted.
 */
export async function examinePair(
  reference: Sample,
  generated: Sample,
  choices: InputChoices,
  options: ComputeOptions,
): Promise<ExaminedPair> {
  const input = inputFor(reference, generated, choices);
  const settings = { ...inputSettings(input), ...reference.inputReasons(choices) };
  const oddities = await reference.oddities(generated, options);
  const paired = await pairedRows(reference, generated);
  const warnings = paired ? [...oddities, pairedRowsWarning(paired, reference)] : oddities;
  return { reference, generated, input, settings, paired, warnings };
}
