import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { reportPage } from '#caloscope/report/page';
import { lineageOf } from '#caloscope/report/sections/lineage';
import { type Bendable, bent } from './bent-result.js';

type Files = Bendable['samples']['generated']['files'];

function withNull(result: Bendable): void {
  const files = [{ source: 'second.hdf5', sha256: 'c'.repeat(64), rows: 10 }] as unknown as Files;
  const { value, standardError, z, pValue } = result.auc;
  Object.assign(result.auc, {
    null: { source: 'second.hdf5', files, rows: 10, value, standardError, z, pValue },
  });
}

function drawn(change: (result: Bendable) => void, figures?: string) {
  const { document } = new JSDOM(reportPage(bent(change), { figures })).window;
  const svg = document.querySelector('svg.lineage') as Element;
  return { document, names: [...svg.querySelectorAll('.name')].map((name) => name.textContent), svg };
}

describe('what was made from what, in the report', () => {
  it('has the samples, the null sample, what was made of them, and figures that are drawn with it', () => {
    const result = bent(withNull);
    const { reference, generated } = result.samples;
    const { nodes, edges } = lineageOf(result, 'figures');
    const samples = [reference.source, generated.source];
    const made = ['classifier', 'weights.hdf5', 'result.json', 'report.html', 'figures'];
    expect(nodes.map(({ path }) => path)).toEqual([...samples, 'second.hdf5', ...made]);
    const parents = (path: string) => edges.filter(({ to }) => to === path).map(({ from }) => from);
    for (const path of ['classifier', 'weights.hdf5']) expect(parents(path)).toEqual(samples);
    for (const path of ['result.json', 'report.html', 'figures'])
      expect(parents(path)).toEqual([...samples, 'second.hdf5']);
    expect(nodes.find(({ path }) => path === 'second.hdf5')?.sha256).toBe('c'.repeat(64));
    const { svg } = drawn(withNull, 'figures');
    expect(svg.querySelectorAll('.edge')).toHaveLength(edges.length);
  });

  it('leaves names text', () => {
    const name = '<script>alert(1)</script>"><img src=x>.hdf5';
    const { document, names } = drawn(({ samples }) => {
      samples.generated.source = name;
      for (const file of samples.generated.files) Object.assign(file, { source: name });
    }, '<b>figures</b>');
    expect(names).toContain('<b>figures</b>');
    expect(document.querySelectorAll('script, img, svg.lineage b')).toHaveLength(0);
    const titles = [...document.querySelectorAll('svg.lineage title')].map((title) => title.textContent);
    expect(titles).toContain(`data ${name}: current`);
  });

  it('draws many files of a sample as one, and a sample without files by its name', () => {
    const { names } = drawn(({ samples }) => {
      const [file] = samples.generated.files;
      samples.generated.source = 'nine files';
      samples.generated.files = Array.from({ length: 9 }, (_, i) => ({
        ...file,
        source: `${i}.hdf5`,
      })) as Files;
      Object.assign(samples.reference, { source: 'a matrix', files: [] });
    });
    expect(names).toEqual(expect.arrayContaining(['nine files', 'a matrix']));
    expect(names).toHaveLength(6);
  });
});
