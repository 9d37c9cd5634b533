/** What scikit-learn 1.2.1 says of twelve rows: IsotonicRegression, _SigmoidCalibration, calibration_curve, brier_score_loss, log_loss. */
import { describe, expect, it } from 'vitest';
import { calibrate } from '#caloscope/calibration/calibration';
import { probabilityScores } from '#caloscope/calibration/probability-scores';
import { reliability } from '#caloscope/calibration/reliability';

const rows = {
  reference: Float64Array.of(-1.25, 0.25, 0.75, 2.25, 3.0, 3.5),
  generated: Float64Array.of(-2.5, -1.75, -1.25, -0.5, 0.5, 1.5),
};
const query = Float64Array.of(-3, -1.25, 0, 0.6, 2, 4);
const asSampled = { balance: false };
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

function expectAllClose(values: ArrayLike<number>, expected: readonly number[], digits = 12): void {
  expect(values.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, digits);
}

describe('as scikit-learn', () => {
  it('isotonic', async () => {
    const { logOdds } = await calibrate('isotonic', rows, query, asSampled);
    const expected = [1e-6, 0.3333333333333333, 0.44387465298331974, 0.5, 0.8630301837981647, 0.999999];
    expectAllClose(logOdds.map(sigmoid), expected);
  });

  it('platt: _SigmoidCalibration, which ends at a gradient of 1e-5', async () => {
    const { parameters, logOdds } = await calibrate('platt', rows, query, asSampled);
    expect(parameters['slope']).toBeCloseTo(0.5295815882414971, 5);
    expect(parameters['offset']).toBeCloseTo(-0.18586326677472356, 5);
    // Where the gradient is 0: scipy.optimize.root.
    expect(parameters['slope']).toBeCloseTo(0.5295820921567992, 13);
    expect(parameters['offset']).toBeCloseTo(-0.1858635896644217, 13);
    const expected = [
      0.14497021073114327, 0.2998861101026067, 0.4536674868918329, 0.5329237129044236, 0.7054318763336667,
      0.8735217957089232,
    ];
    expectAllClose(logOdds.map(sigmoid), expected, 5);
  });

  it('reliability', async () => {
    const [reference, generated] = [rows.reference.map(sigmoid), rows.generated.map(sigmoid)];
    const cases = [
      ['quantile', 3, [0.25, 0.5, 0.75], [0.16732641392588768, 0.5603388000152978, 0.9113717268414028]],
      [
        'uniform',
        4,
        [0.25, 0, 0.6666666666666666, 0.75],
        [0.16732641392588768, 0.3775406687981454, 0.6212715104210152, 0.9113717268414028],
      ],
    ] as const;
    for (const [spacing, bins, frequencies, means] of cases) {
      const found = await reliability(reference, generated, { spacing, bins, ...asSampled });
      expectAllClose(
        found.bins.map(({ frequency }) => frequency),
        frequencies,
      );
      expectAllClose(
        found.bins.map(({ meanProbability }) => meanProbability),
        means,
      );
    }
  });

  it('Brier score and log-loss', async () => {
    const { brier, logLoss } = await probabilityScores(rows, asSampled);
    expect(brier).toBeCloseTo(0.18222492718920968, 14);
    expect(logLoss).toBeCloseTo(0.5236578373767669, 14);
  });
});
