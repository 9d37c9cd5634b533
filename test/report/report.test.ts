import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileError } from '#caloscope/errors';
import { renderReport, writeReport } from '#caloscope/report/report';
import type { EvaluationResult } from '../../src/evaluation/result.js';
import { sampleResult } from './sample-result.js';

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

interface BendableHistogram {
  axes: { edges?: number[] }[];
  storage: { values: number[]; variances: number[] };
}

/** A result that a test may change. */
type Bendable = Mutable<Omit<EvaluationResult, 'histograms'>> & {
  histograms: Record<string, BendableHistogram>;
};

/** A changed result, as it looks when read back from `result.json`. */
function bent(change: (result: Bendable) => void): EvaluationResult {
  const result = JSON.parse(JSON.stringify(sampleResult({ rows: 2000, observables: 3 })));
  change(result);
  return result;
}

function histogramOf(histograms: object, name = ''): BendableHistogram {
  const found = (histograms as Record<string, BendableHistogram>)[name];
  if (found === undefined) throw new Error(`no histogram ${name}`);
  return found;
}

function page(result: EvaluationResult): Document {
  return new JSDOM(renderReport(result)).window.document;
}

function text(document: Document, selector: string): string {
  return (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

const small = sampleResult({ rows: 2000 });
const html = renderReport(small);
const document = new JSDOM(html).window.document;

describe('content', () => {
  it('has every section, in reading order', () => {
    const ids = [...document.querySelectorAll('section')].map((section) => section.id);
    expect(ids).toEqual([
      'verdict',
      'warnings',
      'weights',
      'classifier',
      'observables',
      'training',
      'health',
      'extremes',
      'provenance',
    ]);
  });

  it('names both samples and labels the toy alone', () => {
    expect(text(document, 'h1')).toBe('toy_eplus.hdf5 against geant4_eplus.hdf5');
    expect(document.title).toContain('toy_eplus.hdf5');
    const lines = [...document.querySelectorAll('.samples li')];
    expect(lines.map((line) => line.querySelector('.toy') !== null)).toEqual([false, true]);
  });

  it('states verdict, AUC, null deviation, z and p', () => {
    const stated = page(
      bent((result) => {
        result.auc = {
          value: 0.73241,
          standardError: 0.00312,
          nullStandardDeviation: 0.002887,
          pValue: 3.2e-8,
        };
      }),
    );
    const numbers = [...stated.querySelectorAll('.numbers b')].map((number) => number.textContent);
    expect(numbers).toEqual(['0.7324 ± 0.0031', '0.0029', '80.5', '3·10⁻⁸']);
    expect(text(stated, '.sentence')).toBe(small.verdict.sentence);
  });

  it('shows warnings with their code, and no box without warnings', () => {
    expect(text(document, '.warnings li')).toContain('incident-energy-leak');
    expect(
      page(sampleResult({ rows: 500, observables: 1, warnings: [] })).querySelector('.warnings'),
    ).toBeNull();
  });

  it('draws one figure an observable with separation and χ² of both comparisons', () => {
    const figures = [...document.querySelectorAll('figure.observable')];
    expect(figures).toHaveLength(small.observables.length);
    for (const figure of figures) {
      expect(figure.querySelectorAll('svg')).toHaveLength(2);
      expect(figure.querySelectorAll('.agreement tr')).toHaveLength(2);
      expect(figure.textContent).toMatch(/S = .*χ²\/bins = .*S = .*χ²\/bins = /);
    }
    expect(text(document, '#observable-0')).toBe('Edep / Einc');
    expect([...document.querySelectorAll('#observable-0 sub')].map((sub) => sub.textContent)).toEqual([
      'dep',
      'inc',
    ]);
  });

  it('says in words what lies outside the range of the weights', () => {
    const told = page(
      bent((result) => {
        const { values } = histogramOf(result.histograms, 'weight_linear_generated').storage;
        const inside = values.slice(1, -1).reduce((sum, value) => sum + value, 0);
        values[0] = 0;
        values[values.length - 1] = inside;
      }),
    );
    expect(text(told, '.weights-linear figcaption')).toContain(
      'Of the generated showers 50.0 % lie above 3.',
    );
    expect(text(told, '.weights-linear figcaption')).toContain('No reference shower lies outside the range.');
  });

  it('lists the extreme showers with their rows', () => {
    const first = document.querySelector('#extremes tbody tr');
    const shower = small.weights.generated.smallest[0];
    expect(first?.querySelector('th')?.textContent).toBe(String(shower?.row));
    expect(first?.querySelectorAll('td')[0]?.textContent).toBe(
      Math.exp(shower?.logWeight ?? 0).toPrecision(3),
    );
  });

  it('holds settings, seed, checksums and timings', () => {
    const folded = text(document, '#provenance details');
    for (const part of [
      'seed1',
      small.samples.reference.sha256 ?? '',
      'network: hidden512, 512',
      'train6 min 53 s',
    ]) {
      expect(folded).toContain(part);
    }
  });

  it('shows clipping and non-finite weights', () => {
    const clipped = page(
      bent((result) => {
        result.weights.generated.clipped = { lower: 0.01, upper: 100, below: 7, above: 12_345 };
        result.weights.reference.nonFinite = 3;
      }),
    );
    expect(text(clipped, '.health')).toContain('7 raised to 0.0100, 12 345 lowered to 100');
    expect(text(clipped, '.health .alarm')).toBe('3');
  });
});

describe('self-contained and harmless', () => {
  it('refers to nothing outside and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|<object|<embed|@import|url\(/i);
    expect(html).not.toMatch(/https?:/i);
    expect(html).not.toMatch(/\son\w+=/i);
    for (const element of document.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        if (/(^|:)(src|href)$/.test(name)) expect(value).toMatch(/^#observable-\d+$/);
      }
    }
  });

  it('has links that lead somewhere and ids that are unique', () => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of document.querySelectorAll('.ranked-label a')) {
      const target = link.getAttribute('xlink:href') ?? link.getAttribute('href') ?? '';
      expect(ids).toContain(target.slice(1));
    }
  });

  it('is well formed: a parser finds nothing to mend', () => {
    const main = document.querySelector('main')?.outerHTML ?? '';
    expect(main.length).toBeGreaterThan(10_000);
    expect(html.includes(`<body>${main}</body></html>`)).toBe(true);
  });

  it('shows hostile text as text', () => {
    const hostile = '<script>alert(1)</script>"\'&<img src=x onerror=alert(2)>.hdf5';
    const result = bent((made) => {
      made.samples.reference.source = `/data/${hostile}`;
      made.samples.generated.source = hostile;
      made.verdict.sentence = hostile;
      made.warnings = [{ code: hostile, message: hostile }];
      for (const observable of made.observables) {
        observable.label = hostile;
        observable.unit = hostile;
      }
      made.settings.network = { [hostile]: hostile };
      made.run.device = hostile;
      made.versions = { [hostile]: hostile };
    });
    const shown = page(result);
    expect(shown.querySelectorAll('script, img')).toHaveLength(0);
    expect(text(shown, '.sentence')).toBe(hostile);
    expect(text(shown, '.warnings code')).toBe(hostile);
    expect(text(shown, '#provenance')).toContain(`/data/${hostile}`);
    expect(text(shown, '.samples b')).toBe('script>"\'&<img src=x onerror=alert(2)>.hdf5');
  });

  it('lets the style sheet be all colours: no fixed colour in any drawing', () => {
    for (const svg of document.querySelectorAll('svg')) {
      expect(svg.outerHTML).not.toMatch(/(fill|stroke)="(#|rgb|black|white)/);
    }
  });
});

