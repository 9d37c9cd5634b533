import { ArgumentError } from '../../errors.js';
import type { ShowerSample } from './shower-sample.js';

/** @throws ArgumentError ERR_LAYOUT, ERR_VOXEL_COUNT, ERR_GEOMETRY. */
export function requireSameDetector(reference: ShowerSample, generated: ShowerSample): void {
  const [first, second] = [reference.geometry, generated.geometry];
  if (reference.origin.layout !== generated.origin.layout) {
    throw new ArgumentError(
      'ERR_LAYOUT',
      `the reference sample has the layout ${reference.origin.layout}, the generated sample ${generated.origin.layout}; compare files of one layout`,
    );
  }
  if ((reference.points === null) !== (generated.points === null)) {
    const message =
      'the showers of one sample were points, those of the other voxels; compare files of one kind';
    throw new ArgumentError('ERR_LAYOUT', message);
  }
  const [known, others] = [reference, generated].map(({ conditions }) =>
    conditions.map(({ name }) => name).join(', '),
  );
  if (known !== others) {
    throw new ArgumentError(
      'ERR_LAYOUT',
      `the reference showers have the conditions ${known || 'none'}, the generated ones ${others || 'none'}; describe both in the same way`,
    );
  }
  if (first.voxels !== second.voxels) {
    throw new ArgumentError(
      'ERR_VOXEL_COUNT',
      `the reference showers have ${first.voxels} voxels (${first.name}), the generated ones ${second.voxels} (${second.name})`,
    );
  }
  const sameLayers = JSON.stringify(first.layers) === JSON.stringify(second.layers);
  const sameCells = first.eta.every((x, i) => x === second.eta[i] && first.phi[i] === second.phi[i]);
  const [weights, otherWeights] = [first.cellWeights, second.cellWeights];
  const sameWeights =
    weights?.length === otherWeights?.length && !weights?.some((weight, i) => weight !== otherWeights?.[i]);
  if (first.name !== second.name || !sameLayers || !sameCells || !sameWeights) {
    throw new ArgumentError(
      'ERR_GEOMETRY',
      `the reference showers are in the geometry ${first.name}, the generated ones in ${second.name}`,
    );
  }
}
