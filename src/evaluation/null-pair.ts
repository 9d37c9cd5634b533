import type { CheckpointFolder } from '../classifier/checkpoints.js';
import { type PreparedFitting, prepareFitting, type ShareOptions } from '../classifier/cross-fitting.js';
import { ArgumentError } from '../errors.js';
import type { RepeatedInPair } from '../native/contract/showers.js';
import type { ComputeOptions, Computer } from '../native/devices.js';
import type { JobOptions } from '../native/run-job.js';
import type { Ranks } from '../ranks/ranks.js';
import { examinePair } from '../samples/pair.js';
import { copiesIn, repetitionWarnings } from '../samples/repeated-rows.js';
import type { Sample } from '../samples/sample.js';
import type { FileOfSample } from '../samples/sample-file.js';
import { selectRows } from '../samples/selected-rows.js';
import { rowsWithout } from '../samples/source-rows.js';
import type { Warning } from '../warnings.js';
import { meanArea } from './mean-area.js';
import type { EvaluationChoices } from './settings.js';

/** A second reference sample in place of the generated one: what two productions of the reference differ by. */
export interface NullPair {
  readonly source: string;
  /** Those of the second sample; none for a matrix. */
  readonly files: readonly FileOfSample[];
  /** Rows of the second sample that were compared: as many as the generated sample has, at most. */
  readonly rows: number;
  readonly value: number;
  readonly standardError: number;
  readonly z: number;
  /** One-sided, of the normal distribution. */
  readonly pValue: number;
}

/** Share of the second sample's rows that may be those of the reference. */
const mostShared = 0.5;

/** A pair of reference and second reference sample that was looked at, to be trained on. */
export interface ExaminedNull {
  readonly warnings: readonly Warning[];
  train(checkpoint: CheckpointFolder | null, run: ComputeOptions): Promise<NullPair>;
  /** What a rank beside the first does of it. */
  takeShare(ranks: Ranks, options: ShareOptions): Promise<void>;
  [Symbol.dispose](): void;
}

/**
 * Looks at a second reference sample as at a generated one. One that is, without the copies that are to be removed, larger than the generated sample is thinned to its
 * size, evenly over its rows: a difference is seen the better the more rows there are, and the two AUCs are to be compared.
 *
 * @throws ArgumentError ERR_REPEATED_ROWS where it is, or mostly is, the reference sample itself; what examinePair throws.
 */
export async function examineNull(
  reference: Sample,
  second: Sample,
  rows: number,
  choices: EvaluationChoices,
  { computer, ranks, ...run }: ComputeOptions & { readonly computer: Computer; readonly ranks: Ranks | null },
): Promise<ExaminedNull> {
  const { signal } = run;
  reference.requireFit(second);
  const { source, files } = second.origin('reference');
  const made: Sample[] = [];
  const dispose = () => {
    for (const sample of made) sample.dispose();
  };
  try {
    const selected = await selectRows(second, 'reference', choices.select, run);
    if (selected !== second) made.push(selected);
    const found = await reference.repetitions(selected, run);
    refuseTheReference(found, selected);
    const copies = choices.repeated === 'remove' ? copiesIn(found).generated : new Float64Array(0);
    const distinct = copies.length === 0 ? selected : await selected.without(copies, run);
    if (distinct !== selected) made.push(distinct);
    const removed =
      distinct === selected ? [] : repetitionWarnings({ found, reference, generated: selected }, true);
    const thinned = await thinnedTo(distinct, rows, run);
    if (thinned !== distinct) made.push(thinned);
    const pair = await examinePair(reference, thinned, choices, run);
    let prepared: PreparedFitting;
    try {
      const { paired, input } = pair;
      prepared = await prepareFitting(pair.reference, pair.generated, input, choices, {
        signal,
        computer,
        paired,
        ranks,
      });
    } catch (error) {
      pair[Symbol.dispose]();
      throw error;
    }
    const compared = pair.generated.rows;
    return {
      warnings: [...[...removed, ...pair.warnings].map(ofNullPair), ...smaller(compared, rows, reference)],
      async train(checkpoint, training) {
        const { onProgress } = training;
        const fitted = await prepared.fit({ signal, onProgress, checkpoint, warnings: [], inputs: [] });
        fitted.ensemble.dispose();
        const { value, standardError } = await meanArea(fitted, training);
        const { z, pValue } = fitted.test;
        return { source, files, rows: compared, value, standardError, z, pValue };
      },
      takeShare: (all, options) => prepared.takeShare(all, options),
      [Symbol.dispose]() {
        prepared.dispose();
        pair[Symbol.dispose]();
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function refuseTheReference({ shared }: RepeatedInPair, second: Sample): void {
  if (shared.rows.length <= mostShared * second.rows) return;
  const message = `the null sample: ${shared.rows.length} of its ${second.rows} ${second.noun} are those of the reference sample; a null needs a second, independent reference sample`;
  throw new ArgumentError('ERR_REPEATED_ROWS', message);
}

/** The sample itself where it has no more rows; otherwise so many of them, evenly over all. */
async function thinnedTo(sample: Sample, rows: number, options: JobOptions): Promise<Sample> {
  if (sample.rows <= rows) return sample;
  const staying = Float64Array.from({ length: rows }, (_, i) => Math.floor((i * sample.rows) / rows));
  return await sample.without(rowsWithout(sample.rows, staying), options);
}

/** Warnings of a pair speak of a generated sample. */
function ofNullPair({ code, message }: Warning): Warning {
  return { code, message: `with the null sample in place of the generated one: ${message}` };
}

function smaller(rows: number, generated: number, { noun }: Sample): Warning[] {
  if (rows >= generated) return [];
  const message = `the null sample has ${rows} ${noun}, the generated one ${generated}: a difference between the reference samples as large as what is seen of the generated one may stay unseen`;
  return [{ code: 'null-smaller', message }];
}
