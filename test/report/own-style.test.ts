import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireOwnStyle } from '#caloscope/report/own-style';
import { reportPage } from '#caloscope/report/page';
import { caloscope } from '../cli/run-caloscope.js';
import { bent } from './bent-result.js';

const small = bent((result) => result.observables.splice(2));
const own =
  '/* ours: url(x) */ :root { --generated: #c1121f; }\n.chart .step.generated { stroke-width: 3; }\n';

describe('a style sheet of the user', () => {
  it.each([
    ['@import "a.css";', /@import/],
    ['@IMPORT "a.css";', /@import/],
    ['body { background: url(https://example.org/a.png) }', /url\(/],
    ['body { background: URL( "a.png") }', /url\(/],
    ['body { background: \\75rl(a.png) }', /url\(/],
    ['body { background: u\\rl(a.png) }', /url\(/],
    ['body { background: u/**/rl(a.png) }', /url\(/],
    ['body { background: image-set("a.png" 1x) }', /image-set/],
    ['</style><script>alert(1)</script>', /markup/],
    ['\\3c/style>', /markup/],
    ['body { color: red', /braces/],
    ['\0PNG', /no text/],
    ['a'.repeat(2 ** 20 + 1), /1 MB/],
  ])('%.60s is refused in one line', (style, why) => {
    expect(() => requireOwnStyle(style)).toThrow(expect.objectContaining({ code: 'ERR_STYLE' }));
    expect(() => requireOwnStyle(style)).toThrow(why);
    expect(() => requireOwnStyle(style)).toThrow(/^.*$/);
  });

  it('stands after that of the report, which keeps its policy', () => {
    const { document } = new JSDOM(reportPage(small, { style: own })).window;
    const styles = [...document.querySelectorAll('style')].map((style) => style.textContent);
    expect(styles).toHaveLength(2);
    expect(styles[1]).toBe(own);
    expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain(
      "default-src 'none'",
    );
  });
});

describe('caloscope report --style', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-style-'));
  const at = (name: string) => join(folder, name);
  beforeAll(() => writeFileSync(at('result.json'), JSON.stringify(small)));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const words = (style: string) => [
    'report',
    at('result.json'),
    '--out',
    at('report.html'),
    '--style',
    at(style),
  ];

  it('draws report and figures in it', async () => {
    writeFileSync(at('own.css'), own);
    const { exitCode, stderr } = await caloscope([
      ...words('own.css'),
      '--figures',
      at('figures'),
      '--quiet',
    ]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(readFileSync(at('report.html'), 'utf8')).toContain('--generated: #c1121f');
    const figure = readFileSync(at('figures/energy_ratio.svg'), 'utf8');
    expect(figure).toContain('stroke="#c1121f"');
    expect(figure).toContain('stroke-width="3"');
    expect(figure).not.toContain('#dd6a1f');
  });

  it.each([
    ['loads.css', '@import "x.css";', 'ERR_STYLE'],
    ['none.css', undefined, 'ERR_FILE_NOT_FOUND'],
  ])('refuses %s before anything is drawn', async (name, text, code) => {
    if (text !== undefined) writeFileSync(at(name), text);
    const { exitCode, stderr } = await caloscope([...words(name), '--force']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^caloscope: ${code}: .*${name}: .*\n$`));
  });
});
