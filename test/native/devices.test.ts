import { describe, expect, it } from 'vitest';
import { regularAxis } from '#caloscope/histogram/axis';
import { WeightedHistogram } from '#caloscope/histogram/weighted-histogram';
import { native } from '#caloscope/native/binding';
import { computerFor } from '#caloscope/native/devices';
import { runJob } from '#caloscope/native/run-job';
import { areaUnderCurve, kolmogorovSmirnov, rocCurve } from '#caloscope/statistics/rank-statistics';
import { densityRatioWeights } from '#caloscope/weights/density-ratio';

const { devices, reason } = native().cudaDevices();
const code = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('the device that is chosen', () => {
  it('is the CPU unless another is requested', () => {
    expect(computerFor({ threads: 3 })).toEqual({
      threads: 3,
      cudaDevices: new Uint32Array(0),
      device: 'cpu',
      reason: 'the default',
    });
    expect(computerFor({ device: 'cpu' }).reason).toBe('as asked');
  });

  it('is refused where the words are wrong', () => {
    expect(code(() => computerFor({ device: 'gpu' as 'cpu' }))).toBe('ERR_ARGUMENT');
    expect(code(() => computerFor({ device: 'cpu', devices: [0] }))).toBe('ERR_ARGUMENT');
    expect(code(() => computerFor({ threads: 0 }))).toBe('ERR_ARGUMENT');
    expect(code(() => computerFor({ device: 'auto', devices: 0 as never }))).toBe('ERR_ARGUMENT');
  });

  it('comes with the reason why there is no other', () => {
    expect(devices.length === 0).toBe(reason !== null);
  });

  it.skipIf(devices.length > 0)('is the CPU for auto, and an error for cuda, without a GPU', () => {
    expect(computerFor({ device: 'auto' })).toMatchObject({
      device: 'cpu',
      reason: `CUDA cannot be used: ${reason}`,
    });
    expect(() => computerFor({ device: 'cuda' })).toThrow(
      expect.objectContaining({ code: 'ERR_DEVICE', message: `CUDA cannot be used: ${reason}` }),
    );
  });

  it.skipIf(devices.length > 0)('is the same rule for all that can be computed there', async () => {
    const numbers = Float64Array.of(1, 2);
    const options = { device: 'cuda' } as const;
    using histogram = new WeightedHistogram([regularAxis(2, 0, 1)]);
    const calls = [
      areaUnderCurve(numbers, numbers, options),
      rocCurve(numbers, numbers, options),
      kolmogorovSmirnov(numbers, numbers, options),
      densityRatioWeights(numbers, options),
      histogram.fill([numbers], options),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ERR_DEVICE' });
    const { value } = await areaUnderCurve(numbers, numbers, { device: 'auto' });
    expect(value).toBe(0.5);
  });

  it.skipIf(devices.length === 0)('is a GPU where there is one', () => {
    const { cudaDevices, device } = computerFor({ device: 'auto' });
    expect([...cudaDevices]).toEqual([0]);
    expect(device).toContain(devices[0]?.name);
    expect(code(() => computerFor({ device: 'cuda', devices: [] }))).toBe('ERR_DEVICE');
    expect(code(() => computerFor({ device: 'cuda', devices: [0, 0] }))).toBe('ERR_DEVICE');
    expect(code(() => computerFor({ device: 'cuda', devices: [999] }))).toBe('ERR_DEVICE');
  });
});

describe('the core', () => {
  it('refuses a device that is not there, and goes on', async () => {
    const histogram = new WeightedHistogram([regularAxis(2, 0, 1)]);
    const fill = (cudaDevices: number[]) =>
      runJob<undefined>((notify) => {
        const computer = { threads: 1, cudaDevices: Uint32Array.from(cudaDevices) };
        return native().fillHistogram(histogram.handle, Uint8Array.of(0), 0, 1, computer, notify).job;
      });
    await expect(fill([999])).rejects.toMatchObject({ code: 'ERR_DEVICE' });
    await fill([]);
    histogram.dispose();
  });
});
