/** The harness itself: what it times, what it refuses to time, what it keeps. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';

const harness = (name: string) =>
  import(new URL(`../../benchmarks/harness/${name}.mjs`, import.meta.url).href);
const { resultOf } = await harness('case-result');
const { agreementOf, largestDifferenceInWidths } = await harness('agreement');
const { linesOf, markdownTable, readResults, writeResults } = await harness('results');
const { PeerMissing } = await harness('peer-process');

const folder = mkdtempSync(join(tmpdir(), 'caloscope-harness-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two sides that say how long they took, one entry a call. */
function sides(ours: number[], theirs: number[]) {
  const order: string[] = [];
  const side = (name: string, seconds: number[]) => async () => {
    order.push(name);
    return seconds.shift();
  };
  return { order, ours: side('ours', ours), theirs: side('theirs', theirs) };
}

const agreed = agreementOf({ difference: [0, 1e-4] });
const aCase = (prepared: object, more: object = {}) => ({
  name: 'work',
  peer: 'peer',
  unit: 'ms',
  target: 2,
  prepare: async () => prepared,
  ...more,
});

describe('a case', () => {
  it('is timed alternately after one run each, and its ratio is the median of the rounds', async () => {
    const both = sides([99, 1, 2, 1], [99, 3, 5, 8]);
    const result = await resultOf(aCase({ ...both, agreement: agreed, scale: 1000 }), { rounds: 3 });
    expect(both.order.join(' ')).toBe('ours theirs ours theirs theirs ours ours theirs');
    expect(result.ratio).toBe(3); // of 3/1, 5/2, 8/1
    expect(result.ratioSpread).toMatchObject({ min: 2.5, max: 8 });
    expect([result.ours, result.theirs, result.met]).toEqual([1000, 5000, true]);
  });

  it('is not timed when the sides do not agree', async () => {
    const both = sides([1, 1], [1, 1]);
    const agreement = agreementOf({ 'difference of logits': [2e-4, 1e-4] });
    const result = await resultOf(aCase({ ...both, agreement }), { rounds: 1 });
    expect(both.order).toEqual([]);
    expect(result.failed).toContain('difference of logits is 0.0002');
    expect(result.ratio).toBeNull();
    expect(linesOf(result).join('\n')).toContain('FAILED');
  });

  it('fails with the error of a side, and closes what it prepared', async () => {
    let closed = 0;
    const ours = async () => {
      throw new Error('out of luck');
    };
    const close = () => {
      closed++;
    };
    const prepared = { ours, theirs: ours, agreement: agreed, close };
    expect((await resultOf(aCase(prepared), { rounds: 1 })).failed).toBe('out of luck');
    expect(closed).toBe(1);
  });

  it('is skipped with a word when the peer is missing', async () => {
    const prepare = async () => {
      throw new PeerMissing('python3-torch is not installed');
    };
    const result = await resultOf(aCase({}, { prepare }), { rounds: 1 });
    expect(result).toMatchObject({ skipped: 'python3-torch is not installed', ratio: null });
    expect(result.failed).toBeUndefined();
    const skipped = await resultOf(aCase({ skipped: 'not built' }), { rounds: 1 });
    expect(skipped.skipped).toBe('not built');
  });

  it('judges its further figures', async () => {
    const figures = () => [
      { name: 'share', value: 0.8, target: 0.9 },
      { name: 'time', value: 80, atMost: 100 },
    ];
    const prepared = { ...sides([1, 1], [1, 1]), agreement: agreed, figures };
    const result = await resultOf(aCase(prepared), { rounds: 1 });
    expect(result.figures.map(({ met }: { met: boolean }) => met)).toEqual([false, true]);
    expect(result.met).toBe(false); // ratio 1 of at least 2
  });
});

describe('a peer process', () => {
  it('answers requests; a program that is not there is missing; one that ends is an error', async () => {
    const { PeerProcess } = await harness('peer-process');
    const script = `
      const { serve } = await import(${JSON.stringify(new URL('../../benchmarks/peers/protocol.mjs', import.meta.url).href)});
      await serve({ double: ({ x }) => 2 * x, end: () => process.exit(3) }, { program: '1.2' });`;
    const peer = await PeerProcess.start(process.execPath, ['--input-type=module', '-e', script]);
    expect(peer.versions).toEqual({ program: '1.2' });
    expect(await peer.request('double', { x: 21 })).toBe(42);
    await expect(peer.request('unknown')).rejects.toThrow('the peer failed');
    await expect(peer.request('end')).rejects.toThrow('the peer ended');
    peer.close();
    await expect(PeerProcess.start(join(folder, 'nothing'), [])).rejects.toThrow(PeerMissing);
    await setTimeout(0);
  });
});

describe('agreement', () => {
  it('does not hold for NaN, for nothing, or beyond the tolerance', () => {
    expect(agreementOf({ a: [Number.NaN, 1] }).passed).toBe(false);
    expect(agreementOf({}).passed).toBe(false);
    expect(agreementOf({ a: [1, 1], b: [1.1, 1] }).passed).toBe(false);
    expect(agreementOf({ a: [1, 1] }).passed).toBe(true);
  });

  it('measures differences in the width of what is compared with', () => {
    expect(largestDifferenceInWidths([1, -1, 2.5], [1, -1, 2])).toBeCloseTo(0.5 / Math.sqrt(2), 12);
    expect(largestDifferenceInWidths([Number.NaN, 1], [1, 1])).toBeNaN();
    expect(() => largestDifferenceInWidths([1], [1, 2])).toThrow();
  });
});

describe('the results', () => {
  const result = (name: string, ratio: number) => ({ name, peer: 'peer', ratio, agreement: agreed });

  it('are an array; a part of the cases takes the place of its own entries only', () => {
    const path = join(folder, 'results', 'latest.json');
    expect(readResults(path)).toEqual([]);
    writeResults(path, [result('a', 1), result('b', 2)], { keepOthers: false });
    writeResults(path, [result('b', 3), result('c', 4)], { keepOthers: true });
    const kept = JSON.parse(readFileSync(path, 'utf8'));
    expect(kept.map(({ name, ratio }: { name: string; ratio: number }) => [name, ratio])).toEqual([
      ['a', 1],
      ['b', 3],
      ['c', 4],
    ]);
    writeResults(path, [result('c', 5)], { keepOthers: false });
    expect(readResults(path)).toHaveLength(1);
  });

  it('make a table with the spread, the target and the reason where there is no ratio', () => {
    const timed = {
      ...result('a', 1.234),
      ratioSpread: { min: 1.1, max: 1.5 },
      ours: 0.25,
      theirs: 0.3085,
      unit: 's',
    };
    const table = markdownTable([
      { ...timed, target: 1.5, met: false },
      { name: 'b', peer: 'peer', skipped: 'python3-h5py is not installed' },
    ]);
    expect(table).toContain('| a | peer | 1.23 (1.10–1.50) | ≥ 1.5, missed | 0.25 s | 0.308 s |');
    expect(table).toContain('| b | peer | skipped: python3-h5py is not installed |');
    expect(new Set(table.split('\n').map((line: string) => line.split('|').length)).size).toBe(1);
  });
});

describe('the cases', () => {
  it('all load, so that none is left behind when something is renamed', async () => {
    const cases = new URL('../../benchmarks/cases/', import.meta.url);
    for (const name of readdirSync(cases)) {
      const { default: listed } = await import(new URL(name, cases).href);
      for (const one of [listed].flat()) expect(typeof one.prepare, name).toBe('function');
    }
  });
});
