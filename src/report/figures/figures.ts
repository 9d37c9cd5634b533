import { once } from 'node:events';
import { CaloscopeError } from '../../errors.js';
import type { EvaluationResult } from '../../evaluation/result.js';
import { requireOutputFolder } from '../../formats/files/output-checks.js';
import type { OwnFiles } from '../../formats/files/own-files.js';
import { writeWholeFolder } from '../../formats/files/whole-output.js';
import { requireKnownOptions, requireText } from '../../names.js';
import { startWorker } from '../../worker-thread.js';
import { requireOwnStyle } from '../own-style.js';
import type { FiguresReply } from './figures-worker.js';

/** What a folder of figures holds; what else is in one belongs to the user. */
export const figuresFolder: OwnFiles = {
  what: 'figures of caloscope',
  files: /^submission\.yaml$/,
  mark: { files: /^submission\.yaml$/, says: 'caloscope' },
};

export interface FiguresOptions {
  /** Replace those of an earlier call. Default false. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Style sheet that overrides that of the report; of it the colors and lines of drawings are taken. */
  readonly style?: string | undefined;
}

/** What was written. */
export interface WrittenFigures {
  /** Names of the files in the folder. */
  readonly files: readonly string[];
  /** False where the package pdfkit is not installed, which makes PDF. */
  readonly pdf: boolean;
}

/**
 * Writes the figures of a result for papers into a folder, which appears when all of it is there: each as SVG with its style and font inside, as
 * PDF with its font embedded, where the package pdfkit is installed, 8.6 cm wide, or 17.8 where it needs two columns; its numbers as CSV and as a
 * table of HEPData, which `submission.yaml` names. Drawn in a thread of its own.
 *
 * @throws FileError ERR_OUTPUT; CaloscopeError ERR_STYLE; ERR_RESULT for what is no sound result; the reason of the signal when aborted.
 */
export async function writeFigures(
  result: EvaluationResult,
  folder: string,
  options: FiguresOptions = {},
): Promise<WrittenFigures> {
  requireKnownOptions(options, { signal: true, force: true, style: true });
  requireText(folder, 'folder');
  if (typeof result?.samples !== 'object' || typeof result.auc !== 'object')
    throw unsound('samples or auc are missing');
  const { force = false, signal, style } = options;
  if (style !== undefined) requireOwnStyle(style);
  signal?.throwIfAborted();
  await requireOutputFolder(folder, figuresFolder, { force });
  const own = { ...figuresFolder };
  let written: WrittenFigures = { files: [], pdf: false };
  const fill = async (partial: string) => {
    const worker = startWorker(new URL('./figures-worker.js', import.meta.url), {
      result,
      folder: partial,
      style,
    });
    try {
      const [reply] = (await once(worker, 'message', { signal })) as [FiguresReply];
      if ('failure' in reply) throw failed(reply);
      written = reply;
      // Of an earlier run those of the same names are replaced.
      Object.assign(own, {
        files: new RegExp(`^(${reply.files.map((name) => name.replaceAll('.', '\\.')).join('|')})$`),
      });
    } finally {
      await worker.terminate();
    }
  };
  await writeWholeFolder(folder, fill, { replaceable: force ? own : 'nothing', signal });
  return written;
}

function failed({ failure, code }: { readonly failure: string; readonly code: string | undefined }): Error {
  if (code !== undefined) return Object.assign(new Error(failure), { code });
  return unsound(failure);
}

function unsound(what: string): CaloscopeError {
  return new CaloscopeError(
    'ERR_RESULT',
    `its figures cannot be drawn, it is not as evaluate makes results (${what})`,
  );
}
