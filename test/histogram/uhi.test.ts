import { describe, expect, it } from 'vitest';
import { parseUhiDocument } from '#caloscope/formats/uhi/uhi-schema';
import { categoryAxis, logAxis, regularAxis, variableAxis } from '#caloscope/histogram/axis';
import { uhiDocument } from '#caloscope/histogram/uhi-document';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';

type Json = Record<string, unknown>;

function expectKeys(value: unknown, required: string[], optional: string[]): Json {
  expect(value).toBeTypeOf('object');
  const object = value as Json;
  for (const key of required) expect(object).toHaveProperty(key);
  for (const key of Object.keys(object)) expect([...required, ...optional]).toContain(key);
  return object;
}

function expectMetadata(value: unknown): void {
  for (const entry of Object.values((value ?? {}) as Json)) {
    expect(['string', 'number', 'boolean']).toContain(typeof entry);
  }
}

/** Cells of an axis in the arrays. */
function axisCells(value: unknown): number {
  const { type } = value as Json;
  expect(['regular', 'variable']).toContain(type);
  const own = type === 'regular' ? ['lower', 'upper', 'bins'] : ['edges'];
  const flow = ['underflow', 'overflow', 'circular'];
  const axis = expectKeys(value, ['type', ...own, ...flow], ['metadata', 'writer_info']);
  for (const flag of flow) expect(axis[flag]).toBeTypeOf('boolean');
  const { bins, edges, underflow, overflow, metadata } = axis;
  expectMetadata(metadata);
  const inside = type === 'regular' ? (bins as number) : (edges as number[]).length - 1;
  return inside + Number(underflow) + Number(overflow);
}

function expectNested(value: unknown, sizes: number[]): void {
  if (sizes.length === 0) {
    expect(Number.isFinite(value)).toBe(true);
    return;
  }
  expect(Array.isArray(value)).toBe(true);
  expect((value as unknown[]).length).toBe(sizes[0]);
  for (const inner of value as unknown[]) expectNested(inner, sizes.slice(1));
}

/** The rules of UHI serialisation, schema 1, for what is read back from JSON. */
function expectUhiDocument(document: unknown): void {
  for (const [name, value] of Object.entries(document as Json)) {
    expect(name).not.toBe('');
    const histogram = expectKeys(value, ['uhi_schema', 'axes', 'storage'], ['writer_info', 'metadata']);
    const { uhi_schema, metadata, axes, storage } = histogram;
    expect(uhi_schema).toBe(1);
    expectMetadata(metadata);
    const sizes = (axes as unknown[]).map(axisCells);
    const { type, values, variances } = expectKeys(storage, ['type', 'values', 'variances'], []);
    expect(type).toBe('weighted');
    expectNested(values, sizes);
    expectNested(variances, sizes);
  }
}

async function filled(): Promise<WeightedHistogram> {
  const histogram = new WeightedHistogram(
    [
      regularAxis(2, 0, 1, { name: 'x', label: 'E / E₀' }),
      logAxis(3, 0.1, 100),
      variableAxis([0, 1, 5], { upperEdge: 'last-bin' }),
    ],
    { label: 'three axes' },
  );
  const column = (...values: number[]) => Float64Array.from(values);
  await histogram.fill([column(0.1, 0.7, 3, Number.NaN), column(1, 50, -2, 1), column(0, 5, 0.5, 0)], {
    weights: column(0.5, -2, 3, 4),
  });
  return histogram;
}

