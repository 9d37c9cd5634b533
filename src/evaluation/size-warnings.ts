import type { Sample } from '../samples/sample.js';
import type { Warning } from '../warnings.js';

/** Showers a sample and fold below which a training is shaky. */
const rowsPerFold = 100;
/** Parameters a training row above which a network is large for the sample. */
const parametersPerRow = 100;

/** What is odd about the size of the samples for the folds and the network requested. */
export function sizeWarnings(
  reference: Pick<Sample, 'rows'>,
  generated: Pick<Sample, 'rows'>,
  folds: number,
  parameters: number,
): Warning[] {
  const smallest = Math.min(reference.rows, generated.rows);
  const warnings: Warning[] = [];
  if (smallest / folds < rowsPerFold) {
    const message = `the smaller sample has ${smallest} showers, ${Math.floor(smallest / folds)} a fold: differences below a few percent cannot be seen, and the result varies with the seed`;
    warnings.push({ code: 'small-sample', message });
  }
  const trainingRows = ((reference.rows + generated.rows) * (folds - 2)) / folds;
  if (parameters > parametersPerRow * trainingRows) {
    const message = `the network has ${parameters} parameters for ${Math.round(trainingRows)} training showers: it is stopped early and may see less than a smaller one (--hidden 64,64)`;
    warnings.push({ code: 'large-network', message });
  }
  return warnings;
}
