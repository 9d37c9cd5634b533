import { inputSettings } from '../../samples/kinds.js';
import type { CellMeans } from '../../samples/pictures.js';
import type { Profile, ProfileMeans, ProfileOptions, Sample } from '../../samples/sample.js';
import { sharedDeviations } from '../../statistics/fold-jackknife.js';
import { compareMeans, type MeanComparison, type MeanVector } from '../../statistics/mean-comparison.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import type { BeforeAndAfter } from '../before-and-after.js';
import { type CellPull, largestPull, pullsOf } from '../largest-pull.js';
import { shortP } from '../short-p.js';

export type { MeanComparison } from '../../statistics/mean-comparison.js';

/** What the command line names. */
const summarized = 5;

/**
 * What a row has on average in each bin, with its standard error, from the scatter of the rows: what a row has in a bin is one entry,
 * however many hits it comes from.
 */
export type ProfileCurve = CellMeans;

/** The bin of a profile that is furthest from the reference, in errors of both. */
export interface LargestPull extends Omit<CellPull, 'cell'> {
  readonly lower: number;
  readonly upper: number;
}

/** Mean profile of both samples, and of the generated one with its weights. */
export interface ProfileComparison extends Profile, BeforeAndAfter<ProfileCurve> {
  readonly reference: ProfileCurve;
  /** null: no bin has an error. */
  readonly largestPull: BeforeAndAfter<LargestPull | null>;
  /**
   * T² of all bins, neighbors with few entries put together, with their full covariance: what rows have in several bins hangs
   * together. That of the reweighted sample holds what its weights have in common, by the jackknife over the folds. p is of one
   * test, not corrected for the number of profiles.
   */
  readonly chiSquare: BeforeAndAfter<MeanComparison>;
}

/** Mean profiles of the showers of both samples; empty for samples without hits. */
export const profiles: Analysis<readonly ProfileComparison[]> = {
  async run(context) {
    return { part: await compareProfiles(context) };
  },
  summary(compared) {
    const pulls = compared.flatMap(({ label, axis, largestPull: { generated, reweighted }, chiSquare }) =>
      generated === null
        ? []
        : [{ label: `${label}, ${axis.label}`, unit: axis.unit, generated, reweighted, chiSquare }],
    );
    if (pulls.length === 0) return null;
    const worst = pulls
      .sort((a, b) => Math.abs(b.generated.pull) - Math.abs(a.generated.pull))
      .slice(0, summarized);
    return {
      heading:
        'Mean profiles that differ most (bins furthest from the reference, generated over reference; p: of all bins with their covariance)',
      rows: worst.map(({ label, unit, generated, reweighted, chiSquare }) => [
        label,
        `${binText(generated, unit)}  ${pullText(generated)}  p ${shortP(chiSquare.generated.pValue)}`,
        `reweighted  ${reweighted === null ? '–' : `${binText(reweighted, unit)}  ${pullText(reweighted)}`}  p ${shortP(chiSquare.reweighted.pValue)}`,
      ]),
    };
  },
};

function binText({ lower, upper }: { lower: number; upper: number }, unit: string): string {
  return `${lower.toPrecision(3)} to ${upper.toPrecision(3)} ${unit}`.trimEnd();
}

async function compareProfiles({
  reference,
  generated,
  scores,
  input,
  run,
}: AnalysisContext): Promise<ProfileComparison[]> {
  if (reference.profiles === null || generated.profiles === null) return [];
  const options = { ...run, threshold: inputSettings(input).threshold, covariance: true };
  const [ofReference = []] = await reference.profiles([null], options);
  const [before = [], after = []] = await generated.profiles([null, scores.finiteWeights()], options);
  const replicas = await replicatedMeans(generated.profiles.bind(generated), scores, {
    ...options,
    covariance: false,
  });
  return ofReference.map((one, i) => {
    const each = [one, before[i] as ProfileMeans, after[i] as ProfileMeans] as const;
    const bins = binsWithContent(one.profile, each);
    const [first, second, third] = each.map((means) => curveIn(means, bins)) as [
      ProfileCurve,
      ProfileCurve,
      ProfileCurve,
    ];
    const edges = one.profile.edges.slice(bins.first, bins.end + 1);
    return {
      ...one.profile,
      edges,
      reference: first,
      generated: second,
      reweighted: third,
      largestPull: {
        generated: pullIn(edges, first, second),
        reweighted: pullIn(edges, first, third),
      },
      chiSquare: {
        generated: compareMeans(vectorOf(each[0]), vectorOf(each[1])),
        reweighted: compareMeans(vectorOf(each[0]), vectorOf(each[2]), replicas(i)),
      },
    };
  });
}

function vectorOf({ means, covariance, effectiveRows }: ProfileMeans): MeanVector {
  return { means, covariance: covariance ?? [], effectiveRows };
}

/** What the weights have in common in the bins of each profile: deviations of its means, one a fold; none of a split. */
async function replicatedMeans(
  profilesWith: NonNullable<Sample['profiles']>,
  scores: AnalysisContext['scores'],
  options: ProfileOptions,
): Promise<(profile: number) => Float64Array[]> {
  const { learned, kept } = await scores.foldReplicas();
  if (learned.length === 0) return () => [];
  const columns = await profilesWith([...learned, ...kept], options);
  return (profile) => {
    const means = columns.map((column) => (column[profile] as ProfileMeans).means);
    return sharedDeviations({ learned: means.slice(0, learned.length), kept: means.slice(learned.length) });
  };
}

interface BinRange {
  readonly first: number;
  readonly end: number;
}

/** The bins of a logarithmic axis from the first to the last that is not empty in all; all of any other. */
function binsWithContent({ axis, edges }: Profile, each: readonly ProfileMeans[]): BinRange {
  const all = { first: 0, end: edges.length - 1 };
  if (axis.scale === 'linear') return all;
  const filled = edges.slice(1).map((_, bin) => each.some(({ means }) => (means[bin] as number) > 0));
  const first = filled.indexOf(true);
  return first < 0 ? all : { first, end: filled.lastIndexOf(true) + 1 };
}

function curveIn({ means, errors }: ProfileMeans, { first, end }: BinRange): ProfileCurve {
  return { means: means.slice(first, end), errors: errors.slice(first, end) };
}

function pullIn(edges: readonly number[], reference: ProfileCurve, other: ProfileCurve): LargestPull | null {
  const found = largestPull(reference, other, pullsOf(reference, other));
  if (found === null) return null;
  const { cell, ...pull } = found;
  return { lower: edges[cell] as number, upper: edges[cell + 1] as number, ...pull };
}

function pullText({ ratio, ratioError, pull }: LargestPull): string {
  const factor = ratio === null ? '' : `× ${ratio.toPrecision(3)}`;
  const error = ratioError === null ? '' : ` ± ${ratioError.toPrecision(2)}`;
  return `${factor}${error} (${pull.toFixed(1)} σ)`;
}