/** Reads values back from a drawing: pixel to value, from the labels of its vertical axis. */
function verticalScale(svg: Element): (pixel: number) => number {
  const labels = [...svg.querySelectorAll('.y-axis .tick-label')].map((label) => ({
    value: Number(label.textContent?.replace('−', '-')),
    pixel: Number(label.getAttribute('y')) - 3.5,
  }));
  const [low, high] = [labels[0], labels.at(-1)];
  if (low === undefined || high === undefined || low === high) throw new Error('an axis without labels');
  return (pixel) => low.value + ((pixel - low.pixel) / (high.pixel - low.pixel)) * (high.value - low.value);
}

function vertices(path: Element | null): [number, number][] {
  const commands = path?.getAttribute('d')?.match(/[ML][^MLZ]+/g) ?? [];
  return commands.map((command) => command.slice(1).split(',').map(Number) as [number, number]);
}

describe('data', () => {
  const figure = document.querySelector('figure.observable') as Element;
  const [upper, lower] = [...figure.querySelectorAll('svg')] as Element[] as [Element, Element];
  type Role = 'reference' | 'generated' | 'reweighted';
  const bins = (role: Role, kind: 'values' | 'variances') =>
    histogramOf(small.histograms, small.observables[0]?.histograms[role]).storage[kind].slice(1, -1);
  const total = (role: Role) => bins(role, 'values').reduce((sum, value) => sum + value, 0);
  const stored = (role: Role) => bins(role, 'values').map((value) => value / total(role));
  const spread = (role: Role) => bins(role, 'variances').map((variance) => Math.sqrt(variance) / total(role));

  it.each(['reference', 'generated', 'reweighted'] as const)(
    'draws the %s steps at the normalised bins',
    (role) => {
      const value = verticalScale(upper);
      const points = vertices(upper.querySelector(`.step.${role} path, path.step.${role}`)).map(([, y]) =>
        value(y),
      );
      // Start at the floor, then two vertices a bin, then down to the floor again.
      const heights = points.slice(1, -1).filter((_, index) => index % 2 === 1);
      const expected = stored(role);
      expect(points[0]).toBeCloseTo(0, 5);
      expect(points.at(-1)).toBeCloseTo(0, 5);
      expect(heights).toHaveLength(expected.length);
      for (const [bin, share] of expected.entries()) expect(heights[bin]).toBeCloseTo(share, 4);
    },
  );

  it.each(['reference', 'generated', 'reweighted'] as const)('bounds the %s band by the errors', (role) => {
    const value = verticalScale(upper);
    const points = vertices(upper.querySelector(`.band.${role} path, path.band.${role}`)).map(([, y]) =>
      value(y),
    );
    const [shares, errors] = [stored(role), spread(role)];
    // Along the upper edge two vertices a bin; then back along the lower edge, from the last bin to the first.
    const high = points.filter((_, index) => index % 2 === 0).slice(0, shares.length);
    const low = points
      .slice(-2 * shares.length)
      .filter((_, index) => index % 2 === 0)
      .reverse();
    for (const [bin, share] of shares.entries()) {
      expect(high[bin]).toBeCloseTo(share + (errors[bin] ?? 0), 4);
      expect(low[bin]).toBeCloseTo(Math.max(share - (errors[bin] ?? 0), 0), 4);
    }
  });

  it('draws the errors of the ratio', () => {
    const value = verticalScale(lower);
    const points = vertices(lower.querySelector('.ratio.reweighted path, path.ratio.reweighted'));
    const bars = points.flatMap(([x, y], index) => {
      const next = points[index + 1];
      return index % 2 === 0 && next?.[0] === x ? [[value(y), value(next[1])]] : [];
    });
    const expected = stored('reweighted').flatMap((share, bin) => {
      const below = stored('reference')[bin] ?? 0;
      const ratio = share / below;
      if (!(ratio >= 0.5 && ratio <= 1.5)) return [];
      const relative = Math.hypot(
        (spread('reweighted')[bin] ?? 0) / share,
        (spread('reference')[bin] ?? 0) / below,
      );
      return [[Math.max(ratio - ratio * relative, 0.5), Math.min(ratio + ratio * relative, 1.5)]];
    });
    expect(bars).toHaveLength(expected.length);
    for (const [index, [from = 0, to = 0]] of expected.entries()) {
      expect(bars[index]?.[0]).toBeCloseTo(from, 2);
      expect(bars[index]?.[1]).toBeCloseTo(to, 2);
    }
  });

  it('draws the ratio of every bin in range, and a triangle for every other', () => {
    const value = verticalScale(lower);
    const [reference, generated] = [stored('reference'), stored('generated')];
    const ratios = generated.map((share, bin) => share / (reference[bin] ?? 0)).filter(Number.isFinite);
    const inside = ratios.filter((ratio) => ratio >= 0.5 && ratio <= 1.5);
    const points = vertices(lower.querySelector('.ratio.generated path, path.ratio.generated'));
    const strokes = points.filter(([, y], index) => index % 2 === 0 && y === points[index + 1]?.[1]);
    expect(strokes).toHaveLength(inside.length);
    for (const [index, ratio] of inside.entries())
      expect(value(strokes[index]?.[1] ?? 0)).toBeCloseTo(ratio, 2);
    expect(lower.querySelectorAll('.beyond.generated path')).toHaveLength(ratios.length - inside.length);
    expect(ratios.length).toBeGreaterThan(inside.length);
  });

  it('draws the ROC curve through its points', () => {
    const svg = document.querySelector('figure.roc svg') as Element;
    const value = verticalScale(svg);
    const points = vertices(svg.querySelector('.roc-curve path, path.roc-curve'));
    expect(points).toHaveLength(small.roc.truePositiveRate.length);
    for (const [index, rate] of small.roc.truePositiveRate.entries()) {
      expect(value(points[index]?.[1] ?? 0)).toBeCloseTo(rate, 3);
    }
  });

  it('leaves the empty bins of the calibration out', () => {
    const filled = small.calibration.ratio.filter((ratio) => ratio !== null && ratio > 0).length;
    expect(filled).toBeLessThan(small.calibration.ratio.length);
    expect(
      document.querySelectorAll('figure.calibration .point circle, figure.calibration circle.point'),
    ).toHaveLength(filled);
  });
});

