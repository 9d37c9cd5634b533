import { describe, expect, it } from 'vitest';
import {
  type CalibrationMethod,
  calibrate,
  crossCalibrate,
  type FoldedLogits,
} from '#caloscope/calibration/calibration';
import { isotonicRegression } from '#caloscope/calibration/isotonic-regression';
import { logLossGain, probabilityScores } from '#caloscope/calibration/probability-scores';
import { reliability } from '#caloscope/calibration/reliability';
import { calibrationMethods } from '#caloscope/native/contract/calibration';

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

/** The same numbers every time (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows whose true log odds are the logits, times `scale`; with ties where `step` is given. */
function labelled(rows: number, seed: number, scale = 1, step = 0) {
  const random = randomNumbers(seed);
  const reference: number[] = [];
  const generated: number[] = [];
  for (let row = 0; row < rows; row++) {
    const drawn = 3 * (random() + random() + random() - 1.5);
    const logit = step > 0 ? Math.round(drawn / step) * step : drawn;
    (random() < sigmoid(scale * logit) ? reference : generated).push(logit);
  }
  return { reference: Float64Array.from(reference), generated: Float64Array.from(generated) };
}

interface Knot {
  x: number;
  y: number;
  weight: number;
}

/** Isotonic regression at x, over and over until nothing falls. */
function slowRegressionAt(knots: readonly Knot[], x: number): number {
  const blocks = [...new Set(knots.map((knot) => knot.x))]
    .sort((a, b) => a - b)
    .map((at) => knots.filter((knot) => knot.x === at));
  const mean = (block: readonly Knot[]) =>
    block.reduce((sum, { y, weight }) => sum + y * weight, 0) /
    block.reduce((sum, { weight }) => sum + weight, 0);
  for (;;) {
    const at = blocks.findIndex((block, i) => i > 0 && mean(blocks[i - 1] as Knot[]) >= mean(block));
    if (at < 0) break;
    blocks.splice(at - 1, 2, [...(blocks[at - 1] as Knot[]), ...(blocks[at] as Knot[])]);
  }
  return mean(blocks.find((block) => block.some((knot) => knot.x === x)) as Knot[]);
}

describe('Venn–Abers', () => {
  const cases: readonly [string, number, boolean][] = [
    ['continuous logits', 0, false],
    ['tied logits', 0.5, false],
    ['balanced samples', 0.5, true],
  ];
  it.each(cases)('%s: the regression with the row added, twice', async (_, step, balance) => {
    const known = labelled(70, 11, 0.6, step);
    const query = Float64Array.from([...labelled(30, 12, 1, step).reference, -9, 9, 0]);
    const found = await calibrate('venn-abers', known, query, { balance });
    const rows = known.reference.length + known.generated.length;
    const weightOf = {
      reference: balance ? rows / 2 / known.reference.length : 1,
      generated: balance ? rows / 2 / known.generated.length : 1,
    };
    const knots = [
      ...Array.from(known.reference, (x) => ({ x, y: 1, weight: weightOf.reference })),
      ...Array.from(known.generated, (x) => ({ x, y: 0, weight: weightOf.generated })),
    ];
    for (const [i, x] of query.entries()) {
      const p0 = slowRegressionAt([...knots, { x, y: 0, weight: weightOf.generated }], x);
      const p1 = slowRegressionAt([...knots, { x, y: 1, weight: weightOf.reference }], x);
      expect(found.lower?.[i]).toBeCloseTo(p0, 12);
      expect(found.upper?.[i]).toBeCloseTo(p1, 12);
      const merged = p1 / (1 - p0 + p1);
      expect(sigmoid(found.logOdds[i] as number)).toBeCloseTo(merged, 12);
    }
  });
});

describe('histogram binning', () => {
  it('gives the share of reference rows of bins with equal content', async () => {
    const known = labelled(300, 5);
    const all = [...known.reference, ...known.generated].sort((a, b) => a - b);
    const query = Float64Array.from([-20, ...all, 20]);
    const { logOdds } = await calibrate('histogram', known, query, { balance: false });
    const reference = new Set(known.reference);
    for (let bin = 0; bin < 15; bin++) {
      const inside = all.slice(20 * bin, 20 * bin + 20);
      const share = inside.filter((logit) => reference.has(logit)).length / 20;
      const bounded = Math.min(Math.max(share, 1e-6), 1 - 1e-6);
      for (const row of inside.keys()) {
        expect(sigmoid(logOdds[1 + 20 * bin + row] as number)).toBeCloseTo(bounded, 12);
      }
    }
    expect(logOdds[0]).toBe(logOdds[1]);
    expect(logOdds.at(-1)).toBe(logOdds.at(-2));
  });
});

