import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { measured } from '#caloscope/evaluation/analysis-cost';

it('counts memory that is given back before the end', async () => {
  const megabytes = 128;
  const { found, cost } = await measured('roc', async () => {
    let held: Buffer | null = Buffer.alloc(megabytes * 1e6, 1);
    await pause(50);
    const last = held.at(-1);
    held = null;
    return last;
  });
  expect(found).toBe(1);
  expect(cost.name).toBe('roc');
  expect(cost.addedMemory).toBeGreaterThan(0.9 * megabytes * 1e6);
  expect(cost.peakMemory).toBeGreaterThan(cost.addedMemory);
  const { cost: small } = await measured('roc', async () => 0);
  expect(small.addedMemory).toBeLessThan(0.5 * megabytes * 1e6);
});

it('passes on what goes wrong', async () => {
  await expect(measured('roc', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
