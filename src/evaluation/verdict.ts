import type { Warning } from '../warnings.js';
import { isOutside } from './analyses/support.js';
import type { ObservableComparison, OutsideRows, ResultParts, SeparationSummary, Verdict } from './result.js';
import { shortP } from './short-p.js';
import { shortZ } from './short-z.js';
import { significant } from './significance.js';

/** Corrected p-value of one observable that is a difference, whatever the others are. */
const surely = 1e-6;
/** AUC from which samples are clearly different. */
const clear = 0.75;
/** z of the classifiers' test at which they do worse than guessing. */
const guessing = -3;
/** Effective size, as a share of the rows, below which weights say little. */
const smallestEffectiveShare = 0.1;
/** Observables that a sentence names. */
const named = 3;

/** What a verdict rests on. */
export interface Evidence
  extends Pick<ResultParts, 'auc' | 'observables' | 'largestDistance' | 'weights' | 'support'> {
  /** Of the classifiers' own test. */
  readonly classifierPValue: number;
  readonly toy: boolean;
  /** What the rows are, plural. */
  readonly noun: string;
}

/** The verdict of classifiers and observables, whichever sees more, for a physicist. */
export function verdictOn(evidence: Evidence): Verdict {
  const { auc, observables, classifierPValue } = evidence;
  const difference = differenceOf(evidence);
  const observablesPValue = difference.pValue;
  const pValue = Math.min(1, 2 * Math.min(classifierPValue, observablesPValue));
  const seen = pValue < significant || observables.some((one) => one.pValue < surely);
  const areas = [auc.value, ...observables.filter(isSeen).map(areaOf)];
  const different = Math.max(...areas) >= clear ? 'clearly-different' : 'distinguishable';
  const level = seen ? different : 'indistinguishable';
  const verdict = { level, pValue, classifierPValue, observablesPValue } as const;
  const sentences = [...cautions(evidence), sentenceOn(evidence, verdict, difference), ...besideNull(auc)];
  return { ...verdict, sentence: sentences.join(' ') };
}

/** What the observables say of a difference, in numbers and in words. */
interface Difference {
  readonly pValue: number;
  readonly words: string;
}

/**
 * The largest distance of all columns, which permutations resolve down to 1/(R + 1); the observable that differs most, corrected
 * for their number, where it is sure: χ² sees what moves few rows.
 */
function differenceOf({ largestDistance: largest, observables }: Evidence): Difference {
  const smallest = [...observables].sort((a, b) => a.pValue - b.pValue)[0];
  if (smallest !== undefined && smallest.pValue < surely && smallest.pValue < largest.pValue) {
    const { label, pValue, separation } = smallest;
    const words = `${label} with separation ${separation.generated.toFixed(3)}, p ${shortP(pValue)} corrected for ${observables.length} observables`;
    return { pValue, words };
  }
  const { label, distance, pValue, columns } = largest;
  const words = `${label} with Kolmogorov–Smirnov distance ${distance.toFixed(3)}, p ${shortP(pValue)} as the largest of ${columns}`;
  return { pValue, words };
}

function isSeen({ pValue }: ObservableComparison): boolean {
  return pValue < significant;
}

/** What a cut on the observable alone reaches, whichever way it points. */
function areaOf({ auc }: ObservableComparison): number {
  return Math.max(auc.generated.value, 1 - auc.generated.value);
}

/** Observables that tell the samples apart better than the classifiers do, by more than the errors of both; the best first. */
function betterThan(
  auc: SeparationSummary,
  observables: readonly ObservableComparison[],
): ObservableComparison[] {
  return observables
    .filter((one) => {
      const error = Math.hypot(one.auc.generated.standardError, auc.standardError);
      return isSeen(one) && areaOf(one) - auc.value > error;
    })
    .sort((a, b) => areaOf(b) - areaOf(a));
}

/** Says so where the classifiers miss what the observables show. */
export function blindness(evidence: Evidence): Warning[] {
  const { auc, observables, classifierPValue } = evidence;
  const missed = 'they miss what is there, and so do the weights';
  const better = betterThan(auc, observables);
  if (better.length > 0) {
    const list = better.map(areaText).slice(0, named).join(', ');
    const message = `${list} alone: better than the classifiers (${measured(auc)}); ${missed}`;
    return [{ code: 'classifier-blind', message }];
  }
  const { pValue, words } = differenceOf(evidence);
  if (!(pValue < surely) || sees(classifierPValue)) return [];
  const message = `${words}, and the classifiers do not see it (${measured(auc)}): ${missed}`;
  return [{ code: 'classifier-blind', message }];
}

