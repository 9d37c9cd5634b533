import { createHash } from 'node:crypto';
import { linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createHdf5 } from '#caloscope/formats/hdf5/writer/writing';
import { openShowers, ShowerStream } from '#caloscope/samples/showers/shower-stream';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-several-'));
afterAll(() => rmSync(folder, { recursive: true }));

const voxels = 368;
const voxel = (row: number, i: number) => ((row * 31 + i * 7) % 5 === 0 ? (row + 1) / 8 + i : 0);

/** Rows [first, first + rows) of one long sample. */
async function write(
  name: string,
  first: number,
  rows: number,
  change: { ratio?: boolean; bad?: number } = {},
) {
  const path = join(folder, name);
  const ratio = { path: '/log_density_ratio', type: 'f8', rowShape: [] } as const;
  const writer = await createHdf5(path, {
    attributes: {},
    datasets: [
      { path: '/incident_energies', type: 'f4', rowShape: [1] },
      { path: '/showers', type: 'f4', rowShape: [voxels] },
      ...(change.ratio ? [ratio] : []),
    ],
  });
  const each = (value: (row: number) => number) =>
    Float64Array.from({ length: rows }, (_, i) => value(first + i));
  await writer.append(
    {
      '/incident_energies': Float32Array.from(each((row) => 100_000 + row)),
      '/showers': Float32Array.from({ length: rows * voxels }, (_, i) =>
        i === change.bad ? Number.NaN : voxel(first + Math.floor(i / voxels), i % voxels),
      ),
      ...(change.ratio && { [ratio.path]: each((row) => row / 4) }),
    },
    rows,
  );
  await writer.close();
  return path;
}

const parts = [
  await write('part_0.hdf5', 0, 7000, { ratio: true }),
  await write('part_1.hdf5', 7000, 1, { ratio: true }),
  await write('part_2.hdf5', 7001, 5000, { ratio: true }),
];
const whole = await write('whole.hdf5', 0, 12_001, { ratio: true });

describe('several files as one sample', () => {
  it('hold what one file with all rows holds', async () => {
    using together = await openShowers(parts);
    using alone = await openShowers(whole);
    expect(together.rows).toBe(12_001);
    expect(together.incidentEnergies()).toEqual(alone.incidentEnergies());
    expect(together.logDensityRatio).toEqual(alone.logDensityRatio);
    for (const first of [0, 6990, 7000, 11_990]) {
      expect(together.read(first, 11)).toEqual(alone.read(first, 11));
    }
  });

  it('say which they are, with checksums', async () => {
    using sample = await openShowers(parts);
    const sums = parts.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
    expect(sample.origin).toMatchObject({
      source: `${parts[0]} and 2 more`,
      files: [
        { source: parts[0], rows: 7000, sha256: sums[0] },
        { source: parts[1], rows: 1, sha256: sums[1] },
        { source: parts[2], rows: 5000, sha256: sums[2] },
      ],
      sha256: createHash('sha256').update(sums.join('')).digest('hex'),
    });
    using alone = await openShowers([whole]);
    expect(alone.origin.source).toBe(whole);
    expect(alone.origin.sha256).toBe(alone.origin.files[0]?.sha256);
  });

  it('are read sample by sample across their ends', async () => {
    const stream = await ShowerStream.open(parts);
    const energies: number[] = [];
    for await (const sample of stream.samples({ rows: 3000, bytes: Number.POSITIVE_INFINITY })) {
      energies.push(...sample.incidentEnergies());
      sample.dispose();
    }
    await stream.close();
    expect(energies).toEqual(Array.from({ length: 12_001 }, (_, row) => 100_000 + row));
  });

  it('have no density ratio where one of them has none', async () => {
    using sample = await openShowers([parts[1] as string, await write('plain.hdf5', 0, 5)]);
    expect(sample.logDensityRatio).toBeNull();
    expect(sample.rows).toBe(6);
  });

  it('are named in errors and in what is odd, with the row in the file', async () => {
    const bad = await write('bad.hdf5', 0, 20, { bad: 4 * voxels + 3 });
    await expect(openShowers([parts[1] as string, bad])).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
      message: expect.stringMatching(/bad\.hdf5: .*row 4, voxel 3/),
    });
    using sample = await openShowers([parts[1] as string, bad], { nonFinite: 'zero' });
    expect(sample.problems).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/^.*bad\.hdf5: 1 voxels are NaN/) }),
    );
  });

  it('are refused where one is named twice, is missing or has another geometry', async () => {
    const link = join(folder, 'link.hdf5');
    linkSync(parts[1] as string, link);
    await expect(openShowers([parts[1] as string, link])).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('the same file, twice'),
    });
    await expect(openShowers([])).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    await expect(openShowers([whole, join(folder, 'none.hdf5')])).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
  });
});
