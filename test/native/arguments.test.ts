import { describe, expect, it } from 'vitest';
import { errorCodes } from '#caloscope/errors';
import { native } from '#caloscope/native/binding';
import { runJob } from '#caloscope/native/run-job';
import {
  axes,
  computer,
  core,
  disposed,
  ensemble,
  geometry,
  matrix,
  member,
  network,
  pairs,
  plan,
  ranked,
  regression,
  samples,
  sumOfBoth,
  table,
  withTensor,
} from '../support/core-arguments.js';

/** Whatever JavaScript hands to the core, it answers with an error that has a code; it never crashes. */

const operations = Object.keys(core).filter((name) => typeof core[name] === 'function');

const knownCodes = Object.keys(errorCodes).filter((code) => code !== 'ERR_INTERNAL');

const junk: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  1,
  -1,
  0.5,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  'low',
  'calogan',
  Symbol('s'),
  10n,
  {},
  [],
  [1, 2],
  new Float32Array(0),
  new Float32Array(6),
  new Float64Array(3),
  new Uint32Array(2),
  new Uint8Array(2),
  new ArrayBuffer(8),
  new DataView(new ArrayBuffer(8)),
  new Map(),
  () => undefined,
  geometry,
  { ...geometry, firstVoxel: Uint32Array.of(5, 1) },
  { ...geometry, eta: 'x' },
  { ...geometry, definitions: 'calogan' },
  plan,
  { ...plan, hidden: new Uint32Array(0) },
  { ...plan, folds: 1e9 },
  { ...plan, learners: 'network' },
  { ...plan, learners: [] },
  { ...plan, learners: ['network', 'network'] },
  { ...plan, split: { train: 0.6, validation: 0.2, test: 0.3 } },
  { ...plan, split: 0.2 },
  { ...plan, input: 1 },
  { folder: '', resume: true },
  { folder: 'a', resume: 1 },
  { ...plan, hidden: Uint32Array.of(0) },
  { ...plan, hidden: Uint32Array.of(4e9, 4e9) },
  table,
  matrix,
  samples,
  ranked,
  disposed,
  network,
  { ...network, slope: 'x' },
  withTensor({ name: 1 }),
  withTensor({ shape: [1, 1] }),
  member,
  [member],
  [member, table],
  sumOfBoth,
  ensemble,
  { ...sumOfBoth, members: [member] },
  { ...sumOfBoth, members: pairs.toReversed() },
  { ...sumOfBoth, blocks: 1e9 },
  { ...sumOfBoth, whitening: axes },
  { ...sumOfBoth, whitening: { ...axes, clip: Number.NaN } },
  { ...sumOfBoth, covariance: new Float64Array(2 ** 16) },
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('a getter that throws');
      },
    },
  ),
];

