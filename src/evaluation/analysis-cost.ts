/** What one analysis needed. */
export interface AnalysisCost {
  /** Of the part of the result. */
  readonly name: string;
  /** Wall time. */
  readonly seconds: number;
  /** Most resident memory of the whole process meanwhile, bytes. */
  readonly peakMemory: number;
  /** By how much that is above what the process held when the analysis began, bytes. */
  readonly addedMemory: number;
}

/** The core works in threads of its own: a timer of the main thread sees the memory grow meanwhile. */
const samplingMilliseconds = 10;
const bytesOfKilobyte = 1024;

/** Runs an analysis and says what it needed. */
export async function measured<Found>(
  name: string,
  work: () => Promise<Found>,
): Promise<{ readonly found: Found; readonly cost: AnalysisCost }> {
  const before = process.memoryUsage.rss();
  const peakBefore = highestMemory();
  let peak = before;
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, samplingMilliseconds);
  const start = performance.now();
  try {
    const found = await work();
    const seconds = (performance.now() - start) / 1000;
    sample();
    // Where it raised the peak of the process, the operating system knows it exactly.
    const highest = highestMemory();
    if (highest > peakBefore) peak = Math.max(peak, highest);
    return { found, cost: { name, seconds, peakMemory: peak, addedMemory: peak - before } };
  } finally {
    clearInterval(timer);
  }
}

/** Most resident memory of the process so far, bytes. */
function highestMemory(): number {
  return process.resourceUsage().maxRSS * bytesOfKilobyte;
}
