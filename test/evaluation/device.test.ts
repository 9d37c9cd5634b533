import { describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '#caloscope/evaluation/evaluate';
import { native } from '#caloscope/native/binding';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridShowers } from '../support/grid-showers.js';

const { devices } = native().cudaDevices();
const small: EvaluateOptions = {
  folds: 3,
  members: 2,
  threads: 2,
  classifier: { hidden: [9, 5], epochs: 3 },
};
const samples = {
  matrix: { reference: gaussianSample(130, [0.5, 0, 0], 1), generated: gaussianSample(110, [0, 0, 0], 2) },
  showers: { reference: gridShowers(120, 3, 1.1), generated: gridShowers(100, 4) },
};

async function evaluated(name: keyof typeof samples, options: EvaluateOptions) {
  const { reference, generated } = samples[name];
  const { ensemble, ...evaluation } = await evaluate(reference, generated, { ...small, ...options });
  ensemble.dispose();
  const { run, ...result } = evaluation.result;
  return { run, results: { ...evaluation, result } };
}

/** All numbers in a value, those of typed arrays too, by where they stand. */
function numbersIn(value: unknown, place = ''): [string, number][] {
  if (typeof value === 'number') return [[place, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => numbersIn(entry, `${place}.${key}`));
}

describe.skipIf(devices.length === 0)('evaluate on a CUDA device', () => {
  it.each(['matrix', 'showers'] as const)('gives what it gives on the CPU: %s', async (name) => {
    const onCpu = numbersIn((await evaluated(name, {})).results);
    const { run, results } = await evaluated(name, { device: 'cuda' });
    expect(run.device).toBe(`cuda:0 (${devices[0]?.name})`);
    const onDevice = numbersIn(results);
    expect(onDevice).not.toEqual(onCpu);
    expect(onDevice.map(([place]) => place)).toEqual(onCpu.map(([place]) => place));
    // The last digits differ, and with them, rarely, the bin of a row.
    const off = onDevice.filter(([, x], i) => {
      const y = (onCpu[i] as [string, number])[1];
      return !Object.is(x, y) && !(Math.abs(x - y) <= 1e-3 * (1 + Math.abs(y)));
    });
    expect(off.length).toBeLessThan(onCpu.length / 1000);
  });

  it.skipIf(devices.length < 2)('gives the same bits on two', async () => {
    const one = await evaluated('showers', { device: 'cuda' });
    const two = await evaluated('showers', { device: 'cuda', devices: [0, 1] });
    expect(two.results).toEqual(one.results);
  });
});
