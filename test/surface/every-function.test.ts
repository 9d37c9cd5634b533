/**
 * Every function that the package exports, with wrong arguments: a line with a code, never an error of JavaScript itself, and no
 * option that is not known.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import * as caloscope from '#caloscope/index';
import { gaussianSample } from '../support/gaussian-samples.js';
import { gridGeometry, gridShowers } from '../support/grid-showers.js';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-arguments-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Call = (...words: unknown[]) => unknown;
const isClass = (value: unknown) => /^class\s/.test(String(value));
const functions = Object.entries(caloscope).filter(
  (entry): entry is [string, Call] => typeof entry[1] === 'function' && !isClass(entry[1]),
);

/** What a call ends with. */
async function ended(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}

/** What nothing is wrong with. */
const sound = new Set([
  'removeCheckpoints', // of a folder that is not there
  'parseUhiDocument', // a document without histograms
  'uhiDocument',
]);

describe('wrong arguments are told with a code', () => {
  const wrong = [undefined, null, 'no such thing', 3, {}, []];
  it.each(functions)('%s', async (name, call) => {
    for (const words of [
      [],
      ...wrong.map((one) => [one]),
      ...wrong.map((one) => [one, one]),
      ...wrong.map((one) => [one, one, one]),
      ...wrong.map((one) => [one, one, one, one]),
    ]) {
      const error = await ended(() => call(...words));
      if (error === null && (sound.has(name) || words.length > 1)) continue;
      expect(error, inspect(words)).toBeInstanceOf(caloscope.CaloscopeError);
      expect((error as Error).message).not.toMatch(/\n|is not a function|Cannot (read|destructure)/);
    }
  });
});

const numbers = () => Float64Array.from({ length: 40 }, (_, i) => Math.sin(i));
const known = { reference: numbers(), generated: numbers() };
const columns = [known];
const matrix = gaussianSample(30, [0], 1);
const showers = gridShowers(20, 1);
const small = { folds: 3, learners: ['logistic'], threads: 1 } as const;
const trained = async () =>
  (await caloscope.trainClassifier(matrix, gaussianSample(30, [1], 2), small)).ensemble;
const ensemble = await trained();
const histogram = () => new caloscope.WeightedHistogram([caloscope.regularAxis(2, 0, 1)]);
const out = join(folder, 'out');
const toys = { geometry: 'calogan', showers: 2, seed: 1 } as const;

/** Calls of every function that takes options, sound but for these. */
const withOptions: Readonly<Record<string, (options: never) => unknown>> = {
  areaUnderCurve: (options) => caloscope.areaUnderCurve(numbers(), numbers(), options),
  calibrate: (options) => caloscope.calibrate('platt', known, numbers(), options),
  categoryAxis: (options) => caloscope.categoryAxis(['a'], options),
  'ClassifierEnsemble.score': (options) => ensemble.score(matrix, options),
  crossCalibrate: (options) => caloscope.crossCalibrate('platt', known as never, options),
  densityRatioWeights: (options) => caloscope.densityRatioWeights(numbers(), options),
  evaluate: (options) => caloscope.evaluate(matrix, matrix, options),
  exportOnnx: (options) => caloscope.exportOnnx(ensemble, out, options),
  featureRows: (options) => caloscope.featureRows(showers, 'high', options),
  findFailures: (options) => caloscope.findFailures(columns, known, options),
  findRepeatedShowers: (options) => caloscope.findRepeatedShowers(showers, showers, options),
  gaussianMixture: (options) => caloscope.gaussianMixture([numbers()], options),
  inspectShowerFile: (options) => caloscope.inspectShowerFile('none.hdf5', options),
  isotonicRegression: (options) => caloscope.isotonicRegression(numbers(), numbers(), options),
  kolmogorovSmirnov: (options) => caloscope.kolmogorovSmirnov(numbers(), numbers(), options),
  largestDistance: (options) => caloscope.largestDistance(columns, options),
  logAxis: (options) => caloscope.logAxis(2, 1, 2, options),
  logLossGain: (options) => caloscope.logLossGain(known, known, options),
  observableValues: (options) => caloscope.observableValues(showers, [0], options),
  'OnnxClassifier.load': (options) => caloscope.OnnxClassifier.load('none.onnx', options),
  openEvents: (options) => caloscope.openEvents('none.h5', options),
  openJets: (options) => caloscope.openJets('none.hdf5', options),
  openSample: (options) => caloscope.openSample('none.hdf5', options),
  openShowers: (options) => caloscope.openShowers('none.hdf5', options),
  openTable: (options) => caloscope.openTable('none.csv', options),
  probabilityScores: (options) => caloscope.probabilityScores(known, options),
  readLineage: (options) => caloscope.readLineage('.', options),
  regularAxis: (options) => caloscope.regularAxis(2, 0, 1, options),
  reliability: (options) => caloscope.reliability(Float64Array.of(0.4), Float64Array.of(0.6), options),
  renderReport: (options) => caloscope.renderReport({} as never, options),
  resolveGeometry: (options) => caloscope.resolveGeometry('ds2', options),
  rocCurve: (options) => caloscope.rocCurve(numbers(), numbers(), options),
  scoreFile: (options) => caloscope.scoreFile(ensemble, 'none.csv', options),
  simulateShowers: (options) => caloscope.simulateShowers(out, Object.assign({ ...toys }, options)),
  supportOverlap: (options) => caloscope.supportOverlap(columns, options),
  toyShowers: (options) => caloscope.toyShowers(Object.assign({ ...toys }, options)),
  trainClassifier: (options) => caloscope.trainClassifier(matrix, matrix, options),
  variableAxis: (options) => caloscope.variableAxis([0, 1], options),
  WeightedHistogram: (options) => new caloscope.WeightedHistogram([caloscope.regularAxis(2, 0, 1)], options),
  'WeightedHistogram.fill': (options) => histogram().fill([numbers()], options),
  writeEvaluation: (options) => caloscope.writeEvaluation({ result: {} } as never, out, options),
  writeFigures: (options) => caloscope.writeFigures({} as never, join(folder, 'figures'), options),
  writeReport: (options) => caloscope.writeReport({} as never, out, options),
  writeWeightsFile: (options) =>
    caloscope.writeWeightsFile(
      out,
      [{ group: '/', logWeights: numbers(), logits: { values: new Float32Array(40), members: 1, rows: 40 } }],
      {},
      options,
    ),
};

