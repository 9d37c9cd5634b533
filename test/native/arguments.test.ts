import { describe, expect, it } from 'vitest';
import { errorCodes } from '#caloscope/errors';
import { mustBeOneOf } from '#caloscope/names';
import { native } from '#caloscope/native/binding';
import { enumerations } from '#caloscope/native/contract/names';
import type { RankedScoresHandle } from '#caloscope/native/contract/statistics';
import type { PreparedSamplesHandle } from '#caloscope/native/contract/training';
import { runJob } from '#caloscope/native/run-job';
import { oneInputNetwork } from '../support/one-input-network.js';
import { smallEnsemble } from '../support/small-ensembles.js';

/** Whatever JavaScript hands to the core, it answers with an error that has a code; it never crashes. */

const core = native() as unknown as Record<string, (...args: unknown[]) => unknown>;
const operations = Object.keys(core).filter((name) => typeof core[name] === 'function');

const knownCodes = Object.keys(errorCodes).filter((code) => code !== 'ERR_INTERNAL');

const geometry = {
  definitions: 'calochallenge',
  transverse: 'eta-phi',
  firstVoxel: Uint32Array.of(0, 2, 3),
  layerId: Uint32Array.of(0, 1),
  angular: Uint8Array.of(1, 0),
  lengthUnit: 'mm',
  eta: Float64Array.of(0, 1, 2),
  phi: Float64Array.of(0, 1, 2),
  radius: Float64Array.of(0, 1, 2),
};
const plan = {
  folds: 3,
  members: 1,
  seed: 1,
  learners: ['network', 'logistic', 'quadratic', 'trees'],
  split: null,
  input: 'two columns',
  groups: new Uint32Array(0),
  validationFraction: 0.2,
  hidden: Uint32Array.of(4),
  activation: 'relu',
  slope: 0,
  epochs: 1,
  batchSize: 4,
  learningRate: 1e-3,
  weightDecay: 0,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  dropout: 0,
  patience: 1,
  schedule: 'plateau',
  precision: 'float32',
};
const table = native().createShowerTable(3, 0);
native().appendShowers(table, Float64Array.of(10, 20), Float32Array.of(1, 0, 2, 0, 3, 4));
const matrix = native().makeMatrix(new Float32Array(40).map(Math.sin), 2);
const samples = await runJob<PreparedSamplesHandle>((notify) =>
  native().prepareSamples(matrix, matrix, true, { threads: 1, cudaDevices: new Uint32Array(0) }, notify),
);
const scores = Float64Array.of(1, 2);
const ranked = await runJob<RankedScoresHandle>((notify) =>
  native().rankScores(scores, scores, null, null, { threads: 1, cudaDevices: new Uint32Array(0) }, notify),
);
const network = oneInputNetwork();
const withTensor = (wrong: object) => ({
  ...network,
  tensors: [{ ...network.tensors[0], ...wrong }, ...network.tensors.slice(1)],
});
const member = native().createMember(network);
const { regression, pairs, sumOfBoth, axes } = smallEnsemble(member);
const ensemble = native().createEnsemble(sumOfBoth);
const disposed = native().createShowerTable(3, 0);
native().dispose(disposed);

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

  const computer = { threads: 1, cudaDevices: new Uint32Array(0) };
  const axis = { type: 'regular', upperEdge: 'overflow', bins: 2, lower: 0, upper: 1 };
  const toys = {
    geometry: 'ds2',
    seed: 1,
    distortion: 'none',
    strength: 0,
    distorted: false,
    first: 0,
    count: 1,
    threads: 1,
  };
  const ratio = { rule: 'mean-logit', priorShift: 0, role: 'generated', clip: null };
  const prediction = { ...computer, precision: 'float32' };
  const ignore = () => undefined;
  const train = (wrong: object) => core['crossFit']?.(samples, { ...plan, ...wrong }, null, computer, ignore);
  const weigh = (wrong: object) =>
    core['densityRatioWeights']?.(new Float32Array(2), 1, { ...ratio, ...wrong }, computer, ignore);

  const calibrationSet = {
    reference: Float64Array.of(1, 2),
    generated: Float64Array.of(-1, 0),
    referenceWeights: null,
    generatedWeights: null,
  };

  /** Every place where a name crosses, with the enumeration that it is of. */
  const places: readonly [string, keyof typeof enumerations, (name: unknown) => unknown][] = [
    [
      'geometry',
      'featureDefinitions',
      (definitions) => core['featureNames']?.({ ...geometry, definitions }, 'low'),
    ],
    [
      'coordinates of a geometry',
      'transverseCoordinates',
      (transverse) => core['observables']?.({ ...geometry, transverse }),
    ],
    ['set of featureNames', 'featureSet', (set) => core['featureNames']?.(geometry, set)],
    ['set of featureRows', 'featureSet', (set) => core['featureRows']?.(table, geometry, set, null, 0, 1)],
    [
      'set of makeFeatures',
      'featureSet',
      (set) => core['makeFeatures']?.(table, geometry, set, null, 1, ignore),
    ],
    ['type of an axis', 'axisType', (type) => core['createHistogram']?.([{ ...axis, type }], 1)],
    [
      'upper edge of an axis',
      'upperEdge',
      (upperEdge) => core['createHistogram']?.([{ ...axis, upperEdge }], 1),
    ],
    ['activation of a plan', 'activation', (activation) => train({ activation })],
    ['schedule', 'schedule', (schedule) => train({ schedule })],
    ['precision of a plan', 'precision', (precision) => train({ precision })],
    ['learner of a plan', 'learner', (learner) => train({ learners: [learner] })],
    ['learner of a member', 'learner', (learner) => core['createMember']?.({ ...network, learner })],
    [
      'learner in an ensemble',
      'learner',
      (learner) =>
        core['createEnsemble']?.({ ...sumOfBoth, members: pairs.map((one) => ({ ...one, learner })) }),
    ],
    [
      'activation of a member',
      'activation',
      (activation) => core['createMember']?.({ ...network, activation }),
    ],
    [
      'precision of a prediction',
      'precision',
      (precision) => core['scoreRows']?.(ensemble, matrix, { ...prediction, precision }, ignore),
    ],
    ['ensemble rule', 'ensembleRule', (rule) => weigh({ rule })],
    ['role of a sample', 'sampleRole', (role) => weigh({ role })],
    ['distortion', 'distortion', (distortion) => core['makeToyShowers']?.({ ...toys, distortion }, ignore)],
    [
      'geometry of toys',
      'toyGeometry',
      (name) => core['makeToyShowers']?.({ ...toys, geometry: name }, ignore),
    ],
    [
      'method of calibrate',
      'calibration',
      (method) => core['calibrate']?.(method, calibrationSet, new Float64Array(2), true, ignore),
    ],
    [
      'method of crossCalibrate',
      'calibration',
      (method) =>
        core['crossCalibrate']?.(
          method,
          calibrationSet,
          Uint16Array.of(0, 1),
          Uint16Array.of(0, 1),
          true,
          ignore,
        ),
    ],
    [
      'spacing of bins',
      'binSpacing',
      (spacing) =>
        core['reliability']?.(
          Float64Array.of(0.2, 0.6),
          Float64Array.of(0.1, 0.5),
          { bins: 2, spacing, balance: true, resamples: 2, seed: 1 },
          ignore,
        ),
    ],
  ];

  it.each(places)('takes nothing unknown for a default: %s', (_, enumeration, call) => {
    const list = enumerations[enumeration];
    const strangers = [
      '',
      'unheard-of',
      `${list[0]} `,
      list[0].toUpperCase(),
      0,
      1,
      true,
      null,
      undefined,
      [list[0]],
      {},
    ];
    for (const stranger of strangers) {
      expect(() => call(stranger), JSON.stringify(stranger)).toThrow(
        expect.objectContaining({
          code: 'ERR_ARGUMENT',
          message: expect.stringContaining(mustBeOneOf(list)),
        }),
      );
    }
  });

  it('is requested for every enumeration that crosses', () => {
    expect(new Set(places.map(([, enumeration]) => enumeration))).toEqual(new Set(Object.keys(enumerations)));
  });

  it('knows the names of the contract, and no error that the package does not know', () => {
    const { errorCode, ...lists } = native().names();
    expect(lists).toEqual(enumerations);
    expect(errorCode.filter((code) => !Object.hasOwn(errorCodes, code))).toEqual([]);
  });
});
