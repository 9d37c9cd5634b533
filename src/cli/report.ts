import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Command } from 'commander';
import { CaloscopeError, FileError } from '../errors.js';
import { partNames } from '../evaluation/analyses.js';
import { outputNames } from '../evaluation/output-names.js';
import type { EvaluationResult, ResultParts } from '../evaluation/result.js';
import { requireOutputFile } from '../formats/files/output-checks.js';
import { accessError, requirePlainFile } from '../formats/files/plain-file.js';
import { parseUhiDocument } from '../formats/uhi/uhi-schema.js';
import { resultFormatVersion } from '../versions.js';
import { warningLines } from './findings.js';
import * as options from './options.js';
import { ownStyle } from './own-style.js';
import { claimFigures, drawFigures } from './paper-figures.js';
import type { Session } from './session.js';

export interface ReportOptions extends options.RunOptions {
  readonly out: string;
  readonly figures?: string;
  readonly style?: string;
  readonly force?: boolean;
}

export function reportCommand(): Command {
  const command = new Command('report')
    .description('draw the report of a result again')
    .argument('<result>', 'result.json of evaluate, or the folder that holds it')
    .requiredOption('--out <file>', 'HTML file to write')
    .option('--force', 'replace an existing file')
    .addOption(options.figuresOption())
    .addOption(options.styleOption());
  return options.addSpeechOptions(command);
}

export async function runReport(session: Session, path: string, chosen: ReportOptions): Promise<void> {
  const { out, force = false } = chosen;
  const folder = await stat(path).catch(() => null);
  const source = folder?.isDirectory() ? join(path, outputNames.result) : path;
  // The page goes beside its result, in place of none of the other files there.
  const { result: _, report, ...others } = outputNames;
  const beside = Object.values(others).map((name) => join(dirname(source), name));
  await requireOutputFile(out, { force, inputs: [source, ...beside] });
  requireHtml(out);
  using _figures = await claimFigures(chosen.figures, { force, inputs: [source] });
  const style = await ownStyle(chosen.style);
  const result = await readResult(source);
  session.signal.throwIfAborted();
  const { writeReport } = await import('../report/report.js');
  const { figures: figuresFolder } = chosen;
  await writeReport(result, out, { signal: session.signal, force, style, figures: figuresFolder }).catch(
    (error) => {
      throw error instanceof CaloscopeError && error.code === 'ERR_RESULT' ? unsound(source, error) : error;
    },
  );
  const { verdict, warnings } = result;
  const figures = await drawFigures(result, { ...chosen, style }, session);
  session.conclude({ out, result: source, verdict, warnings, ...figures.document }, [
    `Report: ${out}`,
    ...figures.lines,
    ...warningLines(warnings),
  ]);
}

/** @throws CaloscopeError ERR_USAGE for a name that says another kind of file than is written. */
function requireHtml(out: string): void {
  const ending = extname(out).toLowerCase();
  if (['', '.html', '.htm'].includes(ending)) return;
  const message = `a report is HTML, and --out ${out} would be no ${ending.slice(1)}; give it a name that ends in .html (figures as SVG and PDF: --figures of evaluate and report)`;
  throw new CaloscopeError('ERR_USAGE', message);
}

/** What a result has beside the parts of its analyses. */
const head: Readonly<
  Record<Exclude<keyof EvaluationResult, keyof ResultParts | 'format' | 'formatVersion'>, true>
> = {
  verdict: true,
  warnings: true,
  samples: true,
  settings: true,
  histograms: true,
  versions: true,
  run: true,
};

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
  if (result.formatVersion !== resultFormatVersion) {
    const message = `its format has version ${result.formatVersion}, this caloscope draws version ${resultFormatVersion}; evaluate again, or draw it with the version that wrote it`;
    throw new FileError('ERR_RESULT', path, message);
  }
  const needed = [...partNames, ...Object.keys(head)] as (keyof EvaluationResult)[];
  const missing = needed.find((part) => typeof result[part] !== 'object');
  if (missing) throw new FileError('ERR_RESULT', path, `its part "${missing}" is missing`);
  try {
    // A few letters can claim an axis of a billion bins.
    parseUhiDocument(result.histograms);
  } catch (cause) {
    throw unsound(path, cause as Error);
  }
  return result as EvaluationResult;
}

function unsound(path: string, cause: Error): FileError {
  return new FileError('ERR_RESULT', path, cause.message, { cause });
}
