import type { UhiHistogram } from '../formats/uhi/uhi.js';
import type { Warning } from '../warnings.js';
import { auc } from './analyses/auc.js';
import { calibration } from './analyses/calibration.js';
import { clusters } from './analyses/clusters.js';
import { comparedLayers } from './analyses/compared-layers.js';
import { conditions } from './analyses/conditions.js';
import { examples } from './analyses/examples.js';
import { failures } from './analyses/failures.js';
import { largestDistance } from './analyses/largest-distance.js';
import { observables } from './analyses/observables.js';
import { profiles } from './analyses/profiles.js';
import { pulls } from './analyses/pulls.js';
import { roc } from './analyses/roc.js';
import { support } from './analyses/support.js';
import { training } from './analyses/training.js';
import { voxels } from './analyses/voxels.js';
import { weights } from './analyses/weights.js';
import { windows } from './analyses/windows.js';
import type { Analysis, AnalysisContext, Finding, Summary } from './analysis.js';
import { type AnalysisCost, measured } from './analysis-cost.js';
import type { ResultParts } from './result.js';

/** All analyses, in the order in which they are made, warn, and stand in a result. */
export const analyses: { readonly [Name in keyof ResultParts]: Analysis<ResultParts[Name], ResultParts> } = {
  auc,
  roc,
  weights,
  calibration,
  support,
  comparedLayers,
  observables,
  profiles,
  voxels,
  largestDistance,
  failures,
  windows,
  clusters,
  examples,
  conditions,
  pulls,
  training,
};

type PartName = keyof ResultParts;

export const partNames = Object.keys(analyses) as readonly PartName[];

/** What all analyses found. */
export interface Findings {
  readonly parts: ResultParts;
  readonly histograms: Readonly<Record<string, UhiHistogram>>;
  readonly warnings: readonly Warning[];
  readonly costs: readonly AnalysisCost[];
}

export async function runAnalyses(context: AnalysisContext): Promise<Findings> {
  const parts: Partial<Record<PartName, unknown>> = {};
  const histograms: Record<string, UhiHistogram> = {};
  const warnings: Warning[] = [];
  const costs: AnalysisCost[] = [];
  for (const name of partNames) {
    const { found, cost } = await measured<Finding<unknown>>(name, () =>
      analyses[name].run(context, parts as ResultParts),
    );
    costs.push(cost);
    parts[name] = found.part;
    Object.assign(histograms, found.histograms);
    warnings.push(...(found.warnings ?? []));
  }
  return { parts: parts as ResultParts, histograms, warnings, costs };
}

/** What the command line prints of a result. */
export function summariesOf(parts: ResultParts): Summary[] {
  return partNames.map((name) => summaryOf(name, parts)).filter((summary) => summary !== null);
}

function summaryOf<Name extends PartName>(name: Name, parts: ResultParts): Summary | null {
  const analysis: Analysis<ResultParts[Name], ResultParts> = analyses[name];
  return analysis.summary?.(parts[name]) ?? null;
}
