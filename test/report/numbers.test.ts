import { describe, expect, it } from 'vitest';
import { axisTicks, soundDomain, tickLabels } from '#caloscope/report/drawing/axes';
import { csvText } from '#caloscope/report/drawing/csv-link';
import {
  count,
  deviations,
  duration,
  measured,
  memory,
  percent,
  plain,
  pValue,
  significant,
} from '#caloscope/report/drawing/numbers';
import { splitIndices } from '#caloscope/report/drawing/sheet';
import { hepdataTable } from '#caloscope/report/figures/hepdata';

// Groups of digits and units are set off by narrow no-break spaces.
const thin = '\u202f';

it.each([
  [4e4, `0.0${thin}MB`],
  [9.94e6, `9.9${thin}MB`],
  [123.4e6, `123${thin}MB`],
  [999.6e6, `1.00${thin}GB`],
  [12.34e9, `12.3${thin}GB`],
  [Number.NaN, '–'],
])('%d bytes: %s', (bytes, expected) => {
  expect(memory(bytes)).toBe(expected);
});

describe('numbers', () => {
  it.each([
    [0.73241, 0.00312, '0.7324 ± 0.0031'],
    [0.5, 0.0996, '0.50 ± 0.10'],
    [1.00234, 0.0451, '1.002 ± 0.045'],
    [1234.56, 78.9, '1235 ± 79'],
    [123_456, 7890, `123${thin}500 ± 7900`],
    [0.001234, 0.000056, '0.001234 ± 0.000056'],
    [1.234e-7, 5.6e-9, '(1.234 ± 0.056)·10⁻⁷'],
    [2.5e8, 1e7, '(2.50 ± 0.10)·10⁸'],
    [-0.2, 0.013, '−0.200 ± 0.013'],
    [0.12345, 0, '0.1235'],
    [0.12345, null, '0.1235'],
    [null, 0.1, '–'],
    [Number.NaN, 0.1, '–'],
  ])('%s ± %s', (value, error, expected) => {
    expect(measured(value, error)).toBe(expected);
  });

  it.each([
    [0.5, '0.50'],
    [0.0421, '0.042'],
    [0.001, '0.0010'],
    [3.4e-8, '3·10⁻⁸'],
    [9.7e-4, '1·10⁻³'],
    [2.1e-15, '2·10⁻¹⁵'],
    [1e-17, '< 10⁻¹⁶'],
    [0, '< 10⁻¹⁶'],
    [null, '–'],
  ])('p-value %s', (value, expected) => {
    expect(pValue(value)).toBe(expected);
  });

  it.each([
    [0, '0'],
    [0.99951, '1.00'],
    [12.345, '12.3'],
    [1234.5, '1235'],
    [-0.00056789, '−0.000568'],
    [4.56e-7, '4.56·10⁻⁷'],
    [1.5e12, '1.50·10¹²'],
    [undefined, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('three digits of %s', (value, expected) => {
    expect(significant(value)).toBe(expected);
  });

  it('prints distances in standard deviations', () => {
    const printed = [32.02, -0.078, -0.02, 4.26, 12_345.6, null].map(deviations);
    expect(printed).toEqual(['32.0', '−0.1', '0.0', '4.3', `12${thin}346`, '–']);
  });

  it('groups counts from five digits on', () => {
    expect([1000, 9999, 20_000, 1_234_567].map(count)).toEqual([
      '1000',
      '9999',
      `20${thin}000`,
      `1${thin}234${thin}567`,
    ]);
    expect(count(-12_345)).toBe(`−12${thin}345`);
  });

  it('prints settings with all their digits', () => {
    expect([0.001, 2e-4, 1e-5, 512, 0.1 + 0.2, -3].map(plain)).toEqual([
      '0.001',
      '0.0002',
      '10⁻⁵',
      '512',
      '0.3',
      '−3',
    ]);
  });

  it('prints shares and durations', () => {
    expect([0, 1, 0.12345, 0.99999, 3e-7].map((share) => percent(share))).toEqual(
      ['0', '100', '12.3', '100', '3.00·10⁻⁵'].map((number) => `${number}${thin}%`),
    );
    expect([0.4213, 12.34, 59.99, 192, 7500].map(duration)).toEqual([
      `0.42${thin}s`,
      `12.3${thin}s`,
      `1${thin}min 0${thin}s`,
      `3${thin}min 12${thin}s`,
      `2${thin}h 05${thin}min`,
    ]);
  });
});

describe('axes', () => {
  const ticks = (lower: number, upper: number, scale: 'linear' | 'log', about = 5) => {
    const { major } = axisTicks({ domain: [lower, upper], scale, title: '' }, about);
    return tickLabels(major, scale);
  };

  it('labels round numbers with equally many decimals', () => {
    expect(ticks(0, 3, 'linear', 6)).toEqual(['0', '0.5', '1.0', '1.5', '2.0', '2.5', '3.0']);
    expect(ticks(-25, 25, 'linear')).toEqual(['−20', '−10', '0', '10', '20']);
  });

  it('labels decades, and single digits where decades are too few', () => {
    expect(ticks(1e-2, 1e2, 'log')).toEqual(['10⁻²', '10⁻¹', '1', '10', '10²']);
    expect(ticks(0.15, 3, 'log')).toEqual(['0.2', '0.5', '1', '2']);
    expect(ticks(1e-9, 1e9, 'log', 4).length).toBeLessThanOrEqual(5);
  });

  it('makes any domain drawable', () => {
    for (const scale of ['linear', 'log'] as const) {
      for (const [lower, upper] of [
        [0, 0],
        [1, 1],
        [5, 2],
        [-1, 3],
        [0, 1e-30],
      ] as const) {
        const [start, end] = soundDomain(lower, upper, scale);
        expect(end).toBeGreaterThan(start);
        if (scale === 'log') expect(start).toBeGreaterThan(0);
      }
    }
  });
});

describe('indices in labels', () => {
  const marked = (label: string) =>
    splitIndices(label)
      .map(({ text, index }) => (index ? `[${text}]` : text))
      .join('');

  it.each([
    ['E_dep / E_inc', 'E[dep] / E[inc]'],
    ['σ_φ,1', 'σ[φ,1]'],
    ['⟨η⟩_0', '⟨η⟩[0]'],
    ['layer_energy_3', 'layer_energy_3'],
    ['plain', 'plain'],
    ['', ''],
  ])('%s', (label, expected) => {
    expect(marked(label)).toBe(expected);
  });
});

describe('numbers of figures', () => {
  const heads = ['lower', 'upper', 'row', 'share'];
  const rows = [
    [131072.25, 131072.5, 12345678, 0.123456789],
    [131072.5, 131072.75, 12345679, 0.1 + 0.2],
  ];

  it('keep bins apart and rows whole as CSV', () => {
    expect(csvText({ heads, rows })).toBe(
      'lower,upper,row,share\n131072.25,131072.5,12345678,0.123457\n131072.5,131072.75,12345679,0.3\n',
    );
  });

  it('keep bins apart and rows whole for HEPData', () => {
    const table = hepdataTable({ name: 'times', heads, rows, binned: null });
    for (const number of ['131072.25', '131072.75', '12345678', '12345679', '0.123457'])
      expect(table).toContain(number);
  });
});
