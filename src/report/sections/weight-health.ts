import type {
  EvaluationResult,
  ExtremeShower,
  LearnedWeightHealth,
  WeightSummary,
} from '../../evaluation/result.js';
import { section, swatch } from '../drawing/legend.js';
import {
  absent,
  count,
  deviations,
  isFiniteNumber,
  measured,
  percent,
  plain,
  significant,
} from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import { rowName } from './row-name.js';

type Role = 'reference' | 'generated';

/** At most so many of the most extreme rows are listed; all of them are in the result. */
const longestList = 12;

/** Health of the weights of both samples, side by side. */
export function healthSection(sheet: Sheet, { reference, generated }: WeightSummary): HTMLElement {
  const row = (
    name: Content,
    show: (health: LearnedWeightHealth, role: 'reference' | 'generated') => Content,
  ) => [name, show(reference, 'reference'), show(generated, 'generated')] as const;
  const rows = [
    row(sheet.noun, (health) => count(health.rows)),
    row('closure: mean of 1/w, mean of w', (health) => measured(health.mean, health.meanError)),
    row('pull of the closure from 1', (health) => pull(health)),
    row('effective sample size', (health) => count(health.effectiveSampleSize)),
    row(`as a share of the ${sheet.noun}`, (health) => percent(health.effectiveSampleSize / health.rows)),
    row('Pareto index of the largest weights (unreliable above 0.7)', (health) => tail(sheet, health)),
    row('share with w < 1', (health) => percent(health.shareBelowOne)),
    row('share with w > 1', (health) => percent(health.shareAboveOne)),
    ...quantileRows(reference, generated),
    row('non-finite weights', (health) => flagged(sheet, health.nonFinite)),
    row('clipped', (health) => clipping(health)),
  ];
  return section(
    sheet,
    'health',
    'Health of the weights',
    sheet.element(
      'div',
      { class: 'beside' },
      sheet.element(
        'p',
        { class: 'lead' },
        'For the exact ratio both closures, the mean of 1/w over the reference and of w over the generated sample, are 1: the generated sample reweighted with w has the norm of the reference, ',
        'and the reference with 1/w that of the generated sample. A small effective sample size ',
        `says that a few ${sheet.noun} `,
        'carry most of the weight. The error of a closure holds the rows and the sum of the learners that is fitted to them, ',
        'not the training of the learners; it is no standard error where the weights are too unequal for the rows to tell it ',
        '(Pareto index above 0.5, or a wide ln w), are all next to 1, or were clipped or calibrated.',
      ),
      table(sheet, 'health', ['', sampleHead(sheet, 'reference'), sampleHead(sheet, 'generated')], rows),
    ),
  );
}

function sampleHead(sheet: Sheet, role: 'reference' | 'generated'): Content {
  return [swatch(sheet, role), role];
}

/** None where the error is not one standard error. */
function pull({ mean, meanError, meanErrorHolds }: LearnedWeightHealth): string {
  if (!meanErrorHolds) return 'no standard error';
  if (!isFiniteNumber(mean) || !isFiniteNumber(meanError) || meanError <= 0) return absent;
  const value = (mean - 1) / meanError;
  return `${value > 0 ? '+' : ''}${deviations(value)} σ`;
}

function flagged(sheet: Sheet, number: number): Content {
  return number > 0 ? sheet.element('strong', { class: 'alarm' }, count(number)) : count(number);
}

/** Marked where sums of weights are unreliable. */
function tail(sheet: Sheet, { tailIndex }: LearnedWeightHealth): Content {
  if (!isFiniteNumber(tailIndex)) return absent;
  const shown = significant(tailIndex, 2);
  return tailIndex > 0.7 ? sheet.element('strong', { class: 'alarm' }, shown) : shown;
}

function clipping({ clipped }: LearnedWeightHealth): string {
  if (clipped === null || clipped === undefined) return 'no';
  const { lower, upper, below, above } = clipped;
  return `${count(below)} raised to ${significant(lower)}, ${count(above)} lowered to ${significant(upper)}`;
}

/** One row a probability that either sample has, as weights. */
function quantileRows(reference: LearnedWeightHealth, generated: LearnedWeightHealth): Content[][] {
  const probabilities = [...reference.quantiles, ...generated.quantiles]
    .map(({ probability }) => probability)
    .filter(isFiniteNumber);
  const quantile = (health: LearnedWeightHealth, wanted: number) => {
    const found = health.quantiles.find(({ probability }) => probability === wanted);
    return weightText(found?.logWeight);
  };
  return [...new Set(probabilities)]
    .sort((first, second) => first - second)
    .map((probability) => [
      probability === 0.5 ? 'w, median' : `w at quantile ${plain(probability)}`,
      quantile(reference, probability),
      quantile(generated, probability),
    ]);
}

/** w from ln w; as a power of e where doubles end. */
function weightText(logWeight: number | null | undefined): string {
  if (!isFiniteNumber(logWeight)) return absent;
  return Math.abs(logWeight) < 650 ? significant(Math.exp(logWeight)) : `e^${significant(logWeight)}`;
}

/** The rows with the smallest and the largest weights of both samples, with their places in the files. */
export function extremeSection(
  sheet: Sheet,
  { reference, generated }: WeightSummary,
  result: EvaluationResult,
): HTMLElement {
  const list = (role: Role, end: string, rows: readonly ExtremeShower[]) =>
    extremeList(sheet, result, role, end, rows);
  return section(
    sheet,
    'extremes',
    `Most extreme ${sheet.noun}`,
    sheet.element(
      'p',
      { class: 'lead' },
      `Worth looking at one by one; rows count from 0 in the file. Generated ${sheet.noun} at the smallest weights are ones `,
      `that the reference hardly ever makes; reference ${sheet.noun} at the largest are ones that the generator misses.`,
    ),
    sheet.element(
      'div',
      { class: 'lists' },
      list('generated', 'smallest w', generated.smallest),
      list('generated', 'largest w', generated.largest),
      list('reference', 'largest w', reference.largest),
      list('reference', 'smallest w', reference.smallest),
    ),
  );
}

function extremeList(
  sheet: Sheet,
  result: EvaluationResult,
  role: Role,
  end: string,
  rows: readonly ExtremeShower[],
): HTMLElement {
  const heading = sheet.element('h3', {}, swatch(sheet, role), `${role}, ${end}`);
  const rest = rows.length - longestList;
  return sheet.element(
    'div',
    {},
    heading,
    rows.length === 0
      ? sheet.element('p', { class: 'placeholder' }, 'none')
      : table(
          sheet,
          'extremes',
          ['row', 'w', 'ln w'],
          rows
            .slice(0, longestList)
            .map(({ logWeight, ...place }) => [
              rowName(result, role, place),
              weightText(logWeight),
              significant(logWeight),
            ]),
        ),
    rest > 0 ? sheet.element('p', {}, `and ${count(rest)} more in the result`) : null,
  );
}
