import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { FileError } from '../errors.js';
import { outputNames } from '../evaluation/outputs.js';
import type { EvaluationResult } from '../evaluation/result.js';
import { accessError, requirePlainFile } from '../formats/files/plain-file.js';
import * as options from './options.js';
import { requireOutputFile } from './output-file.js';
import type { Session } from './session.js';

export interface ReportOptions extends options.RunOptions {
  readonly out: string;
  readonly force?: boolean;
}

export function reportCommand(): Command {
  const command = new Command('report')
    .description('draw the report of a result again')
    .argument('<result>', 'result.json of evaluate, or the folder that holds it')
    .requiredOption('--out <file>', 'HTML file to write')
    .option('--force', 'replace an existing file');
  return options.addSpeechOptions(command);
}

export async function runReport(session: Session, path: string, chosen: ReportOptions): Promise<void> {
  const { out, force = false } = chosen;
  const folder = await stat(path).catch(() => null);
  const source = folder?.isDirectory() ? join(path, outputNames.result) : path;
  await requireOutputFile(out, { force, inputs: [source] });
  const result = await readResult(source);
  session.signal.throwIfAborted();
  const { writeReport } = await import('../report/report.js');
  await writeReport(result, out, { signal: session.signal });
  session.conclude({ out, result: source, verdict: result.verdict }, [`Report: ${out}`]);
}

/** Parts of a result that a report cannot do without. */
const parts = ['verdict', 'auc', 'roc', 'warnings', 'samples', 'weights', 'calibration', 'observables'];
const rest = ['training', 'settings', 'histograms', 'versions', 'run'];

/** @throws FileError ERR_RESULT when it is no result of this version, and the codes for files. */
async function readResult(path: string): Promise<EvaluationResult> {
  await requirePlainFile(path);
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw accessError(path, cause);
  });
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new FileError('ERR_RESULT', path, 'this is not JSON; name the result.json of evaluate', { cause });
  }
  const result = record as Partial<EvaluationResult> | null;
  if (typeof result !== 'object' || result === null || result.format !== 'caloscope-evaluation') {
    throw new FileError('ERR_RESULT', path, 'this is not a result of caloscope evaluate');
  }
  if (result.formatVersion !== 1) {
    const message = `its format has version ${result.formatVersion}, this caloscope draws version 1`;
    throw new FileError('ERR_RESULT', path, message);
  }
  const missing = [...parts, ...rest].find(
    (part) => typeof result[part as keyof EvaluationResult] !== 'object',
  );
  if (missing) throw new FileError('ERR_RESULT', path, `its part "${missing}" is missing`);
  return result as EvaluationResult;
}
