import { CaloscopeError } from '../errors.js';
import type { EvaluationResult } from '../evaluation/result.js';
import type { OutputRules } from '../formats/files/output-checks.js';
import { claimOutput } from './output-claim.js';
import type { Session } from './session.js';

/** Claims the folder of figures before the work, where there is to be one. @throws FileError ERR_OUTPUT. */
export async function claimFigures(
  folder: string | undefined,
  rules: OutputRules,
): Promise<Disposable | null> {
  if (folder === undefined) return null;
  const { figuresFolder } = await import('../report/figures/figures.js');
  return await claimOutput(folder, rules, figuresFolder);
}

/** Where figures go. */
export interface FigureChoices {
  readonly figures?: string;
  readonly force?: boolean;
  /** Style sheet of the user. */
  readonly style?: string | undefined;
}

/** Writes the figures where they are asked for; says what was written. */
export async function drawFigures(
  result: EvaluationResult,
  chosen: FigureChoices,
  { signal }: Session,
): Promise<{ readonly document: object; readonly lines: readonly string[] }> {
  const { figures: folder, force = false, style } = chosen;
  if (folder === undefined) return { document: {}, lines: [] };
  const { writeFigures } = await import('../report/figures/figures.js');
  const { files, pdf } = await writeFigures(result, folder, { force, signal, style });
  const lines = [`Figures: ${folder}`];
  if (!pdf) lines.push('No PDF: the package pdfkit is not installed; npm install pdfkit');
  return { document: { figures: { folder, files, pdf } }, lines };
}

/**
 * The same after the result was written to `out`: whoever cannot have the figures need not evaluate again.
 *
 * @throws CaloscopeError that says how they are drawn from the result.
 */
export async function drawFiguresOf(
  out: string,
  result: EvaluationResult,
  chosen: FigureChoices,
  session: Session,
): ReturnType<typeof drawFigures> {
  try {
    return await drawFigures(result, chosen, session);
  } catch (error) {
    if (!(error instanceof CaloscopeError)) throw error;
    const message = `${error.message}; the result is whole: caloscope report ${out} --figures ${chosen.figures}`;
    throw new CaloscopeError(error.code, message, { cause: error });
  }
}
