import { describe, expect, it } from 'vitest';
import type { UhiHistogram, UhiSparseStorage } from '#caloscope/formats/uhi/uhi';
import { parseUhiDocument, parseUhiHistogram } from '#caloscope/formats/uhi/uhi-schema';
import { sparseUhi } from '#caloscope/formats/uhi/uhi-storage';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { publishedNumbers } from './numbers.js';

const { histograms } = publishedNumbers<{
  readonly histograms: Readonly<
    Record<
      string,
      {
        readonly document: UhiHistogram<unknown>;
        readonly values: readonly number[];
        readonly variances: readonly number[];
      }
    >
  >;
}>('uhi_documents');

/** Numbers in the order of the cells. */
const flat = (list: unknown): unknown => (Array.isArray(list) ? list.flat(9) : list);

describe('histograms of hist in UHI serialisation', () => {
  it.each(Object.entries(histograms))('%s', (_, { document, values, variances }) => {
    const named = parseUhiDocument({ h: document })['h'] as UhiHistogram;
    expect(parseUhiDocument(document)).toEqual({ histogram: named });
    expect(flat(named.storage.values)).toEqual(values);
    expect(flat(named.storage.variances)).toEqual(variances);

    using histogram = WeightedHistogram.fromUhi(document);
    const written = histogram.toUhi();
    // What is added are flow cells that there were none of, which are empty, and metadata.
    expect(sumOf(flat(written.storage.values))).toBe(sumOf(values));
    using again = WeightedHistogram.fromUhi(written);
    expect([again.values(), again.variances()]).toEqual([histogram.values(), histogram.variances()]);
    expect(again.axes).toEqual(histogram.axes);
    const sparse: UhiHistogram<UhiSparseStorage> = sparseUhi(named);
    expect(parseUhiHistogram(sparse)).toEqual(named);
    expect(sparse.storage.values).toEqual(values.filter((value) => value !== 0));
  });

  it('names of categories are kept', () => {
    using texts = WeightedHistogram.fromUhi(histograms['texts']?.document as UhiHistogram<unknown>);
    expect(texts.axes[0]).toMatchObject({
      type: 'category',
      categories: ['e', 'gamma', 'pi'],
      name: 'particle',
    });
    expect([...texts.values()]).toEqual([20, 0, 20]);
    expect(texts.toUhi()).toMatchObject({
      axes: [{ type: 'category_str', categories: ['e', 'gamma', 'pi'], flow: true }],
      storage: { values: [20, 0, 20, 20] },
    });
    using numbers = WeightedHistogram.fromUhi(histograms['numbers']?.document as UhiHistogram<unknown>);
    expect(numbers.toUhi().axes[0]).toMatchObject({ type: 'category_int', categories: [22, 11, -211] });
    using hits = WeightedHistogram.fromUhi(histograms['false and true']?.document as UhiHistogram<unknown>);
    expect(hits.toUhi().axes[0]).toMatchObject({ type: 'boolean' });
    expect(() => texts.merge(numbers)).toThrow(/categories/);
  });
});

function sumOf(values: unknown): number {
  return (values as number[]).reduce((sum, value) => sum + value, 0);
}
