import { describe, expect, it } from 'vitest';
import type { ObservableComparison, OutsideRows } from '#caloscope/evaluation/result';
import { blindness, type Evidence, verdictOn } from '#caloscope/evaluation/verdict';

function observable(part: Partial<ObservableComparison> & { area?: number }): ObservableComparison {
  const { area = 0.5, ...rest } = part;
  const separation = { generated: 0.2, reweighted: 0.2 };
  const auc = { value: area, standardError: 0.01 };
  return {
    label: 'E',
    pValue: 1,
    unexplained: false,
    separation,
    auc: { generated: auc, reweighted: auc },
    ...rest,
  } as ObservableComparison;
}

interface Numbers {
  readonly area?: number;
  readonly classifierPValue?: number;
  readonly distancePValue?: number;
  readonly observables?: readonly ObservableComparison[];
  readonly effective?: number;
  readonly outside?: Partial<OutsideRows>;
}

function evidence(numbers: Numbers = {}): Evidence {
  const {
    area = 0.5,
    classifierPValue = 0.5,
    distancePValue = 0.5,
    observables = [],
    effective = 900,
    outside = {},
  } = numbers;
  const auc = {
    value: area,
    standardError: 0.01,
    nullStandardDeviation: 0.01,
    z: (area - 0.5) / 0.01,
    pValue: 0.3,
  } as Evidence['auc'];
  const health = { rows: 1000, effectiveSampleSize: effective };
  return {
    auc,
    classifierPValue,
    observables: [observable({}), ...observables],
    largestDistance: {
      label: 'E',
      columns: 12,
      distance: 0.1,
      pValue: distancePValue,
    } as Evidence['largestDistance'],
    weights: { reference: health, generated: health } as Evidence['weights'],
    support: {
      reference: { share: 0.001, standardError: 0.001, expectedShare: 0.001 },
      generated: { share: 0.001, standardError: 0.001, expectedShare: 0.001, ...outside },
    } as Evidence['support'],
    toy: false,
    noun: 'showers',
  };
}

describe('the p-value', () => {
  it.each([
    [0.5, 0.5, 1],
    [0.5, 0.01, 0.02],
    [0.0004, 0.3, 0.0008],
  ])('of classifiers %d and observables %d is %d', (classifierPValue, distancePValue, expected) => {
    const verdict = verdictOn(evidence({ classifierPValue, distancePValue }));
    expect(verdict).toMatchObject({ pValue: expected, classifierPValue, observablesPValue: distancePValue });
  });

  it('goes below the resolution of the permutations with one observable that is sure', () => {
    const of = (pValue: number) =>
      verdictOn(evidence({ distancePValue: 0.01, observables: [observable({ pValue })] })).observablesPValue;
    expect([of(1e-9), of(1e-5)]).toEqual([1e-9, 0.01]);
  });
});

describe('the level', () => {
  const levelOf = (numbers: Numbers) => verdictOn(evidence(numbers)).level;

  it('is the stronger of classifiers and observables', () => {
    expect(levelOf({ classifierPValue: 0.0007, distancePValue: 0.0007 })).toBe('indistinguishable');
    expect(levelOf({ classifierPValue: 0.0006 })).toBe('distinguishable');
    expect(levelOf({ distancePValue: 0.0006 })).toBe('distinguishable');
    expect(levelOf({ classifierPValue: 0, area: 0.75 })).toBe('clearly-different');
  });

  it('counts the AUC of an observable, whichever way it points, where it is significant', () => {
    const shifted = (area: number, pValue: number) => ({
      distancePValue: 1e-4,
      observables: [observable({ area, pValue })],
    });
    expect(levelOf(shifted(0.2, 1e-4))).toBe('clearly-different');
    expect(levelOf(shifted(0.8, 1e-4))).toBe('clearly-different');
    expect(levelOf(shifted(0.8, 0.01))).toBe('distinguishable');
    expect(levelOf(shifted(0.6, 1e-4))).toBe('distinguishable');
  });

  it('is never "no difference" with one observable that is sure', () => {
    for (const distancePValue of [1, 0.3, 0.01]) {
      for (const area of [0.4, 0.5, 0.6]) {
        const verdict = verdictOn(
          evidence({ area, distancePValue, observables: [observable({ pValue: 9e-7 })] }),
        );
        expect(verdict.level).not.toBe('indistinguishable');
        expect(verdict.sentence).not.toContain('no difference');
      }
    }
  });
});

