import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainPickleItems } from '#caloscope/formats/pandas/plain-pickle';
import { type OpenEventsOptions, openEvents } from '#caloscope/samples/events/event-files';
import { describeFile, openSample, sampleOf } from '#caloscope/samples/kinds';

/** Files that pandas wrote: test/published/pandas-frames.py. */
const file = (name: string) => join(import.meta.dirname, '../../published/numbers', `events-${name}.h5`);

/** Component of an object in an event of those files. */
const stored = (row: number, place: number) => 100 * (row + 1) + place;

const absent = (row: number, object: number) => (row === 1 && object === 4) || (row === 2 && object >= 3);

describe.each(['fixed', 'table'])('a frame that pandas writes with format=%s', (form) => {
  it('is recognized, and every number is in its place', async () => {
    expect(await describeFile(file(form))).toMatchObject({ layout: 'z-jets', rows: 4 });
    const events = await openSample(file(form));
    if (!('momenta' in events)) throw new Error('these are events');
    for (let row = 0; row < 4; row++) {
      for (const [object, components] of events.momenta.entries()) {
        for (const [component, values] of components.entries()) {
          expect(values[row]).toBe(absent(row, object) ? 0 : stored(row, 4 * object + component));
        }
      }
    }
    expect([...events.multiplicities()]).toEqual([5, 4, 3, 5]);
    expect(events.origin.files).toMatchObject([{ source: file(form), rows: 4 }]);
  });

  it('may have blocks of several types, whose columns are found by name', async () => {
    const columns = (name: string) => ['e', 'x', 'y', 'z'].map((component) => `${name}_${component}`);
    const object = (name: string) => ({ name, columns: columns(name) as [string, string, string, string] });
    const layout = { kind: 'events', name: 'mine', unit: 'TeV', objects: ['b', 'a'].map(object) } as const;
    const events = await openEvents(file(`blocks-${form}`), { layout });
    for (let row = 0; row < 4; row++) {
      for (let component = 0; component < 4; component++) {
        expect(events.momenta[0]?.[component]?.[row]).toBe(1000 * stored(row, 4 + component));
        expect(events.momenta[1]?.[component]?.[row]).toBe(1000 * stored(row, component));
      }
    }
    expect(events.weights).toBeNull();
    const weighted = await openEvents(file(`blocks-${form}`), { layout: { ...layout, weights: 'weight' } });
    expect(weighted.weights).toEqual(Float64Array.of(1, -1, 0.5, 2));
    expect(weighted.momenta).toEqual(events.momenta);
    expect(weighted.only(Float64Array.of(1, 3)).weights).toEqual(Float64Array.of(-1, 2));
    expect(sampleOf(weighted).origin('generated').weights).toEqual({ effectiveRows: 1, negative: 1 });
    const missing = openEvents(file(`blocks-${form}`), { layout: { ...layout, weights: 'w' } });
    await expect(missing).rejects.toThrow(/the layout mine also needs w/);
  });
});

it('events with numbers that are not finite are left out, counted, and keep their rows', async () => {
  const events = await openEvents(file('not-finite'));
  expect([...(events.selection.sourceRows ?? [])]).toEqual([1, 2]);
  expect(events.momenta[0]?.[0]).toEqual(Float64Array.of(stored(1, 0), stored(2, 0)));
  expect(events.warnings).toEqual([
    {
      code: 'non-finite',
      message: '2 of 4 events hold numbers that are not finite, the first is row 0; they are left out',
    },
  ]);
});

it('several files are one sample, of one multiplicity where that is chosen', async () => {
  const files = [file('fixed'), file('not-finite'), file('table')];
  const events = await openEvents(files, { multiplicity: 4 });
  expect([...(events.selection.sourceRows ?? [])]).toEqual([1, 5, 9]);
  expect(events.origin.files.map(({ rows }) => rows)).toEqual([4, 4, 4]);
  await expect(openEvents(files, { multiplicity: 2 })).rejects.toMatchObject({
    code: 'ERR_TOO_FEW_ROWS',
    message: expect.stringContaining('found are 3, 4, 5'),
  });
});

describe('is refused', () => {
  it('a frame without the columns of the layout', async () => {
    const path = file('blocks-fixed');
    await expect(openEvents(path)).rejects.toMatchObject({ code: 'ERR_LAYOUT', path });
    await expect(openEvents(path)).rejects.toThrow(/run, a_e, a_x, weight.*z-jets also needs 10, 11/);
  });

  it('columns by number in a table of several blocks, which does not tell their order', async () => {
    const path = file('blocks-table');
    const layout = {
      kind: 'events',
      name: 'mine',
      unit: 'GeV',
      objects: [{ name: 'a', columns: ['a_e', 'a_x', 'a_y', 4] }],
    };
    for (const options of [{}, { layout }]) {
      const refusal = { code: 'ERR_DATASET_TYPE', path, message: expect.stringMatching(/format="fixed"/) };
      await expect(openEvents(path, options as OpenEventsOptions)).rejects.toMatchObject(refusal);
      await expect(openSample(path, options as OpenEventsOptions)).rejects.toMatchObject(refusal);
    }
  });

  it('a file of which no event is left', async () => {
    expect(await describeFile(file('empty'))).toMatchObject({ layout: 'z-jets', rows: 0 });
    const refusal = (name: string) => ({ code: 'ERR_TOO_FEW_ROWS', path: file(name) });
    await expect(openEvents(file('empty'))).rejects.toMatchObject(refusal('empty'));
    await expect(openEvents(file('empty'))).rejects.toThrow('it is empty: it holds no events');
    await expect(openEvents(file('none-finite'))).rejects.toMatchObject(refusal('none-finite'));
    await expect(openEvents(file('none-finite'))).rejects.toThrow('all 2 hold numbers that cannot be used');
    expect((await openEvents([file('empty'), file('fixed')])).rows).toBe(4);
  });

  it('a file twice, a layout of another kind, a file of showers', async () => {
    const path = file('fixed');
    await expect(openEvents([path, path])).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await expect(openSample(path, { layout: 'calogan' })).rejects.toMatchObject({
      code: 'ERR_DATASET_MISSING',
    });
    await expect(openEvents(path, { layout: 'calogan' })).rejects.toThrow(/calogan is one of showers/);
    const showers = join(import.meta.dirname, '../../formats/hdf5/fixtures/packed.h5');
    await expect(openEvents(showers)).rejects.toMatchObject({ code: 'ERR_LAYOUT' });
  });
});

it('of pickled names only plain lists are read', () => {
  expect(plainPickleItems('(lp0\nVm1_E\np1\naV\\u03b1\np2\naI3\na.')).toEqual(['m1_E', 'α', 3]);
  expect(plainPickleItems('(I1\n(lp1\nI0\naI1\natp2\na.')).toEqual([1, 0, 1]);
  for (const pickle of ["cos\nsystem\n(S'ls'\ntR.", '(lp0\nVa\n', '', '\u0080\u0004]']) {
    expect(plainPickleItems(pickle)).toBeNull();
  }
});
