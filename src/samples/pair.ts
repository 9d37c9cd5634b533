import type { ComputeOptions } from '../native/devices.js';
import type { Warning } from '../warnings.js';
import { type InputDescription, inputFor, inputSettings } from './kinds.js';
import type { InputChoices, InputReasons, InputSettings, Sample } from './sample.js';

/** Two samples that fit together, looked at before anything is trained on them. */
export interface ExaminedPair {
  readonly reference: Sample;
  readonly generated: Sample;
  /** What classifiers read of both. */
  readonly input: InputDescription;
  readonly settings: ExaminedInput;
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
  const warnings = await reference.oddities(generated, options);
  return { reference, generated, input, settings, warnings };
}
