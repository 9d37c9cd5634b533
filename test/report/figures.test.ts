import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawFiguresOf } from '#caloscope/cli/paper-figures';
import { type WrittenFigures, writeFigures } from '#caloscope/report/figures/figures';
import { fileNames } from '#caloscope/report/figures/file-names';
import { renderReport } from '#caloscope/report/report';
import type { Session } from '../../src/cli/session.js';
import type { EvaluationResult } from '../../src/evaluation/result.js';
import { evaluated as result } from './evaluated-result.js';

let folder: string;
let figures: string;
let written: WrittenFigures;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-figures-'));
  figures = join(folder, 'figures');
  written = await writeFigures(result, figures);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

function text(name: string): string {
  return readFileSync(join(figures, name), 'utf8');
}

function namesOf(ending: string): string[] {
  return written.files.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
}

describe('figures for papers', () => {
  it('have names that file systems take, each once, whatever a column is called', () => {
    const names = ['roc', 'pT/GeV', 'pT:GeV', 'ROC', 'a,"b"', 'η', 'x'.repeat(300), `${'x'.repeat(300)}y`];
    expect(fileNames(names)).toEqual([
      'roc',
      'pT_GeV',
      'pT_GeV_2',
      'ROC_2',
      'a_b_',
      'η',
      'x'.repeat(60),
      `${'x'.repeat(60)}_2`,
    ]);
  });

  it('are all drawings of the report, each in four forms', async () => {
    expect(readdirSync(folder)).toEqual(['figures']);
    expect(readdirSync(figures).sort()).toEqual([...written.files].sort());
    const { document } = new JSDOM(await renderReport(result)).window;
    const drawn = [...document.querySelectorAll('figure')]
      .filter((figure) => figure.querySelector('svg'))
      .map((figure) => figure.querySelector('.numbers-link') as HTMLAnchorElement);
    const names = drawn.map((link) => link.download.replace('.csv', ''));
    expect(names.length).toBeGreaterThan(40);
    for (const ending of ['.svg', '.pdf', '.csv']) expect(namesOf(ending)).toEqual(names);
    expect(namesOf('.yaml')).toEqual([...names, 'submission']);
    for (const [i, name] of names.entries()) {
      const numbers = decodeURIComponent((drawn[i] as HTMLAnchorElement).href.split(',').slice(1).join(','));
      expect(text(`${name}.csv`)).toBe(numbers);
    }
  });

  it('have their style inside as SVG: no color comes from outside', () => {
    for (const name of namesOf('.svg')) {
      const svg = text(`${name}.svg`);
      const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window;
      const root = document.documentElement;
      expect(root.getAttribute('width'), name).toBe('8.6cm');
      expect(svg, name).not.toMatch(/var\(|currentColor| class=|href=/);
      expect(root.querySelector('style')?.textContent).toMatch(/^@font-face\{.*base64,/);
      // What has no fill is not filled: black is what programs fill with where nothing is said.
      expect(root.getAttribute('fill')).toBe('none');
      for (const node of root.querySelectorAll('path, rect, line, circle, text')) {
        const painted = (attribute: string) => {
          const value = node.closest(`[${attribute}]`)?.getAttribute(attribute) ?? 'none';
          return value !== 'none';
        };
        expect(painted('fill') || painted('stroke'), `${name}: ${node.outerHTML}`).toBe(true);
      }
      const ofText = [...root.querySelectorAll('text')].map((node) => node.getAttribute('fill'));
      expect(new Set(ofText)).toEqual(new Set(['#1b1d21']));
    }
  });

  it('are 8.6 cm wide as PDF, with the letters that they need of one font', () => {
    expect(written.pdf).toBe(true);
    for (const name of namesOf('.pdf')) {
      const bytes = readFileSync(join(figures, `${name}.pdf`));
      const pdf = bytes.toString('latin1');
      expect(pdf.startsWith('%PDF-')).toBe(true);
      const [, width, height] = pdf.match(/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/) ?? [];
      expect(Number(width)).toBeCloseTo((8.6 / 2.54) * 72, 3);
      const box = text(`${name}.svg`).match(/viewBox="0 0 (\S+) (\S+)"/) ?? [];
      expect(Number(height) / Number(width)).toBeCloseTo(Number(box[2]) / Number(box[1]), 3);
      expect(pdf.match(/\/FontFile2 /g)?.length, name).toBe(1);
      expect(pdf).not.toContain('/Helvetica');
    }
  });

  it('draw the same in both forms', () => {
    // As many pieces of text; every piece is one Tm of the page, after the content was unpacked.
    const name = 'deposited_energy';
    const bytes = readFileSync(join(figures, `${name}.pdf`));
    const start = bytes.indexOf('stream\n') + 'stream\n'.length;
    const content = inflateSync(bytes.subarray(start), { finishFlush: 2 }).toString('latin1');
    const { document } = new JSDOM(text(`${name}.svg`), { contentType: 'image/svg+xml' }).window;
    const pieces = [...document.querySelectorAll('text')].flatMap((node) => [...node.childNodes]);
    expect(content.match(/ Tm\n/g)?.length).toBe(pieces.length);
  });

  it('have tables of HEPData with the same numbers', () => {
    const name = 'deposited_energy';
    const table = JSON.parse(text(`${name}.yaml`));
    const rows = text(`${name}.csv`)
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    expect(table.independent_variables).toEqual([
      {
        header: { name: 'E_dep', units: 'MeV' },
        values: rows.map(([low, high]) => ({ low, high })),
      },
    ]);
    for (const [i, role] of ['reference', 'generated', 'reweighted'].entries()) {
      const variable = table.dependent_variables[i];
      expect(variable.header).toEqual({ name: `${role}_share` });
      expect(variable.values).toEqual(
        rows.map((row) => {
          const [value, error = 0] = row.slice(2 + 2 * i);
          return { value, ...(error > 0 && { errors: [{ symerror: error, label: 'stat' }] }) };
        }),
      );
    }
    const [head, ...tables] = text('submission.yaml')
      .split('---\n')
      .slice(1)
      .map((one): { comment: string; data_file: string } => JSON.parse(one));
    expect(head?.comment).toContain(result.verdict.sentence);
    expect(tables.map(({ data_file }) => data_file)).toEqual(namesOf('.csv').map((one) => `${one}.yaml`));
  });

  it('replace those of an earlier run with force alone, and nothing else', async () => {
    await expect(writeFigures(result, figures)).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    writeFileSync(join(figures, 'thesis.pdf'), '');
    writeFileSync(join(figures, 'roc.csv'), '');
    await writeFigures(result, figures, { force: true });
    expect(text('roc.csv')).not.toBe('');
    expect(readdirSync(figures).sort()).toEqual([...written.files, 'thesis.pdf'].sort());
    expect(readdirSync(folder)).toEqual(['figures']);
  });

  it('that cannot be written after an evaluation are drawn from its result', async () => {
    const signal = new AbortController().signal;
    const drawn = drawFiguresOf('result', result, { figures }, { signal } as Session);
    await expect(drawn).rejects.toMatchObject({
      code: 'ERR_OUTPUT',
      message: expect.stringMatching(
        `exists.*; the result is whole: caloscope report result --figures ${figures}$`,
      ),
    });
  });

  it('are refused for what is no result, and after an abort nothing is left', async () => {
    const target = join(folder, 'others');
    const broken = { ...result, roc: 3 } as unknown as EvaluationResult;
    await expect(writeFigures(broken, target)).rejects.toMatchObject({ code: 'ERR_RESULT' });
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 100);
    await expect(writeFigures(result, target, { signal: controller.signal })).rejects.toBe(reason);
    expect(readdirSync(folder)).toEqual(['figures']);
  });
});
