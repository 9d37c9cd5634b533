/**
 * The whole surface of the native core as TypeScript sees it. What crosses: numbers, strings, plain records, typed
 * arrays, handles. Inputs of jobs are copied synchronously before the call returns; outputs are fresh arrays.
 */

/** Must equal `abi_version` in native/addon/module.cc. */
export const abiVersion = 1;

declare const kind: unique symbol;

/** A native object; only the core looks inside. Freed by `dispose` or when collected. */
export interface NativeHandle<Kind extends string> {
  readonly [kind]: Kind;
}

export type JobHandle = NativeHandle<'job'>;

/** How a job speaks: any number of 'progress', then exactly one 'done' or 'failed'. */
export interface Notify<Result> {
  (event: 'progress', done: number, total: number, message: string): void;
  (event: 'done', result: Result): void;
  (event: 'failed', error: Error): void;
}

export interface MachineRecord {
  /** Threads that the machine can run at once. */
  readonly logicalCores: number;
}

// --- native/addon/histogram_operations.cc

export interface HistogramOperations {}

// --- native/addon/shower_operations.cc

export interface ShowerOperations {}

// --- native/addon/simulation_operations.cc

export interface SimulationOperations {}

// --- native/addon/statistics_operations.cc

export interface StatisticsOperations {}

// --- native/addon/training_operations.cc

export interface TrainingOperations {}

export interface NativeBinding
  extends HistogramOperations,
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