describe('calibration', () => {
  it.each(calibrationMethods)('%s finds log odds that were twice too large', async (method) => {
    const known = labelled(20_000, 7, 0.5);
    const query = Float64Array.of(-2, -1, 0, 1, 2);
    const { logOdds } = await calibrate(method, known, query, { balance: false });
    for (const [i, logit] of query.entries()) {
      expect(Math.abs((logOdds[i] as number) - 0.5 * logit)).toBeLessThan(0.25);
    }
  });

  it.each(calibrationMethods)('%s does not know the sizes of balanced samples', async (method) => {
    const known = labelled(6000, 3);
    const query = Float64Array.of(-2, 0.3, 2);
    const twice = { ...known, reference: Float64Array.from([...known.reference, ...known.reference]) };
    const once = await calibrate(method, known, query);
    const again = await calibrate(method, twice, query);
    for (const i of query.keys()) {
      expect(Math.abs((once.logOdds[i] as number) - (again.logOdds[i] as number))).toBeLessThan(0.05);
    }
  });

  it.each(calibrationMethods)(
    '%s is defined for equal logits, separated samples, 20 rows',
    async (method) => {
      const column = (...numbers: number[]) => Float64Array.from(numbers);
      const separated = { reference: column(1, 2, 3), generated: column(-3, -2, -1) };
      const found = await calibrate(method, separated, column(-2, 2));
      expect(found.logOdds.every(Number.isFinite)).toBe(true);
      expect(found.logOdds[0]).toBeLessThan(found.logOdds[1] as number);
      for (const logit of [0, 1.5]) {
        const constant = { reference: column(logit, logit, logit), generated: column(logit) };
        const [odds] = (await calibrate(method, constant, column(logit))).logOdds;
        expect(Math.abs(odds as number)).toBeLessThan(0.3);
      }
      const few = await calibrate(method, labelled(20, 1), column(-1, 0, 1));
      expect(few.logOdds.every(Number.isFinite)).toBe(true);
    },
  );

  it.each(calibrationMethods)('%s leaves rows of weight 0 out', async (method) => {
    const known = labelled(60, 21);
    const more = { ...known, reference: Float64Array.from([...known.reference, -5, -4]) };
    const referenceWeights = new Float64Array(more.reference.length).fill(1, 0, known.reference.length);
    const generatedWeights = new Float64Array(known.generated.length).fill(1);
    const query = Float64Array.of(-3, -1, 0, 2);
    const without = await calibrate(method, known, query);
    const withZeros = await calibrate(method, { ...more, referenceWeights, generatedWeights }, query);
    for (const i of query.keys()) {
      expect(withZeros.logOdds[i]).toBeCloseTo(without.logOdds[i] as number, 10);
    }
  });

  it('refuses what it cannot calibrate with', async () => {
    const known = labelled(50, 2);
    const query = Float64Array.of(0);
    const empty = new Float64Array(0);
    const only = { ...known, generated: empty };
    await expect(calibrate('platt', only, query)).rejects.toMatchObject({ code: 'ERR_TOO_FEW_ROWS' });
    await expect(calibrate('platt', only, query)).rejects.toThrow(/no generated rows/);
    const zeros = {
      ...known,
      referenceWeights: new Float64Array(known.reference.length),
      generatedWeights: new Float64Array(known.generated.length).fill(1),
    };
    await expect(calibrate('isotonic', zeros, query)).rejects.toThrow(/no reference rows with a weight/);
    const bad = { ...known, generated: Float64Array.of(1, Number.NaN) };
    await expect(calibrate('isotonic', bad, query)).rejects.toMatchObject({ code: 'ERR_NON_FINITE' });
    await expect(calibrate('platt', known, Float64Array.of(Number.NaN))).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
    });
    await expect(calibrate('nearest' as CalibrationMethod, known, query)).rejects.toThrow(
      /isotonic, platt, temperature, histogram or venn-abers/,
    );
    const short = { ...known, referenceFold: new Uint16Array(1), generatedFold: new Uint16Array(1) };
    await expect(crossCalibrate('platt', short)).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(isotonicRegression(empty, empty)).rejects.toMatchObject({ code: 'ERR_TOO_FEW_ROWS' });
    await expect(
      isotonicRegression(query, query, { query: Float64Array.of(Number.NaN) }),
    ).rejects.toMatchObject({ code: 'ERR_NON_FINITE' });
    await expect(reliability(Float64Array.of(2), query)).rejects.toThrow(/row 0 does not lie in \[0, 1\]/);
    const many = reliability(query, query, { bins: 2 ** 32 });
    await expect(many).rejects.toThrow(/a reliability curve has at most 1000000 bins/);
  });
});

