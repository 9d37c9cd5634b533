import type { LargestDistanceTest } from '../../evaluation/result.js';
import { count, pEquals, significant } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

export const largestDistance: Section<LargestDistanceTest> = { verdict: distanceLine };

/** The one test of all observables, below the verdict. */
function distanceLine(sheet: Sheet, test: LargestDistanceTest): HTMLElement {
  const { columns, label, distance, permutations, reached, resolution, pValue: p } = test;
  return sheet.element(
    'p',
    { class: 'distance' },
    'Without any classifier: of ',
    `${count(columns)} columns (observables, and whether they have a value) `,
    sheet.element('b', {}, sheet.quantity(label)),
    ` is furthest apart, with a Kolmogorov–Smirnov distance of ${significant(distance)}. `,
    `Of ${count(permutations)} permutations of the labels ${count(reached)} reach it in some column: `,
    sheet.element('b', {}, pEquals(p)),
    `, whatever the number of columns (resolution ${significant(resolution, 2)}; below it Bonferroni’s bound).`,
  );
}