function sees(classifierPValue: number): boolean {
  return 2 * classifierPValue < significant;
}

/** Where one sample has showers and the other none. */
function outsideWords({ support, noun }: Evidence): string[] {
  if (support === null) return [];
  const { reference, generated } = support;
  const words = ({ share, standardError }: OutsideRows) =>
    `${(100 * share).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;
  return [
    ...(isOutside(generated)
      ? [
          `${words(generated)} of the generated ${noun} have none of the reference near them: their weights mean nothing.`,
        ]
      : []),
    ...(isOutside(reference)
      ? [
          `${words(reference)} of the reference ${noun} have none of the generated near them: no weight brings them back.`,
        ]
      : []),
  ];
}

/** What must be known before anything else. */
function cautions(evidence: Evidence): string[] {
  const { auc, observables } = evidence;
  const sentences: string[] = [];
  const unexplained = observables
    .filter((one) => one.unexplained)
    .sort((a, b) => b.separation.generated - a.separation.generated);
  if (unexplained.length > 0) {
    const list = listOf(unexplained.map(({ label }) => label));
    sentences.push(`The weights do not describe ${list}: do not use them.`);
  }
  sentences.push(...outsideWords(evidence));
  const [best] = betterThan(auc, observables);
  if (best !== undefined) {
    sentences.push(
      `${areaText(best)} alone tells the samples apart better than the classifiers do (${measured(auc)}).`,
    );
  }
  return sentences;
}

function sentenceOn(
  evidence: Evidence,
  { level, pValue, classifierPValue }: Omit<Verdict, 'sentence'>,
  difference: Difference,
): string {
  const { auc, toy, noun } = evidence;
  const showers = toy ? `toy ${noun}` : noun;
  const worse = `The classifiers do worse than guessing (${measured(auc)}, ${shortZ(auc.z)} in their test): rows are probably shared or repeated, and the weights mean nothing.`;
  if (level === 'indistinguishable') {
    if (auc.z < guessing) return worse;
    return `The classifiers cannot tell the generated ${showers} from the reference (${measured(auc)}, ${shortZ(auc.z)} in their test; 0.5 is a coin toss), nor do the observables differ: p ${shortP(pValue)} for both together, and ${significant} are three standard deviations.`;
  }
  if (sees(classifierPValue)) {
    const how = auc.value >= clear ? 'clearly tell' : 'can tell';
    return `The classifiers ${how} the generated ${showers} from the reference: ${measured(auc)}, ${shortZ(auc.z)} in their test. ${useOfWeights(evidence)}`;
  }
  const classifiers =
    auc.z < guessing
      ? worse
      : `The classifiers cannot tell the generated ${showers} from the reference (${measured(auc)}).`;
  return `${classifiers} The observables can: ${difference.words}.`;
}

/** Whether the weights can be followed. */
function useOfWeights({ observables, noun, weights: { generated } }: Evidence): string {
  if (generated.effectiveSampleSize < smallestEffectiveShare * generated.rows) {
    return `The weights rest on few ${noun} (effective size ${generated.effectiveSampleSize.toFixed(0)} of ${generated.rows}): sums of them say little.`;
  }
  return observables.some((one) => one.unexplained)
    ? 'The weights do not say where.'
    : 'The weights say where.';
}

/** What a second reference sample says of an AUC: that of two samples of the truth is not always 0.5. */
function besideNull({ value, standardError, null: nullPair }: SeparationSummary): string[] {
  if (!nullPair) return [];
  const found = `${areaWords(nullPair.value, nullPair.standardError)}, ${shortZ(nullPair.z)}`;
  if (nullPair.pValue >= significant) {
    return [`Trained alike, the null sample cannot be told from the reference (${found}).`];
  }
  const further = value - nullPair.value > Math.hypot(standardError, nullPair.standardError);
  const meaning = further
    ? 'of the difference of the generated sample that much is no flaw of the generator'
    : 'the generated sample differs no more than that';
  return [`The null sample itself can be told from the reference (${found}): ${meaning}.`];
}

function areaText(one: ObservableComparison): string {
  return `${one.label} (${areaWords(areaOf(one), one.auc.generated.standardError)})`;
}

function measured({ value, standardError }: SeparationSummary): string {
  return areaWords(value, standardError);
}

function areaWords(area: number, error: number): string {
  // Three digits would say 1.000 ± 0.000.
  if (area > 0.9995) return 'AUC > 0.9995';
  return `AUC ${area.toFixed(3)} ± ${error.toFixed(3)}`;
}

function listOf(labels: readonly string[]): string {
  const rest = labels.length - named;
  const shown = labels.slice(0, named).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
