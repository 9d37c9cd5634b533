/** What all parts of the native core speak of: handles, jobs, number arrays. */

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

/** Numbers that the core takes as they are: float32 is not widened in JavaScript. */
export type NumberArray = Float32Array | Float64Array;
