/** native/addon/device_operations.cc as TypeScript sees it. */

export interface CudaDeviceRecord {
  readonly number: number;
  readonly name: string;
  /** As `9.0`. */
  readonly computeCapability: string;
  readonly memoryBytes: number;
}

export interface CudaDevicesRecord {
  readonly devices: readonly CudaDeviceRecord[];
  /** Why there is none, or null. */
  readonly reason: string | null;
}

/** Where a job does its arithmetic. */
export interface NativeComputer {
  readonly threads: number;
  /** Numbers of CUDA devices; none: the CPU. */
  readonly cudaDevices: Uint32Array;
}

export interface DeviceOperations {
  /** May take a second where there is a driver. */
  cudaDevices(): CudaDevicesRecord;
}
