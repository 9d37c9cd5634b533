import type { AreaUnderCurve } from '../../statistics/rank-statistics.js';
import type { Warning } from '../../warnings.js';
import type { Analysis } from '../analysis.js';

export type { AreaUnderCurve } from '../../statistics/rank-statistics.js';

/** Distance of member AUCs, in standard errors of the AUC, above which members disagree. */
const memberDistance = 3;

/** How well the ensemble tells the samples apart. */
export const auc: Analysis<AreaUnderCurve> = {
  async run({ scores }) {
    const part = await scores.areaUnderCurve();
    return { part, warnings: disagreement(part, await scores.memberAreas()) };
  },
};

/** Says so where the trainings of the members ended at different places. */
export function disagreement(auc: AreaUnderCurve, memberAucs: readonly number[]): Warning[] {
  const spread = Math.max(...memberAucs) - Math.min(...memberAucs);
  if (!(spread > memberDistance * auc.standardError)) return [];
  const list = memberAucs.map((value) => value.toFixed(3)).join(', ');
  const message = `the members disagree by more than the error of the AUC (${list}): trainings are not stable; use more members or a smaller learning rate`;
  return [{ code: 'members-disagree', message }];
}
