/** The worker thread that draws one report: seconds of drawing must not hold the event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import type { EvaluationResult } from '../evaluation/result.js';
import { type ReportLook, reportPage } from './page.js';

export interface DrawingStart {
  readonly result: EvaluationResult;
  readonly look: ReportLook;
}

/** The page, or what of the result could not be drawn. */
export type DrawingReply = { readonly page: string } | { readonly failure: string };

const { result, look } = workerData as DrawingStart;

function drawn(): DrawingReply {
  try {
    return { page: reportPage(result, look) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(drawn());
