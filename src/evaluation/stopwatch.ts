/** Seconds of the stages of a run. */
export class Stopwatch {
  readonly laps: { stage: string; seconds: number }[] = [];
  #last = performance.now();

  /** Ends a stage. */
  lap(stage: string): void {
    const now = performance.now();
    this.laps.push({ stage, seconds: (now - this.#last) / 1000 });
    this.#last = now;
  }
}