/** A small reproducible generator: the calls must be the same in every run. */
function* numbers(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Handles that the other tests need must stay. */
function isKept(name: string, argument: unknown): boolean {
  const kept = [table, matrix, samples, ranked, member, regression, ensemble] as const;
  return name === 'dispose' && kept.some((handle) => argument === handle);
}

function callWith(name: string, args: unknown[]): void {
  try {
    // A job that was begun is not cancelled: those of this test are short, and their errors must be harmless too.
    core[name]?.(...args);
  } catch (error) {
    // A TypeError comes from the engine (a Symbol as a number, a getter that throws); all else has a code of the list,
    // and not the one of a fault in the core.
    if (error instanceof TypeError || (error as Error).message === 'a getter that throws') return;
    const { code, message } = error as Error & { code?: string };
    expect(knownCodes, `${name}: ${message}`).toContain(code);
  }
}

describe('the native core', () => {
  it.each(operations.map((name) => [name] as const))('%s survives any argument', async (name) => {
    const random = numbers(name.length * 7919 + name.charCodeAt(0));
    const next = () => random.next().value as number;
    callWith(name, []);
    for (const first of junk) {
      if (!isKept(name, first)) callWith(name, [first, first, first, first, first, first]);
    }
    for (let i = 0; i < 1500; i++) {
      const args = Array.from(
        { length: 1 + Math.floor(next() * 7) },
        () => junk[Math.floor(next() * junk.length)],
      );
      if (!isKept(name, args[0])) callWith(name, args);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('refuses handles of another kind and disposed ones with their own codes', () => {
    const code = (call: () => unknown) => {
      try {
        call();
        return 'none';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(() => core['showerTable']?.(matrix))).toBe('ERR_ARGUMENT');
    expect(code(() => core['showerTable']?.(disposed))).toBe('ERR_DISPOSED');
    expect(code(() => core['showerTable']?.({}))).toBe('ERR_ARGUMENT');
    expect(code(() => core['showerTable']?.(Object.create(table)))).toBe('ERR_ARGUMENT');
  });

  it('refuses tensors that do not have the shape of their values, or lose them while they are read', () => {
    const shapes = [[], [2, 1], [3], [0], [0, 1], [2 ** 31, 2 ** 31, 4], [2 ** 32 - 1, 2 ** 32 - 1]];
    const wrong = [
      ...shapes.map((shape) => withTensor({ shape: Uint32Array.from(shape), values: new Float32Array(1) })),
      ...shapes.map((shape) => withTensor({ shape: Uint32Array.from(shape), values: new Float32Array(0) })),
    ].filter((_, i) => i !== 0); // a number without a shape is one number
    const values = Float32Array.of(1);
    const thief = {
      ...network.tensors[1],
      get name() {
        if (values.length > 0) structuredClone(values, { transfer: [values.buffer] });
        return 'layers.0.bias';
      },
    };
    const [weight, , ...rest] = network.tensors;
    wrong.push({ ...network, tensors: [{ ...weight, values }, thief, ...rest] } as (typeof wrong)[number]);
    for (const record of wrong) {
      expect(() => core['createMember']?.(record)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
    }
  });

  it('refuses an ensemble whose parts do not fit together', () => {
    const wrong: readonly [what: string, code: string, change: object][] = [
      ['no member', 'ERR_CLASSIFIER', { members: [] }],
      ['a member too few', 'ERR_CLASSIFIER', { members: pairs.slice(1) }],
      ['pairs of blocks in another order', 'ERR_CLASSIFIER', { members: pairs.toReversed() }],
      ['learners in another order', 'ERR_CLASSIFIER', { members: [pairs[1], pairs[0], ...pairs.slice(2)] }],
      ['two blocks', 'ERR_CLASSIFIER', { blocks: 2 }],
      ['four blocks', 'ERR_CLASSIFIER', { blocks: 4 }],
      ['one block left out', 'ERR_ARGUMENT', { members: [{ ...pairs[0], leftOut: Uint32Array.of(0) }] }],
      ['a weight too few', 'ERR_CLASSIFIER', { weights: Float64Array.of(1) }],
      ['a covariance of another size', 'ERR_CLASSIFIER', { covariance: new Float64Array(4) }],
      ['a weight that is not finite', 'ERR_NON_FINITE', { weights: Float64Array.of(1, Number.NaN) }],
      ['a matrix of another size', 'ERR_CLASSIFIER', { whitening: { ...axes, matrix: new Float64Array(2) } }],
      ['a clip of 0', 'ERR_CLASSIFIER', { whitening: { ...axes, clip: 0 } }],
      [
        'a centre that is not finite',
        'ERR_NON_FINITE',
        { whitening: { ...axes, centre: Float64Array.of(Infinity) } },
      ],
    ];
    for (const [what, code, change] of wrong) {
      const create = () => core['createEnsemble']?.({ ...sumOfBoth, ...change });
      expect(create, what).toThrow(expect.objectContaining({ code }));
    }
  });

  it('refuses a plan that it cannot follow', async () => {
    const wrong: readonly object[] = [
      { folds: 2 },
      { folds: 0 },
      { members: 0 },
      { split: { train: 0.6, validation: 0.2, test: 0.3 } },
      { learners: [] },
    ];
    for (const change of wrong) {
      const follow = (notify: unknown) =>
        core['crossFit']?.(samples, { ...plan, ...change }, null, computer, notify);
      await expect(runJob(follow as Parameters<typeof runJob>[0])).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
      });
      if ('learners' in change) continue; // labellings do not depend on them
      expect(() => core['labellings']?.(20, 20, { ...plan, ...change }), 'labellings').toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT' }),
      );
    }
  });

  it('refuses sizes that do not fit together', () => {
    const append = (energies: Float64Array, voxels: Float32Array) => () =>
      native().appendShowers(table, energies, voxels);
    expect(append(new Float64Array(2), new Float32Array(5))).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
    expect(append(Float64Array.of(1), Float32Array.of(1, Number.NaN, 1))).toThrow(
      expect.objectContaining({ code: 'ERR_NON_FINITE' }),
    );
    expect(native().showerTable(table).rows).toBe(2);
    expect(() => native().readShowers(table, 1, 2)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
  });
});
