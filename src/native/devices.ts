import { ArgumentError, NativeError } from '../errors.js';
import { requireOneOf } from '../names.js';
import { native } from './binding.js';
import type { CudaDevicesRecord } from './contract/devices.js';
import { callNative } from './run-job.js';
import { type ThreadedJobOptions, threadedJobOptions, threadsOf } from './threads.js';

/** Options of every function whose arithmetic may be done on a GPU. */
export interface ComputeOptions extends ThreadedJobOptions {
  /**
   * `cpu`; `cuda`: NVIDIA GPUs, an error where there is none; `auto`: a GPU where there is one, otherwise the CPU. The
   * last digits of results depend on it. Default: `cpu`.
   */
  readonly device?: DeviceName | undefined;
  /** Numbers of the CUDA devices, as `caloscope inspect` lists them; results do not depend on how many. Default: the first. */
  readonly devices?: readonly number[] | undefined;
}

/** Their names, for functions that refuse others. */
export const computeOptions: Readonly<Record<keyof ComputeOptions, true>> = {
  ...threadedJobOptions,
  device: true,
  devices: true,
};

export const deviceNames = ['cpu', 'cuda', 'auto'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** Where arithmetic is done. */
export interface Computer {
  readonly threads: number;
  /** Numbers of CUDA devices; none: the CPU. */
  readonly cudaDevices: Uint32Array;
  /** For records: `cpu`, or the devices with their names. */
  readonly device: string;
  /** Why that one. */
  readonly reason: string;
}

let cudaDevices: CudaDevicesRecord | undefined;

/** The list does not change while a process runs, and asking for it takes time. */
function findCudaDevices(): CudaDevicesRecord {
  cudaDevices ??= callNative(() => native().cudaDevices());
  return cudaDevices;
}

/** @throws ArgumentError ERR_ARGUMENT; NativeError ERR_DEVICE, with the reason why there is none. */
export function computerFor(options: ComputeOptions): Computer {
  const { device = 'cpu', devices } = options;
  const threads = threadsOf(options);
  requireOneOf(deviceNames, device, 'device');
  if (devices !== undefined && !Array.isArray(devices)) {
    throw new ArgumentError('ERR_ARGUMENT', 'devices must be a list of numbers of CUDA devices');
  }
  const onCpu = (reason: string) => ({ threads, cudaDevices: new Uint32Array(0), device: 'cpu', reason });
  if (device === 'cpu') {
    if (devices !== undefined)
      throw new ArgumentError('ERR_ARGUMENT', 'devices are CUDA devices: set device to cuda');
    return onCpu(options.device === undefined ? 'the default' : 'as asked');
  }
  const found = findCudaDevices();
  if (found.devices.length === 0) {
    if (device === 'auto') return onCpu(`CUDA cannot be used: ${found.reason}`);
    throw new NativeError('ERR_DEVICE', `CUDA cannot be used: ${found.reason}`);
  }
  const numbers = devices ?? found.devices.slice(0, 1).map(({ number }) => number);
  const chosen = numbers.map((number) => found.devices.find((one) => one.number === number));
  const missing = numbers.find((_, i) => chosen[i] === undefined);
  if (numbers.length === 0 || missing !== undefined || new Set(numbers).size < numbers.length) {
    const known = found.devices.map(({ number }) => number).join(', ');
    const what = missing === undefined ? 'devices must be different numbers' : `no CUDA device ${missing}`;
    throw new NativeError('ERR_DEVICE', `${what}; there are ${known}`);
  }
  return {
    threads,
    cudaDevices: Uint32Array.from(numbers),
    device: chosen.map((one) => `cuda:${one?.number} (${one?.name})`).join(', '),
    reason: device === 'auto' ? 'it is there' : 'as asked',
  };
}
