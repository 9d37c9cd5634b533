import type { Sample } from '../samples/sample.js';
import type { Warning } from '../warnings.js';

/** Rows a sample and fold below which a training is shaky. */
const rowsPerFold = 100;
/** Parameters a training row above which a network is large for the sample. */
const parametersPerRow = 100;

/**
 * What is odd about the size of the samples for the folds and the network requested.
 *
 * @param folds 1: all rows are trained on.
 */
export function sizeWarnings(
  reference: Pick<Sample, 'rows' | 'noun'>,
  generated: Pick<Sample, 'rows'>,
  folds: number,
  parameters: number,
): Warning[] {
  const { noun } = reference;
  const smallest = Math.min(reference.rows, generated.rows);
  const warnings: Warning[] = [];
  if (smallest / folds < rowsPerFold) {
    const perFold = folds === 1 ? '' : `, ${Math.floor(smallest / folds)} a fold`;
    const message = `the smaller sample has ${smallest} ${noun}${perFold}: differences below a few percent cannot be seen, and the result varies with the seed`;
    warnings.push({ code: 'small-sample', message });
  }
  const seen = folds === 1 ? 1 : (folds - 1) / folds;
  const trainingRows = (reference.rows + generated.rows) * seen;
  if (parameters > parametersPerRow * trainingRows) {
    const message = `the network has ${parameters} parameters for ${Math.round(trainingRows)} training ${noun}: it is stopped early and may see less than a smaller one (--hidden 64,64)`;
    warnings.push({ code: 'large-network', message });
  }
  return warnings;
}
