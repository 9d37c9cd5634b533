import type { EvaluationResult } from '../../src/evaluation/result.js';
import { evaluated } from './evaluated-result.js';

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

interface BendableHistogram {
  axes: { edges?: number[] }[];
  storage: { values: number[]; variances: number[] };
}

/** A result that a test may change. */
export type Bendable = Mutable<Omit<EvaluationResult, 'histograms'>> & {
  histograms: Record<string, BendableHistogram>;
};

/** Of the 31 observables enough for most tests: drawing takes its time. The second has a logarithmic axis. */
const kept = ['energy_ratio', 'layer_energy_2', 'depth'];

/** A changed copy of the result that was evaluated, with three of its observables. */
export function bent(change: (result: Bendable) => void = () => undefined): EvaluationResult {
  const result: Bendable = JSON.parse(JSON.stringify(evaluated));
  result.observables = kept.map((name) => {
    const found = result.observables.find((observable) => observable.name === name);
    if (found === undefined) throw new Error(`no observable ${name}`);
    return found;
  });
  change(result);
  return result as unknown as EvaluationResult;
}

/** `count` observables under names of their own, again and again those that there are. */
export function repeatObservables(result: Bendable, count: number): void {
  const { observables } = result;
  result.observables = Array.from({ length: count }, (_, index) => {
    const observable = observables[index % observables.length] as Bendable['observables'][number];
    return { ...observable, name: `${observable.name}_${index}`, label: `${observable.label} (${index})` };
  });
}

/** `members` networks for each pair of `folds`, again and again those that there are. */
export function repeatNetworks(result: Bendable, folds: number, members: number): void {
  const { networks } = result.training;
  Object.assign(result.settings, { folds, members });
  const pairs = Array.from({ length: folds }, (_, first) =>
    Array.from({ length: folds - first - 1 }, (__, i): [number, number] => [first, first + 1 + i]),
  ).flat();
  result.training.networks = Array.from({ length: pairs.length * members }, (_, index) => ({
    ...(networks[index % networks.length] as Bendable['training']['networks'][number]),
    leftOut: pairs[Math.floor(index / members)] as [number, number],
  }));
}

export function histogramOf(histograms: object, name = ''): BendableHistogram {
  const found = (histograms as Record<string, BendableHistogram>)[name];
  if (found === undefined) throw new Error(`no histogram ${name}`);
  return found;
}
