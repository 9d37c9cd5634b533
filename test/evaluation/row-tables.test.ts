import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SampleWeights } from '#caloscope/evaluation/evaluate';
import { writeRowTable } from '#caloscope/evaluation/row-tables';
import type { WrittenFormat } from '#caloscope/formats/tables/writer/table-plan';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caloscope-tables-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Three rows of two files of two rows each; row 2 was left out. */
const sample: SampleWeights & { readonly files: readonly { readonly rows: number }[] } = {
  files: [{ rows: 2 }, { rows: 2 }],
  sourceRows: Float64Array.of(0, 1, 3),
  logWeights: Float64Array.of(0, 0.1, -1e-300),
  logWeightErrors: Float64Array.of(0.25, 1 / 3, Number.POSITIVE_INFINITY),
  logits: { values: new Float32Array(3), members: 1, rows: 3 },
  fold: Uint16Array.of(2, 0, 1),
  rowWeights: Float64Array.of(1, -2.5, 1),
  observables: [
    { name: 'E', label: 'energy', unit: 'MeV', values: Float64Array.of(1e22, Number.NaN, 0.1) },
    { name: 'a, "b"', label: 'odd', unit: '', values: Float64Array.of(1, 2, 3) },
  ],
};
const expected: Record<string, readonly number[]> = {
  source_file: [0, 0, 1],
  source_row: [0, 1, 1],
  weight: [1, Math.exp(0.1), 1],
  log_weight: [0, 0.1, -1e-300],
  log_weight_error: [0.25, 1 / 3, Number.POSITIVE_INFINITY],
  fold: [2, 0, 1],
  row_weight: [1, -2.5, 1],
  E: [1e22, Number.NaN, 0.1],
  'a, "b"': [1, 2, 3],
};

async function written(format: WrittenFormat, of: typeof sample = sample): Promise<Buffer> {
  const path = join(folder, `table.${format}`);
  await writeRowTable(path, of, { reference: 'a.hdf5\nb.hdf5' }, { format });
  expect(readdirSync(folder)).toEqual([`table.${format}`]);
  return readFileSync(path);
}

describe('the table of a sample', () => {
  it('is text whose numbers are read back the same', async () => {
    const [remark, heading, ...lines] = (await written('csv')).toString().trimEnd().split('\n');
    expect(remark).toBe('# reference: a.hdf5; b.hdf5');
    expect(heading).toBe(
      'source_file,source_row,weight,log_weight,log_weight_error,fold,row_weight,E [MeV],"a, ""b"""',
    );
    const number = (cell: string) => (cell === 'inf' ? Number.POSITIVE_INFINITY : Number(cell));
    const cells = lines.map((line) => line.split(',').map(number));
    expect(cells).toEqual([0, 1, 2].map((row) => Object.values(expected).map((column) => column[row])));
  });

  it('is a Parquet file with units and meanings in its metadata', async () => {
    const bytes = await written('parquet');
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    for (const [name, numbers] of Object.entries(expected))
      expect(
        rows.map((row) => Number(row[name])),
        name,
      ).toEqual(numbers);
    const texts = parquetMetadata(file).key_value_metadata ?? [];
    const said = Object.fromEntries(texts.map(({ key, value }) => [key, value ?? '']));
    expect(said['reference']).toBe('a.hdf5\nb.hdf5');
    expect(JSON.parse(said['columns'] ?? '')).toMatchObject({
      E: { unit: 'MeV', meaning: 'energy' },
      log_weight: { unit: '', meaning: 'ln w = ln(p_reference/p_generated)' },
    });
  });

  it.each(['csv', 'parquet'] as const)(
    'has no file where there is one, in more than one block (%s)',
    async (format) => {
      const rows = 70_000;
      const numbers = Float64Array.from({ length: rows }, (_, row) => row / 700);
      const long = {
        ...sample,
        files: [],
        sourceRows: null,
        rowWeights: null,
        logWeights: numbers,
        logWeightErrors: numbers,
        fold: new Uint16Array(rows),
        observables: [],
      };
      const bytes = await written(format, long);
      const last =
        format === 'csv'
          ? bytes.toString().trimEnd().split('\n').slice(2).at(-1)?.split(',').map(Number)
          : Object.values(
              (
                await parquetReadObjects({
                  file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
                  rowStart: rows - 1,
                })
              )[0] ?? {},
            ).map(Number);
      const x = (rows - 1) / 700;
      expect(last).toEqual([rows - 1, Math.exp(x), x, x, 0]);
    },
  );

  it('has each name once, whatever conditions and observables are called', async () => {
    const names = ['fold', 'source_file', 'fold', 'sample_fold', 'row_weight', 'logit', 'x', 'x'];
    const observables = names.map((name, i) => ({
      name,
      label: name,
      unit: '',
      values: Float64Array.of(i, 22.5, -i),
    }));
    const bytes = await written('parquet', { ...sample, files: [], observables });
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const [first] = await parquetReadObjects({ file });
    expect(Object.entries(first ?? {}).slice(-8)).toEqual([
      ['sample_fold', 0],
      ['sample_source_file', 1],
      ['sample_sample_fold', 2],
      ['sample_sample_sample_fold', 3],
      ['sample_row_weight', 4],
      ['sample_logit', 5],
      ['x', 6],
      ['sample_x', 7],
    ]);
    expect(Object.keys(first ?? {})).toHaveLength(6 + 8);
  });

  it('is whole or not there', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const path = join(folder, 'table.csv');
    await expect(writeRowTable(path, sample, {}, { format: 'csv', signal })).rejects.toBe(reason);
    const controller = new AbortController();
    const work = writeRowTable(path, sample, {}, { format: 'parquet', signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(work).rejects.toBe(reason);
    expect(readdirSync(folder)).toEqual([]);
    const nowhere = join(folder, 'no', 'table.csv');
    await expect(writeRowTable(nowhere, sample, {}, { format: 'csv' })).rejects.toMatchObject({
      code: 'ERR_OUTPUT',
    });
  });
});
