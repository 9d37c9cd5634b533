/**
 * native/addon/names_operations.cc as TypeScript sees it: the enumerations whose values cross by name. Each is one list, in the
 * file of what it belongs to; in the core it is the table `name_of` beside the enumeration.
 */

import { binSpacings, calibrationMethods } from './calibration.js';
import { activations, learnerNames } from './ensembles.js';
import { axisTypes, upperEdges } from './histograms.js';
import { featureDefinitions, featureSetNames, transverseCoordinates } from './showers.js';
import { toyDistortions, toyGeometryNames } from './simulation.js';
import { ensembleRules, sampleRoles } from './statistics.js';
import { precisions, schedules } from './training.js';

/** By the names under which the core lists them; a core with other lists is not loaded. */
export const enumerations = {
  activation: activations,
  axisType: axisTypes,
  binSpacing: binSpacings,
  calibration: calibrationMethods,
  distortion: toyDistortions,
  ensembleRule: ensembleRules,
  featureDefinitions,
  featureSet: featureSetNames,
  learner: learnerNames,
  precision: precisions,
  sampleRole: sampleRoles,
  schedule: schedules,
  toyGeometry: toyGeometryNames,
  transverseCoordinates,
  upperEdge: upperEdges,
} as const;

export type NamesRecord = Readonly<Record<keyof typeof enumerations | 'errorCode', readonly string[]>>;

export interface NamesOperations {
  names(): NamesRecord;
}
