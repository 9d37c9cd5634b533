import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { afterEach, describe, expect, it } from 'vitest';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-writing-'));
const path = join(folder, 'out.hdf5');
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

const toyAttribute = 'caloscope_toy';
const noteAttribute = 'note';
const plan = { datasets: [{ path: '/weights', type: 'f8', rowShape: [] }] } as const;

describe('createHdf5', () => {
  it('writes all types and shapes, in blocks of any height', async () => {
    const writer = await createHdf5(path, {
      attributes: { [toyAttribute]: 'seed 7', [noteAttribute]: 'Größe' },
      compression: 4,
      datasets: [
        { path: 'energy', type: 'f4', rowShape: [1] },
        { path: '/a/b/layer', type: 'f8', rowShape: [12, 6] },
        { path: '/a/fold', type: 'i4', rowShape: [] },
        { path: '/label', type: 'u1', rowShape: [] },
        { path: '/row', type: 'i8', rowShape: [] },
      ],
    });
    const total = 5003;
    for (let first = 0; first < total; ) {
      const rows = Math.min(1 + (first % 1777), total - first);
      const from = <T>(make: (row: number) => T) => Array.from({ length: rows }, (_, i) => make(first + i));
      await writer.append(
        {
          energy: Float32Array.from(from((row) => row / 4)),
          '/a/b/layer': Float64Array.from({ length: rows * 72 }, (_, i) => first + i / 72),
          '/a/fold': Int32Array.from(from((row) => -row)),
          '/label': Uint8Array.from(from((row) => row % 2)),
          '/row': BigInt64Array.from(from((row) => BigInt(row) * 2n ** 40n)),
        },
        rows,
      );
      first += rows;
    }
    await writer.close();
    await ready;
    const file = new File(path, 'r');
    const dataset = (name: string) => file.get(name) as Dataset;
    expect(dataset('energy').shape).toEqual([total, 1]);
    expect(dataset('/a/b/layer').shape).toEqual([total, 12, 6]);
    expect(dataset('/a/b/layer').dtype).toBe('<d');
    expect(dataset('/a/b/layer').filters).toMatchObject([{ id: 1, cd_values: [4] }]);
    const rows = Array.from({ length: total }, (_, row) => row);
    expect(dataset('energy').value).toEqual(Float32Array.from(rows, (row) => row / 4));
    expect(dataset('/a/fold').value).toEqual(Int32Array.from(rows, (row) => -row));
    expect(dataset('/label').value).toEqual(Uint8Array.from(rows, (row) => row % 2));
    expect((dataset('/row').value as BigInt64Array)[5002]).toBe(5002n * 2n ** 40n);
    expect((dataset('/a/b/layer').value as Float64Array)[72 * 5002]).toBe(5002);
    expect([file.attrs[toyAttribute]?.value, file.attrs[noteAttribute]?.value]).toEqual(['seed 7', 'Größe']);
    file.close();
    expect(readdirSync(folder)).toEqual(['out.hdf5']);
  });

  it('replaces a file only when the new one is complete', async () => {
    writeFileSync(path, 'old');
    await expect(createHdf5(path, plan)).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    const writer = await createHdf5(path, plan, { force: true });
    await writer.append({ '/weights': Float64Array.of(1, 2) }, 2);
    expect(readFileSync(path, 'utf8')).toBe('old');
    await writer.close();
    await writer.close();
    await writer.discard();
    expect(readFileSync(path).subarray(1, 4).toString()).toBe('HDF');
  });

  it('leaves nothing behind when discarded or aborted', async () => {
    const discarded = await createHdf5(path, plan);
    await discarded.append({ '/weights': Float64Array.of(1) }, 1);
    await discarded.discard();
    expect(readdirSync(folder)).toEqual([]);
    await expect(discarded.append({ '/weights': Float64Array.of(1) }, 1)).rejects.toMatchObject({
      code: 'ERR_DISPOSED',
    });

    const controller = new AbortController();
    const aborted = await createHdf5(path, plan, { signal: controller.signal });
    const appending = aborted.append({ '/weights': new Float64Array(1e6) }, 1e6);
    controller.abort('stop');
    await expect(appending).rejects.toBe('stop');
    await expect(aborted.close()).rejects.toBe('stop');
    await aborted.discard();
    expect(readdirSync(folder)).toEqual([]);
    await expect(createHdf5(path, plan, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
  });

  it('refuses places that cannot be written', async () => {
    await expect(createHdf5(join(folder, 'none', 'out.hdf5'), plan)).rejects.toMatchObject({
      code: 'ERR_OUTPUT',
    });
    await expect(createHdf5(folder, plan)).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
  });

  it('refuses plans and blocks that do not fit', async () => {
    await expect(createHdf5(path, { datasets: [] })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await expect(
      createHdf5(path, { datasets: [{ path: '/', type: 'f4', rowShape: [] }] }),
    ).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await expect(
      createHdf5(path, { datasets: [{ path: 'x', type: 'f4', rowShape: [0] }] }),
    ).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    const writer = await createHdf5(path, plan);
    await expect(writer.append({ '/weights': Float32Array.of(1) }, 1)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    });
    await expect(writer.append({ '/weights': Float64Array.of(1) }, 2)).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
    await expect(writer.append({}, 1)).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await writer.append({ '/weights': Float64Array.of(1) }, 1);
    await writer.close();
  });

  it('writes a file of no rows', async () => {
    await (await createHdf5(path, plan)).close();
    await ready;
    const file = new File(path, 'r');
    expect((file.get('weights') as Dataset).shape).toEqual([0]);
    file.close();
  });
});
