import { JSDOM } from 'jsdom';
import type { EvaluationResult } from '../evaluation/result.js';
import { section } from './drawing/legend.js';
import { type Content, Sheet } from './drawing/sheet.js';
import { calibrationFigure } from './sections/calibration.js';
import { observableSection } from './sections/observables.js';
import { provenanceSection } from './sections/provenance.js';
import { rocFigure } from './sections/roc.js';
import { trainingSection } from './sections/training.js';
import { fileName, titleBlock, verdictBlock, warningBlock } from './sections/verdict.js';
import { weightSection } from './sections/weight-distributions.js';
import { extremeSection, healthSection } from './sections/weight-health.js';
import { styleSheet } from './style.js';

// Forbids the page to load or run anything, whatever a file name or label may try.
const policy = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * Draws the report of an evaluation: one HTML document that opens offline, runs no script and loads nothing.
 * Missing parts of a result (no observables, numbers that are `null`) leave a note in their place.
 */
export function reportPage(result: EvaluationResult): string {
  const dom = new JSDOM('<!doctype html><html lang="en"><head></head><body></body></html>');
  try {
    const sheet = new Sheet(dom.window.document);
    fillHead(sheet, result);
    sheet.document.body.append(sheet.element('main', {}, body(sheet, result)));
    return `${dom.serialize()}\n`;
  } finally {
    dom.window.close();
  }
}

function fillHead(sheet: Sheet, result: EvaluationResult): void {
  const { reference, generated } = result.samples;
  sheet.document.head.append(
    sheet.element('meta', { charset: 'utf-8' }),
    sheet.element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    sheet.element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    sheet.element('meta', { name: 'color-scheme', content: 'light dark' }),
    sheet.element(
      'title',
      {},
      `${fileName(generated.source)} against ${fileName(reference.source)}, caloscope`,
    ),
    sheet.element('style', {}, styleSheet),
  );
}

function body(sheet: Sheet, result: EvaluationResult): Content {
  const { caloscope: version = '' } = result.versions;
  return [
    titleBlock(sheet, result),
    verdictBlock(sheet, result),
    warningBlock(sheet, result),
    weightSection(sheet, result),
    section(
      sheet,
      'classifier',
      'Classifier',
      sheet.element('div', { class: 'pair' }, rocFigure(sheet, result), calibrationFigure(sheet, result)),
    ),
    observableSection(sheet, result),
    trainingSection(sheet, result),
    healthSection(sheet, result),
    extremeSection(sheet, result),
    provenanceSection(sheet, result),
    sheet.element(
      'footer',
      {},
      `caloscope ${version}, ${result.run.date}. `,
      'Method: Das et al., “How to Understand Limitations of Generative Networks”, arXiv:2305.16774.',
    ),
  ];
}
