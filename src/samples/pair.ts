import { type SampleRole, sampleRoles } from '../native/contract/statistics.js';
import type { ComputeOptions } from '../native/devices.js';
import type { Warning } from '../warnings.js';
import { type InputDescription, inputFor, inputSettings } from './kinds.js';
import { type PairedRows, pairedRows, pairedRowsWarning } from './paired-rows.js';
import { copiesIn, type RepeatedPolicy, refuseRepetitions, repetitionWarnings } from './repeated-rows.js';
import { rowWeightWarnings } from './row-weights.js';
import type { InputChoices, InputReasons, InputSettings, Sample, SampleRecord } from './sample.js';
import { type RowSelection, selectRows } from './selected-rows.js';

/** What the user chooses for two samples. */
export interface PairChoices extends InputChoices {
  /** Which rows are compared; none named: all. */
  readonly select: readonly RowSelection[];
  readonly repeated: RepeatedPolicy;
}

/** What classifiers read of two samples, and why, for results. */
export interface ExaminedInput extends InputSettings, InputReasons {}

/** Two samples that fit together, looked at before anything is trained on them. Dispose of it when both were used. */
export interface ExaminedPair {
  /** As given, or the rows that are selected, without the copies that were to be removed. */
  readonly reference: Sample;
  readonly generated: Sample;
  readonly records: { readonly [Role in SampleRole]: SampleRecord };
  /** What classifiers read of both. */
  readonly input: InputDescription;
  readonly settings: ExaminedInput;
  /** Rows of both that were made for the same conditions; null: none. */
  readonly paired: PairedRows | null;
  /** What is odd in files and samples. */
  readonly warnings: readonly Warning[];
  [Symbol.dispose](): void;
}

/**
 * Looks at two samples.
 *
 * @throws ArgumentError ERR_LAYOUT, ERR_VOXEL_COUNT, ERR_GEOMETRY, ERR_SHAPE where they do not fit together, ERR_NON_FINITE,
 * ERR_REPEATED_ROWS, ERR_TOO_FEW_ROWS where no row is selected; `signal.reason` when aborted.
 */
export async function examinePair(
  reference: Sample,
  generated: Sample,
  choices: PairChoices,
  options: ComputeOptions,
): Promise<ExaminedPair> {
  reference.requireFit(generated);
  const given = { reference, generated };
  const selected: Partial<Record<SampleRole, Sample>> = {};
  const dispose = () => {
    for (const role of sampleRoles) if (selected[role] !== given[role]) selected[role]?.dispose();
  };
  try {
    for (const role of sampleRoles) {
      selected[role] = await selectRows(given[role], role, choices.select, options);
    }
    const chosen = selected as Record<SampleRole, Sample>;
    const examined = await examineSelected(chosen.reference, chosen.generated, choices, options);
    const record = (role: SampleRole): SampleRecord => ({
      ...examined[role].origin(role),
      unselected: given[role].rows - chosen[role].rows,
      leftOut: chosen[role].rows - examined[role].rows,
    });
    return {
      ...examined,
      records: { reference: record('reference'), generated: record('generated') },
      [Symbol.dispose]() {
        examined[Symbol.dispose]();
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function examineSelected(
  reference: Sample,
  generated: Sample,
  choices: PairChoices,
  options: ComputeOptions,
): Promise<Omit<ExaminedPair, 'records'>> {
  const { repeated } = choices;
  const input = inputFor(reference, generated, choices);
  const settings = { ...inputSettings(input), ...reference.inputReasons(choices) };
  const oddities = await reference.oddities(generated, options);
  const found = await reference.repetitions(generated, options);
  const repetitions = { found, reference, generated };
  if (repeated === 'refuse') refuseRepetitions(repetitions);
  const copies = copiesIn(found);
  const made: Sample[] = [];
  const without = async (sample: Sample, role: SampleRole) => {
    if (repeated !== 'remove' || copies[role].length === 0) return sample;
    const kept = await sample.without(copies[role], options);
    made.push(kept);
    return kept;
  };
  const dispose = () => {
    for (const sample of made) sample.dispose();
  };
  try {
    const kept = [await without(reference, 'reference'), await without(generated, 'generated')] as const;
    const paired = await pairedRows(...kept);
    return {
      reference: kept[0],
      generated: kept[1],
      input,
      settings,
      paired,
      warnings: [
        ...oddities,
        ...rowWeightWarnings(...kept),
        ...repetitionWarnings(repetitions, repeated === 'remove'),
        ...(paired ? [pairedRowsWarning(paired, reference)] : []),
      ],
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