/** Functions without options. */
const withoutOptions = [
  ...[
    'chiSquare',
    'densitiesFromDraws',
    'densitiesFromSpread',
    'featureNames',
    'freeSample',
    'observablesOf',
    'parseUhiDocument',
    'parseUhiHistogram',
  ],
  ...[
    'regionFactor',
    'removeCheckpoints',
    'separationPower',
    'showersFromArrays',
    'sparseUhi',
    'uhiDocument',
  ],
];

describe('an option that is not known is refused by name', () => {
  it('in every function that has options', () => {
    const named = Object.keys(withOptions).filter(
      (name) => !name.includes('.') && name !== 'WeightedHistogram',
    );
    expect([...named, ...withoutOptions].sort()).toEqual(functions.map(([name]) => name).sort());
  });

  it.each(Object.entries(withOptions))('%s', async (_, call) => {
    const error = await ended(() => call({ nosuchoption: 1 } as never));
    expect(error).toBeInstanceOf(caloscope.CaloscopeError);
    expect(error).toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('no option nosuchoption'),
    });
  });

  it('with what was meant', async () => {
    const misspelt = { sginal: null } as never;
    for (const call of [withOptions['writeReport'], withOptions['scoreFile'], withOptions['rocCurve']]) {
      expect(await ended(() => call?.(misspelt))).toMatchObject({
        message: 'there is no option sginal; did you mean signal?',
      });
    }
  });
});

it('the console shows one line', async () => {
  const lines = [showers, ensemble, histogram(), gridGeometry(), await caloscope.resolveGeometry('ds2')].map(
    (one) => inspect(one),
  );
  expect(lines).toEqual([
    'ShowerSample { 20 showers of 24 voxels (cartesian:2x3x4), array }',
    expect.stringMatching(/^ClassifierEnsemble \{ \d+ members \(.*\) of 1 columns \}$/),
    'WeightedHistogram { 2 bins }',
    'Geometry { cartesian:2x3x4: 2 layers, 24 voxels }',
    'Geometry { ds2: 45 layers, 6480 voxels }',
  ]);
});

describe('dispose() while work is under way', () => {
  it('waits for the evaluation, and refuses what is begun afterwards', async () => {
    const samples = [gridShowers(60, 1), gridShowers(60, 2)] as const;
    const options = { folds: 3, learners: ['logistic'], features: 'high', threads: 1 } as const;
    const { result: expected } = await caloscope.evaluate(...samples, options);
    const evaluating = caloscope.evaluate(...samples, options);
    for (const sample of samples) sample.dispose();
    await expect(caloscope.evaluate(...samples, options)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    expect((await evaluating).result.auc).toEqual(expected.auc);
    expect(() => samples[0].incidentEnergies()).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
    expect(inspect(samples[0])).toBe('ShowerSample { disposed }');
  });

  it('waits for scores, and for those of a file', async () => {
    const own = await trained();
    const scoring = own.score(matrix);
    own.dispose();
    expect((await scoring).logRatios).toHaveLength(30);
    await expect(own.score(matrix)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });
});
