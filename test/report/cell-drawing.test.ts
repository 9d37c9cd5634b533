import { describe, expect, it } from 'vitest';
import { cellPaths, isDrawable, minusPaths } from '#caloscope/report/drawing/cell-paths';
import { rampStyle } from '#caloscope/report/drawing/color-ramps';
import { differenceScale, energyScale, rateScale } from '#caloscope/report/drawing/color-scale';

const axis = (label: string, edges: readonly number[]) => ({ label, unit: 'mm', edges });
const square = { left: 10, top: 20, size: 60 };
const grid = {
  layer: 0,
  kind: 'grid',
  first: axis('x', [0, 10, 20, 30]),
  second: axis('y', [0, 10, 20]),
  voxelsPerCell: [1, 1],
} as const;
const disc = {
  layer: 0,
  kind: 'polar',
  first: axis('r', [0, 5, 50]),
  second: axis('α', [-Math.PI, -Math.PI / 2, 0, Math.PI / 2, Math.PI]),
  voxelsPerCell: [1, 1],
} as const;

describe('cells of a layer', () => {
  it('of a grid lie in columns to the right and rows up, in true proportion', () => {
    // 30 × 20 mm in 60 pixels: 20 pixels a cell, 10 pixels of paper above and below.
    const colors = ['a', 'a', null, null, null, 'b'];
    const paths = cellPaths(grid, colors, square);
    expect(paths.get('a')).toEqual(['M10 50h40v20h-40z']);
    expect(paths.get('b')).toEqual(['M50 30h20v20h-20z']);
    expect(minusPaths(grid, [true, true, false, false, false, true], square)).toEqual([
      'M10 60H50',
      'M50 40H70',
    ]);
  });

  it('of rings are equally wide, angles run counterclockwise from the right', () => {
    // Inner ring whole; outer ring from 0 to π/2: the upper right quarter.
    const colors = ['a', null, 'a', null, 'a', 'b', 'a', null];
    const paths = cellPaths(disc, colors, square);
    expect(paths.get('a')).toEqual(['M55 50A15 15 0 1 0 25 50A15 15 0 1 0 55 50z']);
    expect(paths.get('b')).toEqual(['M70 50A30 30 0 0 0 40 20L40 35A15 15 0 0 1 55 50z']);
    const [line] = minusPaths(disc, [false, false, false, false, false, true, false, false], square);
    // At r = 22.5, over 45°.
    expect(line).toBe('M62.5 50A22.5 22.5 0 0 0 55.9 34.1A22.5 22.5 0 0 0 40 27.5');
  });

  it('are not drawn where an edge is no number', () => {
    expect(isDrawable(grid)).toBe(true);
    expect(isDrawable({ ...grid, first: axis('x', [0, null as unknown as number]) })).toBe(false);
    expect(isDrawable({ ...grid, first: axis('x', [0]) })).toBe(false);
  });
});

describe('colors', () => {
  const luminance = (color: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * ([0.2126, 0.7152, 0.0722][i] as number), 0);
  const ramps = (letter: string) => {
    const all = [...rampStyle.matchAll(new RegExp(`--${letter}\\d+: (#[0-9a-f]{6})`, 'g'))].map((found) =>
      luminance(found[1] as string),
    );
    return [all.slice(0, all.length / 2), all.slice(all.length / 2)];
  };

  it('keep their order in gray: darker with the amount in the light, lighter in the dark', () => {
    for (const letter of ['a', 'f', 'm']) {
      const [light = [], dark = []] = ramps(letter);
      expect(light.length).toBeGreaterThan(4);
      expect(dark).toHaveLength(light.length);
      expect(light).toEqual([...light].sort((a, b) => b - a));
      expect(dark).toEqual([...dark].sort((a, b) => a - b));
    }
  });

  it('of energies span five decades and leave out what is empty', () => {
    const scale = energyScale('energy', 730);
    expect(scale.title).toBe('energy [MeV]');
    expect(scale.labels.map(({ text }) => text)).toEqual(['10⁻²', '10³']);
    expect([0, -1, null, Number.NaN].map((value) => scale.colorOf(value))).toEqual([null, null, null, null]);
    expect([1e-9, 0.011, 999, 1e9].map((value) => scale.colorOf(value))).toEqual(['a0', 'a0', 'a15', 'a15']);
    expect(rateScale('rate').colorOf(1)).toBe('a15');
    expect(rateScale('rate').colorOf(0)).toBeNull();
  });

  it('of differences are neutral below a fifth of the scale, and know the sign', () => {
    const scale = differenceScale('difference', 12);
    expect(scale.labels.map(({ text }) => text)).toEqual(['−20', '0', '20']);
    expect([-3.9, 0, 3.9, -4, 4, -19, 20, 1000].map((value) => scale.colorOf(value))).toEqual([
      'm0',
      'm0',
      'm0',
      'f1',
      'm1',
      'f4',
      'm5',
      'm5',
    ]);
    expect(scale.colorOf(null)).toBeNull();
  });
});
