/** Bins of one half of the rows: so many times the cube root of the smaller sample, within these bounds. */
const binsPerCubeRoot = 4;
const mostBins = 100;

/** Rows of one bin in each half of both samples. */
interface Bin {
  readonly reference: [number, number];
  readonly generated: [number, number];
}

/**
 * Area under the ROC curve of the best use of one number: of the ratio of the densities of both samples in bins of equal
 * filling, by the Neyman–Pearson lemma the best statistic, whether they differ in place, width or anything else. The ratio
 * of the even rows orders the odd ones, and that of the odd rows the even ones, so that chance does not raise it: it is ½ on
 * average for equal samples.
 */
export function likelihoodRatioArea(reference: Float64Array, generated: Float64Array): number {
  const bins = filledBins(reference, generated);
  return (areaOf(bins, 0, 1) + areaOf(bins, 1, 0)) / 2;
}

function filledBins(reference: Float64Array, generated: Float64Array): Bin[] {
  const edges = edgesOf(reference, generated);
  const bins: Bin[] = Array.from({ length: edges.length + 1 }, () => ({
    reference: [0, 0],
    generated: [0, 0],
  }));
  for (const [role, values] of [
    ['reference', reference],
    ['generated', generated],
  ] as const) {
    for (const [row, value] of values.entries()) {
      const half = (row % 2) as 0 | 1;
      (bins[binOf(edges, value)] as Bin)[role][half] += 1;
    }
  }
  return bins;
}

/** Values of both samples at equal distances in rank, each once. */
function edgesOf(reference: Float64Array, generated: Float64Array): Float64Array {
  const all = new Float64Array(reference.length + generated.length);
  all.set(reference);
  all.set(generated, reference.length);
  all.sort();
  const smaller = Math.min(reference.length, generated.length);
  const count = Math.min(mostBins, Math.max(2, Math.round(binsPerCubeRoot * Math.cbrt(smaller))));
  const edges = Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as number);
  return Float64Array.from(new Set(edges));
}

/** Edges that are not above the value. */
function binOf(edges: Float64Array, value: number): number {
  let first = 0;
  let last = edges.length;
  while (first < last) {
    const middle = (first + last) >> 1;
    if ((edges[middle] as number) <= value) first = middle + 1;
    else last = middle;
  }
  return first;
}

/** P(reference > generated) + ½ P(=) among the rows of one half, ordered by the ratio in the other. */
function areaOf(bins: readonly Bin[], ordering: 0 | 1, ordered: 0 | 1): number {
  const rows = (role: keyof Bin, half: 0 | 1) => bins.reduce((sum, bin) => sum + bin[role][half], 0);
  const [all, others] = [rows('reference', ordering), rows('generated', ordering)];
  // Half a row more in each sample: a bin with none of them tells nothing.
  const ratio = (bin: Bin) =>
    (bin.reference[ordering] + 0.5) / all / ((bin.generated[ordering] + 0.5) / others);
  const groups = new Map<number, { reference: number; generated: number }>();
  for (const bin of bins) {
    const group = groups.get(ratio(bin)) ?? { reference: 0, generated: 0 };
    group.reference += bin.reference[ordered];
    group.generated += bin.generated[ordered];
    groups.set(ratio(bin), group);
  }
  let below = 0;
  let won = 0;
  for (const [, group] of [...groups].sort(([a], [b]) => a - b)) {
    won += group.reference * (below + group.generated / 2);
    below += group.generated;
  }
  return won / rows('reference', ordered) / rows('generated', ordered);
}
