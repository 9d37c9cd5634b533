import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classifierFolder } from '../classifier/classifier-folder.js';
import { splitText } from '../classifier/settings.js';
import { CaloscopeError } from '../errors.js';
import { requireOutputFolder } from '../formats/files/output-checks.js';
import type { OwnFiles } from '../formats/files/own-files.js';
import { inPlace, writeWholeFolder } from '../formats/files/whole-output.js';
import { type WrittenFormat, writtenFormats } from '../formats/tables/writer/table-plan.js';
import { requireKnownOptions, requireObject, requireOneOf, requireText } from '../names.js';
import type { SampleRole } from '../native/contract/statistics.js';
import { inputsOf } from '../samples/sample-inputs.js';
import { warningsText } from '../warnings.js';
import { writeWeightsFile } from '../weights/weights-file.js';
import type { Evaluation } from './evaluate.js';
import { outputNames } from './output-names.js';
import type { EvaluationResult, SampleRecord } from './result.js';
import { writeRowTable } from './row-tables.js';

export interface OutputOptions {
  /** Replace the files of an earlier result; whatever else is in the folder stays. Default false. */
  readonly force?: boolean;
  /** Writes a table of each sample, too, one row a row that was compared: weights and observables. Left out: none. */
  readonly tables?: WrittenFormat | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Name of the table of a sample. */
export function tableName(role: SampleRole, format: WrittenFormat): string {
  return `${role}.${format}`;
}

/** What the folder of an evaluation holds. */
export const resultFolder: OwnFiles = {
  what: 'result of caloscope',
  files: /^(result\.json|weights\.hdf5|histograms\.json|report\.html|(reference|generated)\.(csv|parquet))$/,
  folders: { [outputNames.classifier]: classifierFolder },
  mark: { files: /^result\.json$/, says: '"caloscope-evaluation"' },
};

/**
 * Writes `result.json`, `weights.hdf5`, `histograms.json` and `classifier/` into a folder, which appears when all of it is
 * there: it is made beside and renamed. An empty folder is used. With `tables` also `reference.csv` and `generated.csv`, or `.parquet`.
 *
 * @param drawReport writes the report of a result to a path; left out: no report.
 * @throws FileError ERR_OUTPUT; the reason of the signal when aborted. Nothing is left behind then. CaloscopeError ERR_OUTPUT where a table
 * cannot be written: the rest is in the folder then.
 */
export async function writeEvaluation(
  evaluation: Evaluation,
  folder: string,
  options: OutputOptions & {
    readonly drawReport?: (
      result: EvaluationResult,
      path: string,
      options: { readonly signal?: AbortSignal | undefined },
    ) => Promise<void>;
  } = {},
): Promise<void> {
  requireKnownOptions(options, { force: true, tables: true, signal: true, drawReport: true });
  const { signal, drawReport, tables: format, force = false } = options;
  if (format !== undefined) requireOneOf(writtenFormats, format, 'tables');
  requireText(folder, 'folder');
  requireObject(evaluation?.result, 'evaluation', 'what evaluate gave');
  await requireOutputFolder(folder, resultFolder, { force });
  const { result, ensemble, reference, generated } = evaluation;
  let noTable: CaloscopeError | null = null;
  const fill = async (partial: string) => {
    const inputs = inputsOf(result.samples);
    const tables = [
      { group: 'reference' as const, ...reference, files: result.samples.reference.files, inputs },
      { group: 'generated' as const, ...generated, files: result.samples.generated.files, inputs },
    ];
    const attributes = weightsAttributes(result);
    await writeWeightsFile(join(partial, outputNames.weights), tables, attributes, { signal });
    await ensemble.save(join(partial, outputNames.classifier));
    await writeFile(join(partial, outputNames.histograms), jsonText(result.histograms));
    await writeFile(join(partial, outputNames.result), jsonText(result));
    await drawReport?.(result, join(partial, outputNames.report), { signal });
    if (!format) return;
    for (const table of tables) {
      const path = join(partial, tableName(table.group, format));
      try {
        await writeRowTable(path, table, attributes, { format, signal });
      } catch (error) {
        signal?.throwIfAborted();
        const { message } = inPlace(error, partial, folder) as Error;
        noTable ??= new CaloscopeError('ERR_OUTPUT', `${message}; the rest of the result is in ${folder}`, {
          cause: error,
        });
      }
    }
  };
  await writeWholeFolder(folder, fill, { replaceable: force ? resultFolder : 'nothing', signal });
  if (noTable) throw noTable;
}

/** Indented, but for arrays of numbers, which stand on one line. */
function jsonText(value: unknown): string {
  const numbers = /\[\n\s*((?:-?\d[-+.\de]*|null)(?:,\n\s*(?:-?\d[-+.\de]*|null))*)\n\s*\]/g;
  const text = JSON.stringify(value, null, 1).replace(
    numbers,
    (_, list: string) => `[${list.replace(/\n\s*/g, '')}]`,
  );
  return `${text}\n`;
}

/** Each file on a line of its own; the name of what is no file. */
function filesOf({ files, source }: SampleRecord): string {
  return files.length > 1 ? files.map((file) => file.source).join('\n') : source;
}

/** What a reader of the weights alone must know. */
function weightsAttributes({
  samples,
  settings,
  versions,
  verdict,
  warnings,
}: EvaluationResult): Record<string, string> {
  return {
    caloscope_version: versions['caloscope'] ?? '',
    reference: filesOf(samples.reference),
    reference_sha256: samples.reference.sha256 ?? '',
    generated: filesOf(samples.generated),
    generated_sha256: samples.generated.sha256 ?? '',
    learners: settings.learners.join(' '),
    log_weight: settings.split
      ? 'ln(p_reference/p_generated) of the rows that were held out, source_row'
      : 'ln(p_reference/p_generated), cross-fitted',
    ...(settings.split && { split: splitText(settings.split) }),
    calibration: settings.calibration ?? 'none',
    verdict: verdict.sentence,
    warnings: warningsText(warnings),
  };
}
