import type { Geometry } from '../../geometry/geometry.js';
import type { Observable } from '../sample.js';

/** Of all points, weighted with their energies; along the shower by what the geometry finds layers with. */
export function pointObservables({ lengthUnit, zEdges }: Geometry): readonly Observable[] {
  const center = (axis: string, unit: string) => ({
    name: `point_center_${axis}`,
    label: `center of gravity of the points in ${axis}`,
    unit,
  });
  return [
    { name: 'points', label: 'number of points', unit: '' },
    center('x', lengthUnit),
    center('y', lengthUnit),
    zEdges ? center('z', lengthUnit) : center('layer', ''),
  ];
}