describe('the sentence', () => {
  const sentenceOf = (numbers: Numbers) => verdictOn(evidence(numbers)).sentence;

  it('says where weights mean nothing, where that is more than chance', () => {
    const words =
      /40\.1 ± 2\.0 % of the generated showers have none of the reference near them: their weights mean nothing\./;
    expect(sentenceOf({ outside: { share: 0.401, standardError: 0.02 } })).toMatch(words);
    expect(sentenceOf({ outside: { share: 0.401, standardError: 0.2 } })).not.toContain('mean nothing');
    expect(sentenceOf({ outside: { share: 0.009, standardError: 1e-4 } })).not.toContain('mean nothing');
  });

  it('says that nothing is seen', () => {
    expect(sentenceOf({})).toBe(
      'The classifiers cannot tell the generated showers from the reference (AUC 0.500 ± 0.010, z = 0.0 in their test; 0.5 is a coin toss), nor do the observables differ: p = 1.000 for both together, and 0.00135 are three standard deviations.',
    );
    expect(sentenceOf({ area: 0.46 })).toContain('worse than guessing');
  });

  it('says who sees it', () => {
    expect(sentenceOf({ area: 0.6, classifierPValue: 1e-9 })).toBe(
      'The classifiers can tell the generated showers from the reference: AUC 0.600 ± 0.010, z = 10.0 in their test. The weights say where.',
    );
    expect(sentenceOf({ distancePValue: 1e-5 })).toBe(
      'The classifiers cannot tell the generated showers from the reference (AUC 0.500 ± 0.010). The observables can: E with Kolmogorov–Smirnov distance 0.100, p = 1e-5 as the largest of 12.',
    );
    const sure = { distancePValue: 0.001, observables: [observable({ label: 'F', pValue: 1e-9 })] };
    expect(sentenceOf(sure)).toMatch(
      /can: F with separation 0\.200, p = 1e-9 corrected for 2 observables\.$/,
    );
    expect(sentenceOf({ area: 0.4, distancePValue: 1e-5 })).toMatch(
      /worse than guessing .* The observables can: E/,
    );
  });

  it('does not send anybody to weights of a few showers', () => {
    const sentence = sentenceOf({ area: 0.9, classifierPValue: 0, effective: 29 });
    expect(sentence).toContain('The weights rest on few showers (effective size 29 of 1000)');
    expect(sentence).not.toContain('say where');
  });

  it('begins with what the weights do not describe', () => {
    const lost = ['a', 'b', 'c', 'd', 'e'].map((label) =>
      observable({ label, unexplained: true, pValue: 1e-9 }),
    );
    const numbers = { area: 0.7, classifierPValue: 0, observables: lost.slice(0, 1) };
    expect(sentenceOf(numbers)).toMatch(
      /^The weights do not describe a: do not use them\. The classifiers can tell/,
    );
    expect(sentenceOf({ ...numbers, observables: lost })).toMatch(
      /^The weights do not describe a, b, c and 2 more:/,
    );
    expect(sentenceOf(numbers)).not.toContain('The weights say where');
  });

  it('begins with an observable that tells more than the classifiers', () => {
    const better = (area: number, pValue = 1e-9) => ({
      area: 0.6,
      classifierPValue: 0,
      observables: [
        observable({ label: 'good', area, pValue }),
        observable({ label: 'best', area: area - 0.05, pValue }),
      ],
    });
    expect(sentenceOf(better(0.3))).toMatch(
      /^best \(AUC 0\.750 ± 0\.010\) alone tells the samples apart better/,
    );
    // Within the errors, or not significant.
    expect(sentenceOf(better(0.61))).toMatch(/^The classifiers/);
    expect(sentenceOf(better(0.3, 0.01))).toMatch(/^The classifiers/);
    expect(blindness(evidence(better(0.3)))).toEqual([
      {
        code: 'classifier-blind',
        message:
          'best (AUC 0.750 ± 0.010), good (AUC 0.700 ± 0.010) alone: better than the classifiers (AUC 0.600 ± 0.010); they miss what is there, and so do the weights',
      },
    ]);
    expect(blindness(evidence(better(0.61)))).toEqual([]);
  });

  it('warns where no observable alone, but the largest distance shows what the classifiers miss', () => {
    const [warning, ...others] = blindness(evidence({ distancePValue: 1e-8 }));
    expect(others).toEqual([]);
    expect(warning?.code).toBe('classifier-blind');
    expect(warning?.message).toMatch(
      /^E with Kolmogorov–Smirnov distance 0\.100, .* do not see it \(AUC 0\.500/,
    );
    expect(blindness(evidence({ distancePValue: 1e-5 }))).toEqual([]);
    expect(blindness(evidence({ distancePValue: 1e-8, classifierPValue: 1e-4 }))).toEqual([]);
  });
});
