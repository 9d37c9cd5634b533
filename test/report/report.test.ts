import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { reportPage } from '#caloscope/report/page';
import type { CalibratedCheck, EvaluationResult } from '../../src/evaluation/result.js';
import { present } from '../support/present.js';
import { bent, histogramOf } from './bent-result.js';
import { evaluated } from './evaluated-result.js';

function page(result: EvaluationResult): Document {
  return new JSDOM(reportPage(result)).window.document;
}

function text(document: Document, selector: string): string {
  return (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

const html = reportPage(evaluated);
const document = new JSDOM(html).window.document;

describe('content', () => {
  it('has every section, in reading order', () => {
    const ids = [...document.querySelectorAll('section')].map((section) => section.id);
    expect(ids).toEqual([
      'verdict',
      'failures',
      'warnings',
      'weights',
      'windows',
      'clusters',
      'examples',
      'classifier',
      'calibration',
      'observables',
      'explained',
      'profiles',
      'average-showers',
      'hit-rates',
      'conditions',
      'training',
      'health',
      'support',
      'extremes',
      'provenance',
    ]);
  });

  it('names both samples and labels the toy alone', () => {
    expect(text(document, 'h1')).toBe('generated.hdf5 against reference.hdf5');
    expect(document.title).toContain('generated.hdf5');
    const toys = (shown: Document) =>
      [...shown.querySelectorAll('.samples li')].map((line) => line.querySelector('.toy') !== null);
    expect(toys(document)).toEqual([true, true]);
    const simulated = bent((result) => Object.assign(result.samples.reference, { toy: false }));
    expect(toys(page(simulated))).toEqual([false, true]);
  });

  it('states verdict, AUC, null deviation, z and p', () => {
    const stated = page(
      bent((result) => {
        Object.assign(result.auc, {
          value: 0.73241,
          standardError: 0.00312,
          nullStandardDeviation: 0.002887,
          z: 5.41,
          pValue: 3.2e-8,
        });
        result.verdict.pValue = 2e-5;
      }),
    );
    const numbers = [...stated.querySelectorAll('.numbers b')].map((number) => number.textContent);
    expect(numbers).toEqual(['0.7324 ± 0.0031', '0.0029', '5.4', '3·10⁻⁸', '2·10⁻⁵']);
    expect(text(stated, '.sentence')).toBe(evaluated.verdict.sentence);
  });

  it('shows warnings with their code, and no box without warnings', () => {
    const shown = [...document.querySelectorAll('.warnings li')].map((item) => item.textContent);
    expect(shown).toEqual(evaluated.warnings.map(({ code, message }) => `${message} ${code}`));
    expect(evaluated.warnings.map(({ code }) => code)).toContain('small-sample');
    const quiet = bent((result) => result.warnings.splice(0));
    expect(page(quiet).querySelector('.warnings')).toBeNull();
  });

  it('draws one figure an observable with the numbers of both comparisons', () => {
    const figures = [...document.querySelectorAll('figure.observable')];
    expect(figures).toHaveLength(evaluated.observables.length);
    for (const figure of figures) {
      expect(figure.querySelectorAll('svg')).toHaveLength(2);
      const shape = /S = .+ \(.+\)(χ²\/bins = .+, p [=<] .+|χ²: too few showers)AUC = .+D = [^,]+/.source;
      const distance = /, p [=<] .+/.source;
      const numbers = figure.querySelector('.agreement')?.textContent;
      expect(numbers).toMatch(new RegExp(`^generated${shape}${distance}reweighted${shape}$`));
    }
    const ratio = `#observable-${evaluated.observables.findIndex(({ name }) => name === 'energy_ratio')}`;
    expect(text(document, ratio)).toBe('Edep / Einc');
    const indices = [...document.querySelectorAll(`${ratio} sub`)].map((sub) => sub.textContent);
    expect(indices).toEqual(['dep', 'inc']);
  });

  it('draws one figure a mean profile and says where it is furthest off', () => {
    const figures = [...document.querySelectorAll('figure.profile')];
    expect(figures).toHaveLength(evaluated.profiles.length);
    expect(figures.length).toBeGreaterThan(6);
    for (const figure of figures) {
      expect(figure.querySelectorAll('svg')).toHaveLength(2);
      expect(figure.querySelector('figcaption')?.textContent).toMatch(
        /generated: χ² [0-9.e·⁰-⁹−-]+ for \d+ degrees of freedom, p .+; furthest at (layer \d+|.+ to .+), .+ standard errors\./,
      );
    }
  });

  it('says in words what lies outside the range of the weights', () => {
    const told = page(
      bent((result) => {
        const reference = histogramOf(result.histograms, 'weight_linear_reference').storage.values;
        reference[0] = 0;
        reference[reference.length - 1] = 0;
        const { values } = histogramOf(result.histograms, 'weight_linear_generated').storage;
        const inside = values.slice(1, -1).reduce((sum, value) => sum + value, 0);
        values[0] = 0;
        values[values.length - 1] = inside;
      }),
    );
    expect(text(told, '.weights-linear figcaption')).toContain(
      'Of the generated showers 50.0 % lie above 3.',
    );
    expect(text(told, '.weights-linear figcaption')).toContain(
      'None of the reference showers lie outside the range.',
    );
  });

  it('lists the extreme showers with their rows', () => {
    const first = document.querySelector('#extremes tbody tr');
    const shower = evaluated.weights.generated.smallest[0];
    expect(first?.querySelector('th')?.textContent).toBe(String(shower?.row));
    expect(first?.querySelectorAll('td')[0]?.textContent).toBe(
      Math.exp(shower?.logWeight ?? 0).toPrecision(3),
    );
  });

  it('holds settings, seed, checksums and timings', () => {
    const timed = bent(({ run }) => {
      const training = run.timings.find(({ stage }) => stage === 'training');
      Object.assign(training ?? {}, { seconds: 412.7 });
      const profiles = run.analyses.find(({ name }) => name === 'profiles');
      Object.assign(profiles ?? {}, { seconds: 1.25, addedMemory: 7.5e6, peakMemory: 1.234e9 });
    });
    const folded = text(page(timed), '#provenance details');
    const { reference, generated } = evaluated.samples;
    for (const { sha256 } of [reference, generated]) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(folded).toContain(sha256);
    }
    for (const part of ['seed1', 'network: hidden8, 6', 'training6 min 53 s', 'profiles1.3 s7.5 MB1.23 GB'])
      expect(folded).toContain(part);
  });

  it('shows clipping and non-finite weights', () => {
    const clipped = page(
      bent((result) => {
        result.weights.generated.clipped = { lower: 0.01, upper: 100, below: 7, above: 12_345 };
        result.weights.reference.nonFinite = 3;
        // Near the bound in this evaluation.
        result.weights.generated.tailIndex = 0.2;
        result.weights.reference.tailIndex = 0.2;
      }),
    );
    expect(text(clipped, '.health')).toContain('7 raised to 0.0100, 12 345 lowered to 100');
    const alarms = [...clipped.querySelectorAll('.health .alarm')].map((alarm) => alarm.textContent);
    expect(alarms).toContain('3');
  });
});

describe('self-contained and harmless', () => {
  it('refers to nothing outside and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|<object|<embed|@import|url\(/i);
    expect(html).not.toMatch(/https?:/i);
    expect(html).not.toMatch(/\son\w+=/i);
    for (const element of document.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        // Within the page, or numbers that the page itself holds.
        if (/(^|:)(src|href)$/.test(name))
          expect(value.slice(0, 40)).toMatch(/^(#[a-z-]+\d*|data:text\/csv;.*)$/);
      }
    }
  });

  it('has links that lead somewhere and ids that are unique', () => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of document.querySelectorAll('a:not([download])')) {
      const target = link.getAttribute('xlink:href') ?? link.getAttribute('href') ?? '';
      expect(ids).toContain(target.slice(1));
    }
  });

  it('is well formed: a parser finds nothing to mend', () => {
    const main = document.querySelector('main')?.outerHTML ?? '';
    expect(main.length).toBeGreaterThan(10_000);
    // Elements of SVG may close themselves; anywhere else the parser would have found more in them.
    const closed = html.replace(/<(\w+)((?: [^<>]*)?) \/>/g, '<$1$2></$1>').replaceAll('&#160;', '&nbsp;');
    expect(closed.includes(`<body>${main}</body></html>`)).toBe(true);
  });

  it('shows hostile text as text', () => {
    const hostile = '<script>alert(1)</script>"\'&<img src=x onerror=alert(2)>.hdf5';
    const result = bent((made) => {
      made.samples.reference.source = `/data/${hostile}`;
      made.samples.generated.source = hostile;
      made.verdict.sentence = hostile;
      Object.assign(made, { warnings: [{ code: hostile, message: hostile }] });
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
  const drawn = evaluated.observables.findIndex(({ name }) => name === 'layer_energy_2');
  const figure = document.querySelectorAll('figure.observable')[drawn] as Element;
  const [upper, lower] = [...figure.querySelectorAll('svg')] as Element[] as [Element, Element];
  type Role = 'reference' | 'generated' | 'reweighted';
  const bins = (role: Role, kind: 'values' | 'variances') =>
    histogramOf(evaluated.histograms, evaluated.observables[drawn]?.histograms[role]).storage[kind].slice(
      1,
      -1,
    );
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
    // What lies beyond the frame is held at its edge.
    const top = 1.12 * Math.max(...(['reference', 'generated', 'reweighted'] as const).flatMap(stored));
    // Along the upper edge two vertices a bin; then back along the lower edge, from the last bin to the first.
    const high = points.filter((_, index) => index % 2 === 0).slice(0, shares.length);
    const low = points
      .slice(-2 * shares.length)
      .filter((_, index) => index % 2 === 0)
      .reverse();
    for (const [bin, share] of shares.entries()) {
      expect(high[bin]).toBeCloseTo(Math.min(share + (errors[bin] ?? 0), top), 4);
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
    expect(points).toHaveLength(evaluated.roc.truePositiveRate.length);
    for (const [index, rate] of evaluated.roc.truePositiveRate.entries()) {
      expect(value(points[index]?.[1] ?? 0)).toBeCloseTo(rate, 3);
    }
  });

  it('shows every bin of w that holds a row: a point, or a triangle where there is only a limit', () => {
    const { applied, uncalibrated, calibrated } = present(evaluated.calibration);
    expect(applied).toBeNull();
    const chosen = [...calibrated].sort((a, b) => b.gain.value - a.gain.value)[0] as CalibratedCheck;
    const chart = document.querySelector('figure.weight-calibration svg') as Element;
    for (const [kind, { weights }] of [
      ['before', uncalibrated],
      ['after', chosen],
    ] as const) {
      const filled = weights.reference.filter((n, bin) => n + (weights.generated[bin] as number) > 0).length;
      const oneSided = weights.reference.filter(
        (n, bin) => n > 0 !== (weights.generated[bin] as number) > 0,
      ).length;
      if (kind === 'before') expect(oneSided).toBeGreaterThan(0);
      const marks = (what: string) =>
        chart.querySelectorAll(`.${what}.calibration-${kind} path, .${what}.calibration-${kind} circle`);
      expect(marks('limit')).toHaveLength(oneSided);
      expect(marks('point')).toHaveLength(filled - oneSided);
      expect(chart.querySelectorAll(`.band.calibration-${kind} rect`)).toHaveLength(filled);
    }
    const alone = uncalibrated.weights.reference.reduce(
      (sum, n, bin) => sum + (uncalibrated.weights.generated[bin] === 0 ? n : 0),
      0,
    );
    expect(document.querySelector('figure.weight-calibration figcaption')?.textContent).toContain(
      `${alone} of `,
    );
    expect(document.querySelectorAll('table.calibrations tbody tr')).toHaveLength(6);
  });
});
