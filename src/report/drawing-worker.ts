/** The worker thread that draws one report: seconds of drawing must not hold the event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import type { EvaluationResult } from '../evaluation/result.js';
import { reportPage } from './page.js';

parentPort?.postMessage(reportPage(workerData as EvaluationResult));
