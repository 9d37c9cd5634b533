import type { VoxelRates } from '../failures/voxel-blocks.js';
import { type FailureRegion, factorText } from './failure-regions.js';
import { shortP } from './short-p.js';
import { voxelSentences } from './voxel-sentences.js';

/** A failure in words, with what it rests on. */
export interface FailureSentence {
  readonly text: string;
  /** Observables that it names. */
  readonly observables: readonly string[];
  /** Corrected for all observables, boxes and voxels. */
  readonly adjustedPValue: number;
}

/** What the sentences are made from. */
interface Measured {
  readonly falseDiscoveryRate: number;
  readonly area: number;
  readonly observables: readonly {
    readonly name: string;
    readonly label: string;
    readonly pValue: number;
    readonly adjustedPValue: number;
    readonly region: FailureRegion | null;
  }[];
  readonly inTurn: readonly {
    readonly name: string;
    readonly share: number;
    readonly standardError: number;
  }[];
  readonly boxes: readonly (FailureRegion & { readonly adjustedPValue: number })[];
  /** Hit rates of the voxels, with the corrected p-value that they are equal; null: rows have none. */
  readonly voxels: {
    readonly rates: VoxelRates;
    readonly adjustedPValue: number;
  } | null;
}

const mostSentences = 10;
/** Observables that are named without a part of the AUC: the classifiers do not see them. */
const mostUnexplained = 3;
/** Boxes of each direction that a sentence names. */
const mostBoxes = 1;
/** p-value from which an observable is called sound, and how many are named. */
const soundFrom = 0.05;
const mostSound = 6;

/** What is wrong, what matters most first, and what is not wrong. */
export function failureSentences(
  measured: Measured,
  noun: string,
): { readonly sentences: readonly FailureSentence[]; readonly sound: string | null } {
  const sentences = [...ofObservables(measured, noun), ...ofVoxels(measured), ...ofBoxes(measured, noun)];
  return { sentences: sentences.slice(0, mostSentences), sound: soundness(measured) };
}

function ofObservables(measured: Measured, noun: string): FailureSentence[] {
  const { observables, inTurn, falseDiscoveryRate } = measured;
  const byName = new Map(observables.map((one) => [one.name, one]));
  const explained = inTurn.map(({ name, share, standardError }, turn) => ({
    one: byName.get(name) as Measured['observables'][number],
    explains: `${turn === 0 ? 'explains' : 'explains a further'} ${percentText(share, standardError)} of the AUC`,
  }));
  const others = observables
    .filter(({ adjustedPValue }) => adjustedPValue < falseDiscoveryRate)
    .filter(({ name }) => !inTurn.some((turn) => turn.name === name))
    .sort((a, b) => a.adjustedPValue - b.adjustedPValue)
    .slice(0, explained.length > 0 ? 0 : mostUnexplained)
    .map((one) => ({ one, explains: 'it alone explains less than 5 % of the AUC' }));
  return [...explained, ...others]
    .filter(({ one }) => one.adjustedPValue < falseDiscoveryRate)
    .flatMap(({ one, explains }) => {
      if (one.region === null) return [];
      const text = `${placeText(one.region, noun)}; ${explains} (p ${shortP(one.adjustedPValue)})`;
      return [{ text: `${text}.`, observables: [one.name], adjustedPValue: one.adjustedPValue }];
    });
}

function ofVoxels({ voxels, falseDiscoveryRate }: Measured): FailureSentence[] {
  if (voxels === null || !(voxels.adjustedPValue < falseDiscoveryRate)) return [];
  return voxelSentences(voxels.rates, voxels.adjustedPValue).map((one) => ({ ...one, observables: [] }));
}

/** The most certain box of each direction, where it takes more than one observable to see it. */
function ofBoxes({ boxes, falseDiscoveryRate }: Measured, noun: string): FailureSentence[] {
  const told = (tooFew: boolean) =>
    boxes
      .filter(({ factor }) => (factor.value ?? Number.POSITIVE_INFINITY) > 1 === tooFew)
      .filter(({ bounds, adjustedPValue }) => bounds.length > 1 && adjustedPValue < falseDiscoveryRate)
      .slice(0, mostBoxes);
  return [...told(true), ...told(false)].map((box) => ({
    text: `${placeText(box, noun)} (p ${shortP(box.adjustedPValue)}).`,
    observables: box.bounds.map(({ observable }) => observable),
    adjustedPValue: box.adjustedPValue,
  }));
}

/** `Showers with E_dep / E_inc below 0.95 are 3.10 ± 0.20 times too rare: 1240 of 50123 in the reference, 402 of 49870 generated`. */
function placeText(region: FailureRegion, noun: string): string {
  const { where, rows, of } = region;
  const subject = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  const counts =
    rows.reference === 0 || rows.generated === 0
      ? ''
      : `: ${share(rows.reference, of.reference)} of the reference, ${share(rows.generated, of.generated)} of the generated`;
  return `${subject} with ${where} are ${factorText(region)}${counts}`;
}

function soundness({ observables }: Measured): string | null {
  const sound = observables.filter(({ pValue }) => pValue > soundFrom);
  if (sound.length === 0) return null;
  const labels = sound.slice(0, mostSound).map(({ label }) => label);
  const rest = sound.length - labels.length;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return `No difference is seen in ${sound.length} of ${observables.length} observables: ${labels.join(', ')}${more} (p > ${soundFrom} each).`;
}

function share(part: number, whole: number): string {
  const value = (100 * part) / whole;
  return `${value.toPrecision(value < 1 ? 2 : 3)} %`;
}

/** With the error's place; estimates beyond all are all. */
function percentText(value: number, error: number): string {
  const decimals = error < 0.0095 ? 1 : 0;
  return `${(100 * Math.min(1, value)).toFixed(decimals)} ± ${(100 * error).toFixed(decimals)} %`;
}
