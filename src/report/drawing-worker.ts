/** The worker thread that draws one report: seconds of drawing must not hold the event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import type { EvaluationResult } from '../evaluation/result.js';
import { reportPage } from './page.js';

/** The page, or what of the result could not be drawn. */
export type DrawingReply = { readonly page: string } | { readonly failure: string };

function drawn(): DrawingReply {
  try {
    return { page: reportPage(workerData as EvaluationResult) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(drawn());
