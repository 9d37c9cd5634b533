import type { ResultParts } from '../evaluation/result.js';
import type { Section } from './section.js';
import { auc } from './sections/auc.js';
import { calibration } from './sections/calibration.js';
import { clusters } from './sections/clusters.js';
import { comparedLayers } from './sections/compared-layers.js';
import { conditions } from './sections/conditions.js';
import { examples } from './sections/examples.js';
import { failures } from './sections/failures.js';
import { largestDistance } from './sections/largest-distance.js';
import { observables } from './sections/observables.js';
import { profiles } from './sections/profiles.js';
import { pulls } from './sections/pulls.js';
import { roc } from './sections/roc.js';
import { support } from './sections/support.js';
import { training } from './sections/training.js';
import { voxels } from './sections/voxels.js';
import { weights } from './sections/weights.js';
import { windows } from './sections/windows.js';

/** What is said of each part of a result. Parts in one place follow each other in this order. */
export const sections: { readonly [Name in keyof ResultParts]: Section<ResultParts[Name]> } = {
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
