import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluate } from '#caloscope/evaluation/evaluate';
import { sampleOf } from '#caloscope/samples/kinds';
import { openTable } from '#caloscope/samples/table/table-files';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-table-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const layout = { kind: 'table' as const, name: 'mine', conditions: [{ name: 'e', unit: 'GeV' }] };

describe('tables from files', () => {
  const named = file('named.csv', 'e,pt,eta\n1,2,3\n4,5,6\n');
  const bare = file('bare.csv', '1,2,3\n4,5,6\n');
  const wide = file('wide.csv', '0.5,1,2,3\n0.5,4,5,6\n');

  it('of several files are one sample, with the columns of the first', async () => {
    const second = file('second.csv', 'eta,e,pt\n9,7,8\n');
    const { values, columns, origin, conditions } = await openTable([named, second], { layout });
    expect([columns, ...values]).toEqual([['e', 'pt', 'eta'], 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(origin?.files.map(({ rows }) => rows)).toEqual([2, 1]);
    expect(conditions).toEqual([{ name: 'e', label: 'e', unit: 'GeV' }]);
  });

  it('may hold the weights of their rows, which are no column that is compared or read', async () => {
    const weighted = file('weighted.csv', 'e,w,pt\n1,2,3\n4,-0.5,6\n');
    const described = { ...layout, weights: 'w' };
    const whole = await openTable(weighted, { layout: described });
    expect([whole.columns, ...whole.values]).toEqual([['e', 'pt'], 1, 3, 4, 6]);
    expect(whole.weights).toEqual(Float64Array.of(2, -0.5));
    const chosen = await openTable([weighted], { layout: { ...described, columns: ['pt', 'e'] } });
    expect([chosen.columns, ...chosen.values]).toEqual([['pt', 'e'], 3, 1, 6, 4]);
    expect(chosen.weights).toEqual(whole.weights);
    const sample = sampleOf(chosen);
    expect((await sample.without(Float64Array.of(1), {})).rowWeights).toEqual(Float64Array.of(2));
    await expect(openTable(named, { layout: described })).rejects.toMatchObject({
      code: 'ERR_DATASET_MISSING',
      message: expect.stringContaining('no column w, which holds the weights of the layout'),
    });
    const negative = file('negative.csv', 'e,w\n1,2\n4,-3\n');
    await expect(openTable(negative, { layout: described })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('negative.csv: the sum of the weights is -1'),
    });
    const layoutOf = (more: object) => openTable(weighted, { layout: { ...described, ...more } });
    await expect(layoutOf({ columns: ['pt', 'w'], conditions: [] })).rejects.toThrow(/w holds weights/);
  });

  it('have as many columns without names as were chosen before', async () => {
    const refusal = {
      code: 'ERR_SHAPE',
      message: expect.stringContaining('its array column has 4 columns, 3 are expected'),
    };
    await expect(openTable([bare, wide])).rejects.toMatchObject(refusal);
    const columns = ['column_0', 'column_1', 'column_2'];
    await expect(openTable(wide, { columns })).rejects.toMatchObject(refusal);
    const chosen = { kind: 'table' as const, name: 'mine', columns };
    expect(Array.from((await openTable(wide, { layout: chosen })).values)).toEqual([0.5, 1, 2, 0.5, 4, 5]);
  });

  it('give classifiers the conditions that are wanted, by their whole names', async () => {
    const sample = sampleOf(await openTable(named, { layout }));
    const read = (conditions: 'varying' | 'none' | readonly string[]) =>
      sample.input({ features: 'full', threshold: null, conditions }, sample);
    expect(read('varying')).toMatchObject({ columns: ['e', 'pt', 'eta'] });
    expect(read(['e'])).toMatchObject({ columns: ['e', 'pt', 'eta'] });
    expect(read('none')).toMatchObject({ columns: ['pt', 'eta'] });
    expect(() => read(['phi'])).toThrow('there is no condition phi; the table has e');
  });

  it('are refused with conditions that differ, or are no columns', async () => {
    const first = await openTable(named, { layout });
    await expect(evaluate(first, await openTable(named))).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
      message: expect.stringContaining(
        'the conditions of the reference are e, those of the generated sample none',
      ),
    });
    const other = { ...first, conditions: [{ name: 'phi', label: 'φ', unit: '' }] };
    await expect(evaluate(other, other)).rejects.toThrow('the condition phi is none of the columns');
    await expect(openTable(bare, { layout })).rejects.toMatchObject({ code: 'ERR_DATASET_MISSING' });
    // Where a classifier says what is read, conditions that it does not read need not be there.
    const read = await openTable(named, { layout, columns: ['pt'] });
    expect([read.conditions, ...read.values]).toEqual([[], 2, 5]);
  });
});

it('leaves rows out that are not finite, and keeps their numbers', async () => {
  const path = file('gaps.csv', 'x,y,w\n1,2,1\n,3,1\n4,5,nan\n6,7,2\n');
  const weighted = { kind: 'table', name: 'weighted', weights: 'w' } as const;
  const sample = await openTable(path, { layout: weighted, nonFinite: 'drop' });
  expect([...sample.values]).toEqual([1, 2, 6, 7]);
  expect([...(sample.weights ?? [])]).toEqual([1, 2]);
  expect([...(sample.origin?.sourceRows ?? [])]).toEqual([0, 3]);
  expect(sample.origin?.warnings).toEqual([
    {
      code: 'dropped-rows',
      message: '2 of 4 rows hold numbers that are not finite, the first is row 1; they are left out',
    },
  ]);
  expect([...(sampleOf(sample).sourceRows ?? [])]).toEqual([0, 3]);
});

it('refuses a table without rows, by its name', async () => {
  const path = join(folder, 'empty.npy');
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }".padEnd(117);
  writeFileSync(path, Buffer.from(`\x93NUMPY\x01\0v\0${header}\n`, 'latin1'));
  await expect(openTable(path)).rejects.toMatchObject({
    code: 'ERR_TOO_FEW_ROWS',
    message: `${path}: it is empty: it holds no rows; write it again with some`,
  });
});

it('names the file whose columns are others', async () => {
  const rows = '1,2,3\n4,5,6\n';
  const first = await openTable(file('abc.csv', `a,b,c\n${rows}`));
  const path = file('abd.csv', `a,b,d\n${rows}`);
  const second = await openTable(path);
  expect(() => sampleOf(first).requireFit(sampleOf(second))).toThrow(
    `${path} has 3 columns (a, b, d), 3 are expected (a, b, c): c missing, d beside them`,
  );
});
