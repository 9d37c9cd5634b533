// The tables of figures as caloscope writes them, checked as HEPData checks a submission: python-files.sh calls this.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { evaluate, openShowers, simulateShowers, writeFigures } from '../../dist/index.js';

const [folder, python] = process.argv.slice(2);
const samples = [];
for (const seed of [1, 2]) {
  const path = join(folder, `figures-${seed}.hdf5`);
  await simulateShowers(path, { geometry: 'calogan', showers: 400, seed });
  samples.push(await openShowers(path));
}
const { result, ensemble } = await evaluate(...samples, { folds: 3, learners: ['logistic'] });
ensemble.dispose();
const figures = join(folder, 'figures');
const { files } = await writeFigures(result, figures);
const check = `
import sys
from hepdata_validator.full_submission_validator import FullSubmissionValidator
validator = FullSubmissionValidator()
if not validator.validate(directory=sys.argv[1]):
    sys.exit(str({file: [error.message for error in errors] for file, errors in validator.get_messages().items()}))
`;
execFileSync(python, ['-c', check, figures], { stdio: 'inherit' });
console.log(`figures: HEPData takes ${files.filter((file) => file.endsWith('.yaml')).length - 1} tables`);
