// Evaluates small tables again and again in one process: resident memory must stay flat, within 2 % from a tenth on.
//
//   node --expose-gc test/scripts/many-evaluations.mjs [EVALUATIONS, default 10000]
import { evaluate } from '../../dist/index.js';

const evaluations = Number(process.argv[2] ?? 10_000);
const rows = 500;
const table = (seed) => ({
  columns: ['x', 'y'],
  values: Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(i * (i + seed)) + seed / 10),
});

/** After what is not used any more was collected, as far as that is allowed (--expose-gc). */
async function resident() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((next) => setTimeout(next, 20));
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

const marks = [];
for (let done = 1; done <= evaluations; done++) {
  const settings = { folds: 3, learners: ['logistic', 'trees', 'sparse'], seed: done };
  const { ensemble } = await evaluate(table(0), table(done % 7), settings);
  ensemble.dispose();
  if (done % Math.ceil(evaluations / 10) !== 0) continue;
  marks.push(await resident());
  console.log(`${done} evaluations: ${marks.at(-1).toFixed(1)} MB`);
}
const growth = marks.at(-1) / marks[0] - 1;
console.log(`${(100 * growth).toFixed(1)} % more at the end than after a tenth`);
process.exitCode = growth > 0.02 ? 1 : 0;
