/** The suite of known pairs: that they are what they say, and what is made of the trials. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const power = (name: string) => import(new URL(`../../benchmarks/power/${name}.mjs`, import.meta.url).href);
const { gaussianPopulations, exactAucOfShift } = await power('gaussian-populations');
const { markdown, sizes, summaries, thresholdOf } = await power('summary');
const { KeptTrials } = await power('kept-trials');

const folder = mkdtempSync(join(tmpdir(), 'caloscope-power-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Flaw {
  readonly name: string;
  exactAuc(): Promise<number>;
}
interface Population {
  readonly name: string;
  readonly flaws: readonly Flaw[];
  draw(flaw: Flaw | null, rows: number, seed: number): Promise<{ rows: Float32Array; columns: number }>;
}
const population = (name: string): Population =>
  gaussianPopulations.find((one: Population) => one.name === name);
const flaw = (of: Population, start: string) => of.flaws.find(({ name }) => name.startsWith(start)) as Flaw;

/** Of a column of the second table. */
async function moments(of: Population, chosen: Flaw | null, column: number) {
  const count = 20_000;
  const { rows, columns } = await of.draw(chosen, count, 3);
  const values = Array.from({ length: count }, (_, row) => rows[(count + row) * columns + column] as number);
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count };
}

describe('pairs of Gaussian columns', () => {
  const wide = population('41 Gaussian columns');

  it('have the exact AUC that is known in closed form', async () => {
    // Φ(d/√2) at d = 0.3 and 0.3·√2; P(|x| > |y|) = 2/π · arctan(s) of standard deviations s : 1.
    expect(await exactAucOfShift(0.3)).toBeCloseTo(0.584, 2);
    const [narrow] = population('10 columns, two narrow directions').flaws;
    expect(await narrow?.exactAuc()).toBeCloseTo(0.6179, 2);
    const variance = await flaw(wide, 'one variance').exactAuc();
    expect(Math.abs(variance - (2 / Math.PI) * Math.atan(Math.sqrt(1.5)))).toBeLessThan(0.002);
  });

  it('have the flaw of their name in the second table', async () => {
    expect((await moments(wide, flaw(wide, 'one column shifted by 0.3'), 0)).mean).toBeCloseTo(0.3, 1);
    expect((await moments(wide, flaw(wide, 'one variance'), 0)).variance).toBeCloseTo(1.5, 1);
    const [none, other] = [await moments(wide, null, 0), await moments(wide, flaw(wide, 'one variance'), 1)];
    expect(none.mean).toBeCloseTo(0, 1);
    expect(none.variance).toBeCloseTo(1, 1);
    expect(other.variance).toBeCloseTo(1, 1);
  });
});

const trial = (flawName: string, method: string, pair: number, auc: number, p?: number) => ({
  population: 'a',
  flaw: flawName,
  rows: 300,
  pair,
  method,
  auc,
  ...(p !== undefined && { p, overlooked: false }),
});

describe('what is made of trials', () => {
  it('takes the threshold that one null pair in twenty exceeds, and none of too few', () => {
    const areas = Array.from({ length: 39 }, (_, i) => 0.5 + i / 1000);
    expect(areas.filter((area) => area > thresholdOf(areas))).toHaveLength(1);
    expect(thresholdOf(areas.slice(0, 18))).toBe(Number.POSITIVE_INFINITY);
  });

  it('compares with the best of the others, and counts p of null pairs', () => {
    const nulls = Array.from({ length: 20 }, (_, i) => [
      trial('none', 'caloscope', i, 0.49 + i / 1000, i === 0 ? 0.02 : 0.5),
      trial('none', 'logistic', i, 0.5 + i / 1000),
    ]);
    const flawed = [0, 1].flatMap((pair) => [
      trial('b', 'caloscope', pair, 0.6, 0.01),
      trial('b', 'logistic', pair, 0.51 + pair / 10),
      trial('b', 'network', pair, 0.55),
    ]);
    const record = {
      methods: ['caloscope', 'logistic', 'network'],
      exact: {},
      trials: [...nulls.flat(), ...flawed],
    };
    const [row] = summaries(record);
    expect(row.best).toBe('logistic');
    // σ₀ = √(601/(12·300²))
    expect(row.behind).toBeCloseTo((0.56 - 0.6) / 0.02359, 2);
    expect(row.methods.caloscope.power.value).toBe(1);
    expect(row.methods.logistic.power.value).toBe(0.5);
    expect(row.methods.network.power).toBeNull();
    expect(sizes(record)[0]).toMatchObject({ pairs: 20, below5: { value: 0.05 }, below1: { value: 0 } });
    expect(markdown(record)).toContain('| a, b | 300 |');
  });

  it('goes on where it was, and never mixes versions', async () => {
    const path = join(folder, 'kept.json');
    const head = { methods: ['x', 'y'], folds: 5, quick: true, versions: { caloscope: '1' }, machine: {} };
    const pair = { population: 'a', flaw: 'b', rows: 10, pair: 0 };
    const first = KeptTrials.open(path, head);
    first.add(pair, { x: { auc: 0.6 } });
    expect(JSON.parse(readFileSync(path, 'utf8')).trials).toEqual([{ ...pair, method: 'x', auc: 0.6 }]);
    const again = KeptTrials.open(path, head);
    expect(again.missing(pair)).toEqual(['y']);
    expect(again.missing({ ...pair, pair: 1 })).toEqual(['x', 'y']);
    expect(() => KeptTrials.open(path, { ...head, versions: { caloscope: '2' } })).toThrow(/other versions/);
  });
});