describe('odd results', () => {
  const noNumbers = (value: unknown): unknown => {
    if (typeof value === 'number') return null;
    if (Array.isArray(value)) return value.map(noNumbers);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, noNumbers(part)]));
  };
  const emptyHistograms = (result: Bendable) => {
    for (const histogram of Object.values(result.histograms)) {
      histogram.storage.values.fill(0);
      histogram.storage.variances.fill(0);
    }
  };
  const cases: readonly (readonly [string, () => EvaluationResult])[] = [
    ['every number null', () => noNumbers(bent(() => undefined)) as EvaluationResult],
    ['all bins zero', () => bent(emptyHistograms)],
    ['no histograms', () => bent((result) => Object.assign(result, { histograms: {} }))],
    ['null ratios', () => bent((result) => result.calibration.ratio.fill(null))],
    [
      'no ROC, no observables',
      () =>
        bent((result) => {
          result.roc = { falsePositiveRate: [], truePositiveRate: [] };
          result.observables = [];
        }),
    ],
    ['no networks', () => bent((result) => Object.assign(result.training, { networks: [] }))],
    [
      'empty lists of showers',
      () =>
        bent((result) => {
          for (const health of [result.weights.reference, result.weights.generated]) {
            Object.assign(health, { quantiles: [], smallest: [], largest: [] });
          }
        }),
    ],
    [
      'weights beyond doubles',
      () =>
        bent((result) => {
          result.weights.reference.largest = [{ row: 4, logWeight: 1200 }];
          result.weights.generated.mean = 1e300;
          result.weights.generated.meanError = 1e299;
        }),
    ],
    [
      'one network, one observable',
      () => sampleResult({ rows: 500, observables: 1, folds: 1, members: 1, epochs: 1 }),
    ],
    [
      '150 networks, 60 observables',
      () => sampleResult({ rows: 500, observables: 60, folds: 10, members: 15 }),
    ],
    [
      'a logarithmic observable with an edge at zero',
      () =>
        bent((result) => {
          for (const name of Object.values(result.observables[1]?.histograms ?? {})) {
            histogramOf(result.histograms, name).axes[0]?.edges?.splice(0, 1, 0);
          }
        }),
    ],
    [
      'histograms with two axes',
      () =>
        bent((result) => {
          for (const histogram of Object.values(result.histograms)) {
            Object.assign(histogram, { axes: [...histogram.axes, ...histogram.axes] });
          }
        }),
    ],
    [
      'a regular axis without flow bins',
      () =>
        bent((result) => {
          for (const [name, histogram] of Object.entries(result.histograms)) {
            const values = histogram.storage.values.slice(1, -1);
            const axis = {
              type: 'regular',
              lower: 0,
              upper: 3,
              bins: values.length,
              underflow: false,
              overflow: false,
              circular: false,
            };
            Object.assign(result.histograms, {
              [name]: {
                ...histogram,
                axes: [axis],
                storage: { type: 'weighted', values, variances: values },
              },
            });
          }
        }),
    ],
    [
      'very long names',
      () =>
        bent((result) => {
          result.samples.generated.source = 'x'.repeat(3000);
          for (const observable of result.observables) observable.label = 'energy '.repeat(200);
        }),
    ],
  ];

  it.each(cases)('%s', (_name, make) => {
    const said = vi.spyOn(console, 'warn');
    const drawn = renderReport(make());
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
    const odd = new JSDOM(drawn).window.document;
    expect(odd.querySelectorAll('section').length).toBeGreaterThanOrEqual(8);
    expect(odd.body.textContent).not.toMatch(/NaN|undefined|null(?! σ)|Infinity|\[object/);
    for (const node of odd.querySelectorAll('svg *')) {
      for (const { name, value } of node.attributes) {
        if (name === 'd' || name === 'x' || name === 'y' || name === 'transform' || name === 'points') {
          expect(value).not.toMatch(/NaN|Infinity|undefined/);
        }
      }
    }
  });

  it('stays a page that mails: 40 observables in less than 3 MB', () => {
    expect(renderReport(sampleResult({ rows: 500, observables: 40 })).length).toBeLessThan(3e6);
  });

  it('draws the same result as the same page', () => {
    expect(renderReport(sampleResult({ rows: 500 }))).toBe(renderReport(sampleResult({ rows: 500 })));
  });
});

describe('writeReport', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caloscope-report-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes the page and replaces an older one, leaving nothing else', async () => {
    const path = join(folder, 'report.html');
    await writeFile(path, 'older');
    await writeReport(small, path);
    expect(await readFile(path, 'utf8')).toBe(html);
    expect(await readdir(folder)).toEqual(['report.html']);
  });

  it('refuses a folder that is missing', async () => {
    const path = join(folder, 'absent', 'report.html');
    const failure = await writeReport(small, path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FileError);
    expect(failure).toMatchObject({ code: 'ERR_OUTPUT', path });
    expect((failure as Error).cause).toMatchObject({ code: 'ENOENT' });
  });

  it('refuses a target that is a folder and cleans up', async () => {
    const path = join(folder, 'report.html');
    await mkdir(path);
    await expect(writeReport(small, path)).rejects.toMatchObject({ code: 'ERR_OUTPUT', path });
    expect(await readdir(folder)).toEqual(['report.html']);
  });
});
