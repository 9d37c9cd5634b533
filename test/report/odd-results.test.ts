import { JSDOM } from 'jsdom';
import { describe, expect, it, vi } from 'vitest';
import { reportPage } from '#caloscope/report/page';
import type { EvaluationResult } from '../../src/evaluation/result.js';
import { present } from '../support/present.js';
import { type Bendable, bent, histogramOf, repeatNetworks, repeatObservables } from './bent-result.js';

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
    ['every number null', () => noNumbers(bent()) as EvaluationResult],
    ['all bins zero', () => bent(emptyHistograms)],
    ['no histograms', () => bent((result) => Object.assign(result, { histograms: {} }))],
    [
      'null ratios',
      () => bent((result) => present(result.calibration).uncalibrated.weights.ratio.fill(null)),
    ],
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
      () =>
        bent((result) => {
          repeatObservables(result, 1);
          repeatNetworks(result, 2, 1);
          for (const network of result.training.networks) network.epochs.splice(1);
        }),
    ],
    [
      '150 networks, 60 observables',
      () =>
        bent((result) => {
          repeatObservables(result, 60);
          repeatNetworks(result, 6, 10);
        }),
    ],
    [
      'a logarithmic observable with an edge at zero',
      () =>
        bent((result) => {
          const observable = result.observables[1];
          expect(observable?.scale).toBe('log');
          for (const name of Object.values(observable?.histograms ?? {})) {
            expect(histogramOf(result.histograms, name).axes[0]?.edges?.splice(0, 1, 0)).toHaveLength(1);
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
    const drawn = reportPage(make());
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
    const odd = new JSDOM(drawn).window.document;
    expect(odd.querySelectorAll('section').length).toBeGreaterThanOrEqual(8);
    expect(odd.body.textContent).not.toMatch(
      /NaN|undefined|null(?! σ| standard deviations)|Infinity|\[object/,
    );
    for (const node of odd.querySelectorAll('svg *')) {
      for (const { name, value } of node.attributes) {
        if (name === 'd' || name === 'x' || name === 'y' || name === 'transform' || name === 'points') {
          expect(value).not.toMatch(/NaN|Infinity|undefined/);
        }
      }
    }
  });

  it('stays a page that mails: 40 observables in less than 3 MB', () => {
    expect(reportPage(bent((result) => repeatObservables(result, 40))).length).toBeLessThan(3e6);
  });

  it('draws the same result as the same page', () => {
    expect(reportPage(bent())).toBe(reportPage(bent()));
  });
});
