/** A name that crosses to the core is one of its enumeration: nothing unknown becomes a default. */
import { describe, expect, it } from 'vitest';
import { errorCodes } from '#caloscope/errors';
import { mustBeOneOf } from '#caloscope/names';
import { native } from '#caloscope/native/binding';
import { enumerations } from '#caloscope/native/contract/names';
import {
  computer,
  core,
  ensemble,
  geometry,
  matrix,
  network,
  pairs,
  plan,
  samples,
  sumOfBoth,
  table,
} from '../support/core-arguments.js';

describe('the native core', () => {
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
          {
            reference: Float64Array.of(0.2, 0.6),
            generated: Float64Array.of(0.1, 0.5),
            referenceWeights: null,
            generatedWeights: null,
          },
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
