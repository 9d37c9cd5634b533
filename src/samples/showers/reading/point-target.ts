import { FileError } from '../../../errors.js';
import type { Geometry } from '../../../geometry/geometry.js';
import { binningWords, pointBinning } from '../../../geometry/point-binning.js';
import type { PointTargetRecord } from '../../../native/contract/reading.js';
import { spectrumEdges } from '../spectrum-edges.js';

/**
 * How points become hits of a geometry.
 *
 * @throws FileError ERR_GEOMETRY for one that cannot bin points.
 */
export function pointTarget(path: string, geometry: Geometry): PointTargetRecord {
  const binning = pointBinning(geometry);
  if (binning) return { ...binning, spectrum: spectrumEdges };
  const message = `its showers are points, which ${geometry.name} cannot bin: it does not say where its voxels end; name ${binningWords}`;
  throw new FileError('ERR_GEOMETRY', path, message);
}
