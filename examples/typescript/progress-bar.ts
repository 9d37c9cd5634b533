/**
 * A bar while the classifiers are trained, ended by Ctrl-C in milliseconds: the work is on threads of the core, and the event loop is free.
 *
 *     node progress-bar.ts geant4.hdf5 flow.hdf5
 */
import { evaluate, openShowers, type Progress } from 'caloscope';

const width = 30;
let shown = '';

function show({ message, done, total }: Progress): void {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const bar = '█'.repeat(Math.round(width * share)).padEnd(width, '░');
  const line = `${bar} ${Math.floor(100 * share)} % ${message}`;
  if (line !== shown) process.stderr.write(`\r\u001b[K${line}`);
  shown = line;
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('stopped by Ctrl-C')));

const [reference = '', generated = ''] = process.argv.slice(2);
using truth = await openShowers(reference, { signal: stop.signal });
using sample = await openShowers(generated, { signal: stop.signal });
const { result, ensemble } = await evaluate(truth, sample, {
  features: 'high',
  folds: 3,
  learners: ['logistic', 'trees'],
  signal: stop.signal,
  onProgress: show,
});
ensemble.dispose();
process.stderr.write('\n');
console.log(result.verdict.sentence);
