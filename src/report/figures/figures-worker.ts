/** The worker thread that draws the figures of one result for papers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { EvaluationResult } from '../../evaluation/result.js';
import { inputsOfResult } from '../../lineage/result-inputs.js';
import { csvText } from '../drawing/csv-link.js';
import { reportSheet } from '../page.js';
import { fileNames } from './file-names.js';
import { hepdataSubmission, hepdataTable } from './hepdata.js';
import { paperFigures } from './paper-figures.js';
import type { PdfMaker } from './pdf-drawing.js';
import { svgText } from './svg-text.js';

export interface FiguresStart {
  readonly result: EvaluationResult;
  /** Folder that is there and empty. */
  readonly folder: string;
  readonly style: string | undefined;
}

/** The names of the files that were written, or what went wrong. */
export type FiguresReply =
  | { readonly files: readonly string[]; readonly pdf: boolean }
  | { readonly failure: string; readonly code: string | undefined };

const { result, folder, style } = workerData as FiguresStart;
const files: string[] = [];

function write(name: string, content: string | Buffer): void {
  writeFileSync(join(folder, name), content, { flag: 'wx' });
  files.push(name);
}

/** The package that makes PDF; null: the user did not install it. */
async function pdfMaker(): Promise<PdfMaker | null> {
  try {
    return (await import('pdfkit')).default as unknown as PdfMaker;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

async function writeAll(): Promise<FiguresReply> {
  mkdirSync(folder, { recursive: true });
  const Maker = await pdfMaker();
  const figures = paperFigures(reportSheet(result), style);
  const made = new Date(result.run.date);
  const names = fileNames(figures.map(({ numbers }) => numbers.name));
  for (const [i, figure] of figures.entries()) {
    const name = names[i] as string;
    write(`${name}.svg`, svgText(figure));
    if (Maker) {
      const { pdfOf } = await import('./pdf-drawing.js');
      write(`${name}.pdf`, await pdfOf(figure, made, Maker));
    }
    write(`${name}.csv`, csvText(figure.numbers));
    write(`${name}.yaml`, hepdataTable(figure.numbers));
  }
  const comment = `caloscope ${result.versions['caloscope'] ?? ''}: ${result.verdict.sentence}`;
  const tables = figures.map(({ numbers: { name }, caption }, i) => ({
    name,
    caption,
    dataFile: `${names[i]}.yaml`,
    otherFiles: files.filter((file) => /^(.*)\.(svg|pdf|csv)$/.exec(file)?.[1] === names[i]),
  }));
  write('submission.yaml', hepdataSubmission(comment, tables, inputsOfResult(result)));
  return { files, pdf: Maker !== null };
}

async function reply(): Promise<FiguresReply> {
  try {
    return await writeAll();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return { failure: message, code };
  }
}

parentPort?.postMessage(await reply());
