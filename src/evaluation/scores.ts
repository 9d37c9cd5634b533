import type { CrossFitResult } from '../classifier/cross-fitting.js';
import type { HeldOutLogits } from '../native/contract/training.js';
import type { ComputeOptions } from '../native/devices.js';
import {
  type AreaUnderCurve,
  areaUnderCurve,
  RankedScores,
  type RocCurve,
} from '../statistics/rank-statistics.js';
import { type DensityRatioWeights, densityRatioWeights, type SampleRole } from '../weights/density-ratio.js';
import type { EvaluationChoices } from './settings.js';

/**
 * What the classifiers say of every row of both samples: logits, weights and ranks come from here alone. To be disposed of
 * when the analyses are done.
 */
export class Scores {
  readonly reference: DensityRatioWeights;
  readonly generated: DensityRatioWeights;
  readonly #ranked: RankedScores;
  readonly #fitted: CrossFitResult;
  readonly #members: number;
  readonly #run: ComputeOptions;

  private constructor(
    weights: { readonly reference: DensityRatioWeights; readonly generated: DensityRatioWeights },
    ranked: RankedScores,
    fitted: CrossFitResult,
    members: number,
    run: ComputeOptions,
  ) {
    this.reference = weights.reference;
    this.generated = weights.generated;
    this.#ranked = ranked;
    this.#fitted = fitted;
    this.#members = members;
    this.#run = run;
  }

  static async of(fitted: CrossFitResult, choices: EvaluationChoices, run: ComputeOptions): Promise<Scores> {
    const { ensembleRule: rule, members } = choices;
    const clip = choices.clip ?? undefined;
    const weigh = (role: SampleRole) =>
      densityRatioWeights({ logits: fitted[role].logits, members }, { ...run, rule, clip, role });
    const reference = await weigh('reference');
    const generated = await weigh('generated');
    const ranked = await RankedScores.of(reference.logWeights, generated.logWeights, run);
    return new Scores({ reference, generated }, ranked, fitted, members, run);
  }

  areaUnderCurve(): Promise<AreaUnderCurve> {
    return this.#ranked.areaUnderCurve(this.#run);
  }

  rocCurve(): Promise<RocCurve> {
    return this.#ranked.rocCurve(this.#run);
  }

  /** The area under the curve of each member alone. */
  async memberAreas(): Promise<number[]> {
    const { reference, generated } = this.#fitted;
    const areas: number[] = [];
    for (let member = 0; member < this.#members; member++) {
      const inReference = memberLogits(reference, member);
      const { value } = await areaUnderCurve(inReference, memberLogits(generated, member), this.#run);
      areas.push(value);
    }
    return areas;
  }

  [Symbol.dispose](): void {
    this.#ranked.dispose();
  }

  /** Weights of the generated sample for histograms, which take finite ones only: the others are 0, counted in the health. */
  finiteWeights(): Float64Array {
    return this.generated.values.map((weight) => (Number.isFinite(weight) ? weight : 0));
  }
}

function memberLogits({ fold, logits }: HeldOutLogits, member: number): Float32Array {
  return logits.subarray(member * fold.length, (member + 1) * fold.length);
}
