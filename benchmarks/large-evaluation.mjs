// A full evaluation at the usual size, on toys whose exact density ratio is known: how long it takes, what it needs,
// whether it leaves the event loop free, how fast it can be stopped, and how right the weights are.
//
//   node benchmarks/large-evaluation.mjs [showers a sample, default 100000] [features, default full]
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { evaluate, openShowers, simulateShowers } from 'caloscope';

const showers = Number(process.argv[2] ?? 100_000);
const features = process.argv[3] ?? 'full';
const flaw = { distortion: 'depth-shift', strength: 0.5 };
const folder = mkdtempSync(join(tmpdir(), 'caloscope-large-'));

/** Slope and offset of the learned ln w against the exact one, and the root mean square of their difference. */
function comparison(learned, exact) {
  const n = exact.length;
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / n;
  const [mx, my] = [mean(exact), mean(learned)];
  let xx = 0;
  let xy = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    xx += (exact[i] - mx) ** 2;
    xy += (exact[i] - mx) * (learned[i] - my);
    square += (exact[i] - learned[i]) ** 2;
  }
  return { slope: xy / xx, offset: my - (xy / xx) * mx, rms: Math.sqrt(square / n) };
}

async function seconds(stage, work) {
  const start = performance.now();
  const value = await work();
  console.log(`${stage.padEnd(34)} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return value;
}

async function secondsToAbort(reference, generated) {
  const delays = [];
  for (const wait of [300, 2000, 5000]) {
    const controller = new AbortController();
    let asked = 0;
    setTimeout(() => {
      asked = performance.now();
      controller.abort();
    }, wait);
    await evaluate(reference, generated, { features, signal: controller.signal }).catch(() => undefined);
    delays.push(performance.now() - asked);
  }
  return Math.max(...delays);
}

try {
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${cpus()[0].model}, Node ${process.versions.node}`,
  );
  const paths = { reference: join(folder, 'reference.hdf5'), generated: join(folder, 'generated.hdf5') };
  const toys = { geometry: 'calogan', showers };
  await seconds(`simulate 2 x ${showers} calogan toys`, async () => {
    await simulateShowers(paths.reference, { ...toys, ...flaw, seed: 1, sample: 'reference' });
    return simulateShowers(paths.generated, { ...toys, ...flaw, seed: 2 });
  }).then(({ exactAuc }) => console.log(`${'exact AUC'.padEnd(34)} ${exactAuc.toFixed(4)}`));
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const reference = await seconds('read reference', () => openShowers(paths.reference));
  const generated = await seconds('read generated', () => openShowers(paths.generated));
  const { result, ...weights } = await seconds(`evaluate, features ${features}`, () =>
    evaluate(reference, generated, { features, seed: 1 }),
  );
  loop.disable();
  const say = (what, value) => console.log(`${what.padEnd(34)} ${value}`);
  say('longest hold of the event loop', `${(loop.max / 1e6).toFixed(0)} ms`);
  say('peak memory', `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
  say('AUC', `${result.auc.value.toFixed(4)} ± ${result.auc.standardError.toFixed(4)}`);
  for (const [role, { health }] of [
    ['generated', { health: result.weights.generated }],
    ['reference', { health: result.weights.reference }],
  ]) {
    say(
      `mean ${role === 'generated' ? 'w' : '1/w'}, ${role}`,
      `${health.mean.toFixed(4)} ± ${health.meanError.toFixed(4)}`,
    );
    const { slope, offset, rms } = comparison(
      weights[role].logWeights,
      (role === 'generated' ? generated : reference).logDensityRatio,
    );
    say(
      `learned against exact ln w, ${role}`,
      `slope ${slope.toFixed(3)}, offset ${offset.toFixed(3)}, rms ${rms.toFixed(3)}`,
    );
  }
  say('longest time to abort', `${(await secondsToAbort(reference, generated)).toFixed(0)} ms`);
  console.log('\nχ²/bins against the reference          generated   reweighted');
  for (const observable of result.observables.slice(0, 12)) {
    const { generated: before, reweighted: after } = observable.chiSquare;
    console.log(
      `${observable.name.padEnd(34)} ${(before.value / before.bins).toFixed(2).padStart(12)} ${(after.value / after.bins).toFixed(2).padStart(12)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