describe('cross-calibration', () => {
  const inFolds = (rows: number) => Uint16Array.from({ length: rows }, (_, row) => row % 3);

  function folded(): FoldedLogits {
    const { reference, generated } = labelled(120, 9, 0.5, 0.25);
    return {
      reference,
      generated,
      referenceFold: inFolds(reference.length),
      generatedFold: inFolds(generated.length),
    };
  }

  it.each(calibrationMethods)('%s: every row by the map of the other folds', async (method) => {
    const rows = folded();
    const found = await crossCalibrate(method, rows);
    expect(found.parameters).toHaveLength(3);
    for (const fold of [0, 1, 2]) {
      const others = {
        reference: rows.reference.filter((_, row) => rows.referenceFold[row] !== fold) as Float64Array,
        generated: rows.generated.filter((_, row) => rows.generatedFold[row] !== fold) as Float64Array,
      };
      for (const role of ['reference', 'generated'] as const) {
        const inside = (_: number, row: number) => rows[`${role}Fold`][row] === fold;
        const alone = await calibrate(method, others, rows[role].filter(inside) as Float64Array);
        expect(Array.from(found[role].logOdds.filter(inside))).toEqual(Array.from(alone.logOdds));
        expect(found.parameters[fold]).toEqual(alone.parameters);
      }
    }
  });

  it('does not change for a row whose own label is another', async () => {
    const rows = folded();
    const moved = {
      reference: Float64Array.from([...rows.reference, 0.125]),
      generated: rows.generated,
      referenceFold: Uint16Array.from([...rows.referenceFold, 1]),
      generatedFold: rows.generatedFold,
    };
    const other = {
      reference: rows.reference,
      generated: Float64Array.from([...rows.generated, 0.125]),
      referenceFold: rows.referenceFold,
      generatedFold: Uint16Array.from([...rows.generatedFold, 1]),
    };
    for (const method of calibrationMethods) {
      const asReference = await crossCalibrate(method, moved);
      const asGenerated = await crossCalibrate(method, other);
      expect(asReference.reference.logOdds.at(-1)).toBe(asGenerated.generated.logOdds.at(-1));
    }
  });
});

describe('reliability', () => {
  it('has no bias left for probabilities that are right, of samples of any sizes', async () => {
    const excess: number[] = [];
    let small = 0;
    for (let seed = 0; seed < 60; seed++) {
      const known = labelled(400, 100 + seed);
      // Log odds for balanced samples: rows are drawn 300 to 100 from the same densities.
      const rows = {
        reference: known.reference.slice(0, 150).map(sigmoid),
        generated: known.generated.slice(0, 60).map(sigmoid),
      };
      const { error } = await reliability(rows.reference, rows.generated, { resamples: 60, bins: 10 });
      expect(error.expected).toBeGreaterThan(0.02);
      excess.push(error.debiased / error.deviation);
      if (error.pValue < 0.1) small++;
    }
    const mean = excess.reduce((sum, value) => sum + value, 0) / excess.length;
    expect(Math.abs(mean)).toBeLessThan(3 / Math.sqrt(60));
    expect(small).toBeLessThan(15);
  });

  it('sees probabilities that are too extreme, within bands that hold the truth', async () => {
    const known = labelled(4000, 31, 0.5);
    const { bins, error } = await reliability(known.reference.map(sigmoid), known.generated.map(sigmoid));
    expect(error.pValue).toBeLessThan(0.01);
    expect(error.debiased).toBeGreaterThan(5 * error.deviation);
    let inside = 0;
    for (const { meanProbability, frequencyLow, frequencyHigh } of bins) {
      const truth = sigmoid(0.5 * Math.log(meanProbability / (1 - meanProbability)));
      if (frequencyLow <= truth && truth <= frequencyHigh) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(9);
  });

  it('has the bands of Wilson, 1927', async () => {
    // 3 of 10: (3 + ½ ± √(3·7/10 + ¼))/11.
    const { bins } = await reliability(new Float64Array(3).fill(0.4), new Float64Array(7).fill(0.4), {
      bins: 1,
      balance: false,
      resamples: 2,
    });
    expect(bins[0]?.frequencyLow).toBeCloseTo((3.5 - Math.sqrt(2.35)) / 11, 14);
    expect(bins[0]?.frequencyHigh).toBeCloseTo((3.5 + Math.sqrt(2.35)) / 11, 14);
  });
});

describe('probability scores', () => {
  it('are what a coin gives for log odds of 0', async () => {
    const zeros = { reference: new Float64Array(5), generated: new Float64Array(2) };
    const scores = await probabilityScores(zeros);
    expect(scores.brier).toBeCloseTo(0.25, 15);
    expect(scores.logLoss).toBeCloseTo(Math.LN2, 15);
    expect(scores.jensenShannon).toBeCloseTo(0, 15);
  });

  it('stay exact where probabilities would be 0 or 1', async () => {
    const rows = { reference: Float64Array.of(-800), generated: Float64Array.of(-800) };
    expect((await probabilityScores(rows)).logLoss).toBe(400);
  });

  it('gain what the log-loss loses, with the scatter of the rows as the error', async () => {
    const gains: number[] = [];
    const errors: number[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const before = labelled(300, 500 + seed, 0.5);
      const after = {
        reference: before.reference.map((l) => l / 2),
        generated: before.generated.map((l) => l / 2),
      };
      const gain = await logLossGain(before, after);
      const [first, second] = [await probabilityScores(before), await probabilityScores(after)];
      expect(gain.value).toBeCloseTo(first.logLoss - second.logLoss, 13);
      gains.push(gain.value);
      errors.push(gain.standardError);
    }
    const mean = gains.reduce((sum, value) => sum + value, 0) / gains.length;
    const spread = Math.sqrt(gains.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (gains.length - 1));
    const quoted = errors.reduce((sum, value) => sum + value, 0) / errors.length;
    expect(spread / quoted).toBeGreaterThan(0.7);
    expect(spread / quoted).toBeLessThan(1.3);
  });
});
