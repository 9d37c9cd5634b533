import type { SampleRole } from '../native/contract/statistics.js';
import type { Warning } from '../warnings.js';
import { type CrossFittingPlan, seenShare } from './settings.js';

/** Rows a sample and fold below which a training is shaky. */
const rowsPerFold = 100;
/** Parameters a training row above which a network is large for the sample. */
const parametersPerRow = 100;

/**
 * What is odd about the size of the samples for the folds, or the split, and the network requested.
 *
 * @param noun what the rows are, plural.
 */
export function sizeWarnings(
  rows: Readonly<Record<SampleRole, number>>,
  noun: string,
  plan: Pick<CrossFittingPlan, 'folds' | 'split' | 'classifier'>,
  parameters: number,
): Warning[] {
  const smallest = Math.min(rows.reference, rows.generated);
  const warnings: Warning[] = [];
  const tested = Math.floor(plan.split ? smallest * plan.split.test : smallest / plan.folds);
  if (tested < rowsPerFold) {
    const where = plan.split ? 'to compare' : 'a fold';
    const message = `the smaller sample has ${smallest} ${noun}, ${tested} ${where}: differences below a few percent cannot be seen, and the result varies with the seed`;
    warnings.push({ code: 'small-sample', message });
  }
  const trainingRows = (rows.reference + rows.generated) * seenShare(plan);
  if (parameters > parametersPerRow * trainingRows) {
    const halves = plan.classifier.hidden.map((width) => Math.ceil(width / 2));
    const smaller =
      String(halves) === String(plan.classifier.hidden) ? '' : ` (--hidden ${halves.join(',')})`;
    const message = `the network has ${parameters} parameters for ${Math.round(trainingRows)} training ${noun}: it is stopped early and may see less than one of fewer parameters${smaller}`;
    warnings.push({ code: 'large-network', message });
  }
  return warnings;
}
