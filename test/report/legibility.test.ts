import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { csvLink } from '#caloscope/report/drawing/csv-link';
import { area } from '#caloscope/report/drawing/numbers';
import { Sheet } from '#caloscope/report/drawing/sheet';
import { shownUnit } from '#caloscope/report/drawing/units';
import { reportPage } from '#caloscope/report/page';
import { styleSheet } from '#caloscope/report/style';
import { bent } from './bent-result.js';

/** Relative luminance of an sRGB colour, as WCAG 2 has it. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('colours', () => {
  const colours = (name: string) => [...styleSheet.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6})`, 'g'))];

  it('tell generated from reweighted in grey, and both from the paper', () => {
    expect(colours('generated')).toHaveLength(2);
    for (const [scheme, generated] of colours('generated').entries()) {
      const [first, second] = ['reweighted', 'paper'].map((name) => colours(name)[scheme]?.[1] as string);
      const contrast = (one: string, other: string) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
        return (high + 0.05) / (low + 0.05);
      };
      expect(contrast(generated[1] as string, first as string)).toBeGreaterThan(1.5);
      expect(contrast(generated[1] as string, second as string)).toBeGreaterThan(3);
      expect(contrast(first as string, second as string)).toBeGreaterThan(3);
    }
  });
});

describe('numbers', () => {
  it.each([
    ['MeV', 100_000, 'GeV', 1000],
    ['MeV', 4e6, 'GeV', 1000],
    ['MeV', 6e6, 'TeV', 1e6],
    ['MeV', 700, 'MeV', 1],
    ['MeV', 0.05, 'keV', 1e-3],
    ['MeV', 0, 'keV', 1e-3],
    ['mm', 100_000, 'mm', 1],
    ['', 100_000, '', 1],
  ])('%s up to %d are shown in %s', (unit, largest, name, size) => {
    expect(shownUnit(unit, largest)).toEqual({ name, size });
  });

  it('have a bound where digits would say that an area is 1', () => {
    expect(area(0.99999, 0.00001)).toBe('> 0.9995');
    expect(area(0.743, 0.012)).toBe('0.743 ± 0.012');
    expect(area(0.9994)).toBe('0.999');
    expect(area(null, null)).toBe('–');
  });

  it('are in the page as CSV, quoted where they need it', () => {
    const sheet = new Sheet(new JSDOM('').window.document, 'showers');
    const link = csvLink(
      sheet,
      'x',
      ['a', 'b, c'],
      [
        [1 / 3, 'he said "no"'],
        [null, 2e9],
      ],
    );
    const [head, body] = (link.getAttribute('href') ?? '').split('utf-8,');
    expect(head).toBe('data:text/csv;charset=');
    expect(decodeURIComponent(body ?? '')).toBe('a,"b, c"\n0.333333,"he said ""no"""\n,2000000000\n');
  });
});

describe('a page', () => {
  const document = new JSDOM(reportPage(bent())).window.document;

  it('has its table of contents before everything but the title', () => {
    const contents = document.querySelector('nav.contents');
    expect(contents?.previousElementSibling?.tagName).toBe('HEADER');
    const linked = [...(contents?.querySelectorAll('a') ?? [])].map((link) => link.getAttribute('href'));
    const sections = [...document.querySelectorAll('section[id]')].filter((one) => one.querySelector('h2'));
    expect(linked).toEqual(sections.map(({ id }) => `#${id}`));
    expect(linked).toContain('#calibration');
  });

  it('has the numbers of every drawing, and explains every section', () => {
    const figures = [...document.querySelectorAll('figure')].filter((figure) => figure.querySelector('svg'));
    expect(figures.length).toBeGreaterThan(8);
    for (const figure of figures) expect(figure.querySelector('a[download]')).not.toBeNull();
    for (const section of document.querySelectorAll('section[id]')) {
      if (section.id === 'verdict' || section.id === 'warnings') continue;
      expect([section.id, section.querySelector('.lead, .note')?.textContent ?? '']).toEqual([
        section.id,
        expect.stringMatching(/.{60}/),
      ]);
    }
  });

  it('draws no wider than stays legible at 400 pixels', () => {
    for (const drawing of document.querySelectorAll('svg.chart')) {
      expect(Number(drawing.getAttribute('width'))).toBeLessThanOrEqual(400);
    }
  });

  it('lists the learners', () => {
    const rows = [...document.querySelectorAll('table.learners tbody tr')].map((row) => row.textContent);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/^network0\.\d{3}\d\.\d\d$/);
  });
});
