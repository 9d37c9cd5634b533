import type { RocCurve } from '../../statistics/rank-statistics.js';
import type { Analysis } from '../analysis.js';

export type { RocCurve } from '../../statistics/rank-statistics.js';

/** The ROC curve of the ensemble. */
export const roc: Analysis<RocCurve> = {
  async run({ scores }) {
    return { part: await scores.rocCurve() };
  },
};