describe('UHI serialisation', () => {
  it('keeps the rules', async () => {
    using histogram = await filled();
    const document: unknown = JSON.parse(JSON.stringify(uhiDocument({ weights: histogram })));
    expectUhiDocument(document);
    expect(parseUhiDocument(document)).toEqual(document);
    const { metadata, axes, writer_info } = histogram.toUhi();
    expect(metadata).toEqual({
      label: 'three axes',
      entries: 3,
      nan_entries: 1,
      nan_value: 4,
      nan_variance: 16,
    });
    expect(axes[0]).toMatchObject({ type: 'regular', bins: 2, metadata: { name: 'x', label: 'E / E₀' } });
    expect(axes[1]).toMatchObject({ type: 'variable', edges: Array.from(histogram.edges(1)) });
    expect(writer_info).toHaveProperty('caloscope.version');
  });

  it('nests the arrays in axis order with flow cells', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, 0, 1), regularAxis(2, 0, 2)]);
    await histogram.fill([Float64Array.of(0.5, -1), Float64Array.of(1.5, 7)]);
    expect(histogram.toUhi().storage.values).toEqual([
      [0, 0, 0, 1],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('comes back the same', async () => {
    using histogram = await filled();
    using copy = WeightedHistogram.fromUhi(JSON.parse(JSON.stringify(histogram.toUhi())));
    expect(copy.values(0, { flow: true })).toEqual(histogram.values(0, { flow: true }));
    expect(copy.variances(0, { flow: true })).toEqual(histogram.variances(0, { flow: true }));
    expect([copy.entries, copy.nan, copy.label]).toEqual([histogram.entries, histogram.nan, histogram.label]);
    copy.merge(histogram);
    expect(copy.entries).toBe(6);
    expect(copy.nan).toEqual({ entries: 2, sumsOfWeights: [8] });
  });

  it('reads lists without flow cells', () => {
    using histogram = WeightedHistogram.fromUhi({
      uhi_schema: 1,
      axes: [
        { type: 'regular', lower: 0, upper: 2, bins: 2, underflow: false, overflow: true, circular: false },
        { type: 'variable', edges: [0, 1], underflow: false, overflow: false, circular: false },
      ],
      storage: { type: 'weighted', values: [[1], [2], [3]], variances: [[4], [5], [6]] },
    });
    expect(Array.from(histogram.values())).toEqual([1, 2]);
    expect(Array.from(histogram.values(0, { flow: true }))).toEqual([0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0]);
    expect(histogram.entries).toBe(0);
  });

  it('reads an empty storage as zeros, and numbers and booleans in writer_info', () => {
    const axis = { type: 'boolean', writer_info: { mine: { fast: true, power: 0.5 } } };
    const given = {
      uhi_schema: 1,
      writer_info: { mine: { fast: true } },
      axes: [axis, axis],
      storage: { type: 'int' },
    };
    const zeros = [
      [0, 0],
      [0, 0],
    ];
    expect(parseUhiDocument({ h: given })).toEqual({
      h: { ...given, storage: { type: 'weighted', values: zeros, variances: zeros } },
    });
  });

  it('has no cell for what is neither false nor true', async () => {
    using histogram = new WeightedHistogram([categoryAxis([false, true])]);
    await histogram.fill([Float64Array.of(1, 0, 1)]);
    expect(histogram.toUhi().storage.values).toEqual([1, 2]);
    await histogram.fill([Float64Array.of(2)]);
    expect(() => histogram.toUhi()).toThrow(expect.objectContaining({ code: 'ERR_UHI' }));
  });

  it.each([[[]], [['a', 'a']], [[1, 1.5]], [['a', 1]], [[true, false]], [null]])(
    'categories are not %j',
    (categories) => {
      expect(() => categoryAxis(categories as never)).toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT' }),
      );
    },
  );

  it('cannot hold what is not finite', async () => {
    using histogram = new WeightedHistogram([regularAxis(1, 0, 1)]);
    await histogram.fill([Float64Array.of(0.5)], { weights: Float64Array.of(1e200) });
    expect(() => histogram.toUhi()).toThrow(expect.objectContaining({ code: 'ERR_NON_FINITE' }));
  });

  it('is refused when it breaks the rules', () => {
    const axis = {
      type: 'regular',
      lower: 0,
      upper: 1,
      bins: 1,
      underflow: true,
      overflow: true,
      circular: false,
    };
    const sound = {
      uhi_schema: 1,
      axes: [axis],
      storage: { type: 'weighted', values: [0, 1, 0], variances: [0, 1, 0] },
    };
    expect(parseUhiDocument({ h: sound })).toEqual({ h: sound });
    expect(parseUhiDocument(sound)).toEqual({ histogram: sound });
    const storage = (values: unknown) => ({ ...sound, storage: { ...sound.storage, values } });
    const broken: [unknown, RegExp][] = [
      [{ ...sound, uhi_schema: 3 }, /the document\.uhi_schema.*must be 1/],
      [[sound], /object of named histograms/],
      [null, /object of named histograms/],
      [{ h: { ...sound, uhi_schema: 2 } }, /"h"\.uhi_schema/],
      [{ h: { ...sound, extra: 1 } }, /extra/],
      [{ h: { ...sound, axes: [] } }, /axes/],
      [{ h: { ...sound, axes: [{ ...axis, bins: 0 }] } }, /axes\[0\]\.bins/],
      [{ h: { ...sound, axes: [{ ...axis, bins: 1e15 }] } }, /lists of/],
      [{ h: { ...sound, axes: [{ ...axis, upper: 0 }] } }, /lower must be below upper/],
      [{ h: { ...sound, axes: [{ type: 'boolean' }] } }, /lists of 2 cells/],
      [
        { h: { ...sound, axes: [{ type: 'category_str', categories: ['a', 'a', 'b'], flow: false }] } },
        /different/,
      ],
      [{ h: { ...sound, axes: [{ type: 'hexagons' }] } }, /axes\[0\]/],
      [{ h: { ...sound, metadata: { nested: {} } } }, /metadata/],
      [{ h: { ...sound, storage: { type: 'mean', counts: [0, 1, 0] } } }, /storage.*int, double or weighted/],
      [{ h: { ...sound, storage: { type: 'double', values: [0, -1, 0] } } }, /a sum is -1, no count/],
      [
        { h: { ...sound, storage: { type: 'double', values: [0, 2.5, 0] } } },
        /a sum is 2.5, no count.*Weight/,
      ],
      [{ h: { ...sound, storage: { type: 'int', values: [0, 1, 0], variances: [0, 1, 0] } } }, /has none/],
      [{ h: { ...sound, storage: { type: 'weighted', values: [0, 1, 0] } } }, /lacks variances/],
      [{ h: { ...sound, storage: { type: 'double', index: [[0]] } } }, /lacks values/],
      [{ h: { ...sound, storage: { type: 'double', values: 'file.h5' } } }, /elsewhere/],
      [{ h: { ...sound, storage: { type: 'double', values: [1], index: [[3]] } } }, /from 0 to 2/],
      [{ h: { ...sound, storage: { type: 'double', values: [1], index: [[0, 1]] } } }, /needs 1 whole/],
      [
        { h: { ...sound, storage: { type: 'double', values: [1], index: [] } } },
        /one list for each of 1 axes/,
      ],
      [{ h: { ...sound, storage: { type: 'double', values: [1, 2], index: [[1, 1]] } } }, /occurs twice/],
      [{ h: { ...sound, axes: [{ ...axis, bins: 1e9 }], storage: { type: 'int' } } }, /1000000002 cells/],
      [{ h: storage([0, 1]) }, /lists of 3 cells/],
      [{ h: storage([0, null, 0]) }, /not a finite number/],
      [{ h: storage([0, [1], 0]) }, /not a finite number/],
    ];
    for (const [document, message] of broken) {
      expect(() => parseUhiDocument(document)).toThrow(message);
      expect(() => parseUhiDocument(document)).toThrow(expect.objectContaining({ code: 'ERR_UHI' }));
    }
    for (const upper_edge of ['first-bin', '', 1, true]) {
      const unknown = { ...sound, axes: [{ ...axis, metadata: { upper_edge } }] };
      expect(() => WeightedHistogram.fromUhi(unknown as never)).toThrow(
        expect.objectContaining({
          code: 'ERR_UHI',
          message: expect.stringContaining('overflow or last-bin'),
        }),
      );
    }
    const circular = { ...sound, axes: [{ ...axis, circular: true }] };
    expect(() => WeightedHistogram.fromUhi(circular as never)).toThrow(
      expect.objectContaining({ code: 'ERR_UHI' }),
    );
  });
});
