import type { EvaluationResult, SampleRecord } from '../../evaluation/result.js';
import { swatch } from '../drawing/legend.js';
import { count } from '../drawing/numbers.js';
import type { Sheet } from '../drawing/sheet.js';
import { selectedText } from './selected-text.js';

/** Last part of a path in either notation. */
export function fileName(source: string): string {
  return (
    source
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? source
  );
}

/** Title with the names of both samples, what they are, and a label on every toy. */
export function titleBlock(sheet: Sheet, result: EvaluationResult): HTMLElement {
  const { reference, generated } = result.samples;
  const selected = selectedText(result.settings);
  return sheet.element(
    'header',
    {},
    sheet.element('p', { class: 'kind' }, 'Classifier weights of a generated sample'),
    sheet.element(
      'h1',
      {},
      sheet.element('span', { class: 'sample-name' }, fileName(generated.source)),
      ' ',
      sheet.element('span', { class: 'against' }, 'against'),
      ' ',
      sheet.element('span', { class: 'sample-name' }, fileName(reference.source)),
    ),
    sheet.element(
      'ul',
      { class: 'samples' },
      ...[reference, generated].map((sample) => sampleLine(sheet, sample, result.weights[sample.role]?.rows)),
    ),
    selected === null
      ? null
      : sheet.element('p', { class: 'kind' }, `Compared are ${sheet.noun} of ${selected}.`),
  );
}

/** `681 of 1,500` where not all rows of the files are compared: others were not selected, or left out. */
function rowsText({ rows, files }: SampleRecord): string {
  const all = files.reduce((sum, file) => sum + file.rows, 0);
  return all > rows ? `${count(rows)} of ${count(all)}` : count(rows);
}

/** @param weighed rows that the classifiers were held out of, which is not all with a split. */
function sampleLine(sheet: Sheet, sample: SampleRecord, weighed: number): HTMLElement {
  const held = weighed < sample.rows ? `, ${count(weighed)} of them held out of the training` : '';
  return sheet.element(
    'li',
    {},
    swatch(sheet, sample.role),
    `${sample.role}: `,
    sheet.element('b', {}, fileName(sample.source)),
    `, ${rowsText(sample)} ${sheet.noun}${held}, layout ${sample.layout}`,
    sample.toy ? ' ' : null,
    sample.toy
      ? sheet.element('strong', { class: 'toy' }, 'toy simulation, not a detector simulation')
      : null,
  );
}
