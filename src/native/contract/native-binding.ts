/**
 * The whole surface of the native core as TypeScript sees it. What crosses: numbers, strings, plain records, typed
 * arrays, handles. Inputs of jobs are copied synchronously before the call returns; outputs are fresh arrays.
 */
import type { CalibrationOperations } from './calibration.js';
import type { DeviceOperations } from './devices.js';
import type { EnsembleOperations } from './ensembles.js';
import type { FailureOperations } from './failures.js';
import type { FileOperations } from './files.js';
import type { HistogramOperations } from './histograms.js';
import type { JetOperations } from './jets.js';
import type { JobHandle, NativeHandle } from './jobs.js';
import type { NamesOperations } from './names.js';
import type { ReadingOperations } from './reading.js';
import type { ShowerOperations } from './showers.js';
import type { SimulationOperations } from './simulation.js';
import type { StatisticsOperations } from './statistics.js';
import type { TrainingOperations } from './training.js';

/** Must equal `abi_version` in native/addon/module.cc. */
export const abiVersion = 32;

export interface MachineRecord {
  /** Threads that the machine can run at once. */
  readonly logicalCores: number;
  /** Name of the kernel set in use: baseline, avx2, avx512, avx512bf16 or neon. */
  readonly kernelSet: string;
  /** Why that one, e.g. `has AVX2 and FMA, not AVX-512`; the processor is the subject. */
  readonly kernelSetReason: string;
  /** What unpacks gzip chunks, e.g. `libdeflate 1.14`, `zlib 1.3.1`, or `none`. */
  readonly inflate: string;
}

export interface NativeBinding
  extends CalibrationOperations,
    DeviceOperations,
    EnsembleOperations,
    FailureOperations,
    FileOperations,
    HistogramOperations,
    JetOperations,
    NamesOperations,
    ReadingOperations,
    ShowerOperations,
    SimulationOperations,
    StatisticsOperations,
    TrainingOperations {
  readonly abiVersion: number;
  /** Lets go of the native object behind a handle; harmless when repeated. */
  dispose(handle: NativeHandle<string>): void;
  cancelJob(job: JobHandle): void;
  machine(): MachineRecord;
}
