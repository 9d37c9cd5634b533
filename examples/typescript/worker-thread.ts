/**
 * An evaluation in a worker thread, for a server that does other things meanwhile: plain JSON comes back.
 *
 *     node worker-thread.ts geant4.hdf5 flow.hdf5
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type EvaluationResult, evaluate, openShowers } from 'caloscope';

interface Request {
  readonly reference: string;
  readonly generated: string;
}

/** Rejects with what the thread threw. */
async function evaluateInThread(request: Request): Promise<EvaluationResult> {
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: request });
  const [result] = (await once(thread, 'message')) as [EvaluationResult];
  await thread.terminate();
  return result;
}

async function work({ reference, generated }: Request): Promise<EvaluationResult> {
  using truth = await openShowers(reference);
  using sample = await openShowers(generated);
  const { result, ensemble } = await evaluate(truth, sample, {
    features: 'high',
    folds: 3,
    learners: ['logistic', 'trees'],
  });
  ensemble.dispose();
  return result;
}

if (isMainThread) {
  const [reference = '', generated = ''] = process.argv.slice(2);
  const { auc, verdict } = await evaluateInThread({ reference, generated });
  console.log(`AUC ${auc.value.toFixed(3)}: ${verdict.sentence}`);
} else {
  parentPort?.postMessage(await work(workerData as Request));
}
