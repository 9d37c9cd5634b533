import { parseHTML } from 'linkedom';
import type { EvaluationResult, ResultParts } from '../evaluation/result.js';
import { inputsKey } from '../formats/files/inputs.js';
import { inputsOfResult } from '../lineage/result-inputs.js';
import { tableOfContents } from './contents.js';
import { section } from './drawing/legend.js';
import { type Content, Sheet } from './drawing/sheet.js';
import type { Place, Section } from './section.js';
import { provenanceSection } from './sections/provenance.js';
import { fileName, titleBlock } from './sections/title.js';
import { warningBlock } from './sections/warnings.js';
import { sections } from './sections.js';
import { styleSheet } from './style.js';

/** What stands in a report beside its result. */
export interface ReportLook {
  /** Folder of the figures for papers that are written with it. */
  readonly figures?: string | undefined;
  /** Style sheet that overrides that of the report. */
  readonly style?: string | undefined;
}

// Forbids the page to load or run anything, whatever a file name or label may try.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * Draws the report of an evaluation: one HTML document that opens offline, runs no script and loads nothing.
 * Missing parts of a result (no observables, numbers that are `null`) leave a note in their place.
 */
export function reportPage(result: EvaluationResult, look: ReportLook = {}): string {
  return `${reportSheet(result, look).document.toString()}\n`;
}

/** The report as a document, with the numbers of its figures. */
export function reportSheet(result: EvaluationResult, look: ReportLook = {}): Sheet {
  const { document } = parseHTML('<!doctype html><html lang="en"><head></head><body></body></html>');
  const sheet = new Sheet(document, nounOf(result));
  fillHead(sheet, result, look.style);
  const main = sheet.element('main', {}, body(sheet, result, look));
  document.body.append(main);
  const contents = tableOfContents(sheet, main);
  if (contents) main.querySelector('header')?.after(contents);
  return sheet;
}

/** Results of earlier versions do not say what their rows are. */
function nounOf({ samples }: EvaluationResult): string {
  const noun: unknown = samples.reference.noun;
  return typeof noun === 'string' ? noun : 'rows';
}

function fillHead(sheet: Sheet, result: EvaluationResult, ownStyle: string | undefined): void {
  const { reference, generated } = result.samples;
  sheet.document.head.append(
    sheet.element('meta', { charset: 'utf-8' }),
    sheet.element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    sheet.element('meta', {
      name: `caloscope-${inputsKey}`,
      content: JSON.stringify(inputsOfResult(result)),
    }),
    sheet.element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    sheet.element('meta', { name: 'color-scheme', content: 'light dark' }),
    sheet.element(
      'title',
      {},
      `${fileName(generated.source)} against ${fileName(reference.source)}, caloscope`,
    ),
    sheet.element('style', {}, styleSheet),
    ...(ownStyle === undefined ? [] : [sheet.element('style', {}, ownStyle)]),
  );
}

type Frame = (sheet: Sheet, content: Content, result: EvaluationResult) => Content;

const asItIs: Frame = (_sheet, content) => content;

/** The places of the report in reading order, each with what stands around the sections that fill it. */
const frames: Readonly<Record<Place, Frame>> = {
  verdict: (sheet, content, result) => [titleBlock(sheet, result), content, warningBlock(sheet, result)],
  weights: asItIs,
  classifier: (sheet, figures) =>
    section(
      sheet,
      'classifier',
      'Classifier',
      sheet.element(
        'p',
        { class: 'lead' },
        'Classifiers were trained to tell the samples apart, each row being scored by some that never saw it. What no classifier can tell apart ',
        'is not shown to be equal, but nothing that they saw differs.',
      ),
      sheet.element('div', { class: 'pair' }, figures),
    ),
  calibration: asItIs,
  observables: (sheet, content) => section(sheet, 'observables', 'Observables', content),
  profiles: asItIs,
  conditions: asItIs,
  training: asItIs,
  health: asItIs,
  extremes: asItIs,
};

function body(sheet: Sheet, result: EvaluationResult, look: ReportLook): Content {
  const { caloscope: version = '' } = result.versions;
  const places = Object.keys(frames) as Place[];
  const names = Object.keys(sections) as (keyof ResultParts)[];
  return [
    places.map((place) => {
      const content = names.map((name) => drawPart(sheet, name, place, result));
      return frames[place](sheet, content, result);
    }),
    provenanceSection(sheet, result, look.figures),
    sheet.element(
      'footer',
      {},
      `caloscope ${version}, ${result.run.date}. `,
      'Method: Das et al., “How to Understand Limitations of Generative Networks”, arXiv:2305.16774.',
    ),
  ];
}

function drawPart<Name extends keyof ResultParts>(
  sheet: Sheet,
  name: Name,
  place: Place,
  result: EvaluationResult,
): Content {
  const drawn: Section<ResultParts[Name]> = sections[name];
  try {
    return drawn[place]?.(sheet, result[name], result) ?? null;
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
