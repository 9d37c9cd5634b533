/**
 * The binning of the public calorimeter data, as published with them: CaloGAN (arXiv:1712.10321) and the four
 * geometries of the Fast Calorimeter Simulation Challenge (arXiv:2410.21611).
 */

/** A layer of rings (edges in mm) and angular bins. */
export interface RadialBinning {
  readonly id: number;
  readonly radialEdges: readonly number[];
  readonly alphaBins: number;
}

export type ChallengeName = 'ds1-photons' | 'ds1-pions' | 'ds2' | 'ds3';

interface ChallengeGeometry {
  readonly layers: readonly RadialBinning[];
  /** Readout threshold in MeV that the published evaluation applies. */
  readonly threshold: number;
}

/** Energy in MeV below which a voxel of datasets 2 and 3 is not read out: 0.5 keV over the sampling fraction. */
const silicon = 0.5e-3 / 0.033;

const ds1OuterEdges = [0, 5, 10, 30, 50, 100, 200, 400, 600];
const ds1BackEdges = [0, 50, 100, 200, 400, 600];

export const challengeGeometries: Readonly<Record<ChallengeName, ChallengeGeometry>> = {
  'ds1-photons': {
    threshold: 1,
    layers: [
      { id: 0, alphaBins: 1, radialEdges: ds1OuterEdges },
      {
        id: 1,
        alphaBins: 10,
        radialEdges: [0, 2, 4, 6, 8, 10, 12, 15, 20, 30, 40, 50, 70, 90, 120, 150, 200],
      },
      {
        id: 2,
        alphaBins: 10,
        radialEdges: [0, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400],
      },
      { id: 3, alphaBins: 1, radialEdges: ds1BackEdges },
      { id: 12, alphaBins: 1, radialEdges: [0, 100, 200, 400, 1000, 2000] },
    ],
  },
  'ds1-pions': {
    threshold: 1,
    layers: [
      { id: 0, alphaBins: 1, radialEdges: ds1OuterEdges },
      { id: 1, alphaBins: 10, radialEdges: [0, 1, 4, 7, 10, 15, 30, 50, 90, 150, 200] },
      { id: 2, alphaBins: 10, radialEdges: [0, 5, 10, 20, 30, 50, 80, 130, 200, 300, 400] },
      { id: 3, alphaBins: 1, radialEdges: ds1BackEdges },
      {
        id: 12,
        alphaBins: 10,
        radialEdges: [0, 10, 20, 30, 50, 80, 100, 130, 160, 200, 250, 300, 350, 400, 1000, 2000],
      },
      {
        id: 13,
        alphaBins: 10,
        radialEdges: [0, 10, 20, 30, 50, 80, 100, 130, 160, 200, 250, 300, 350, 400, 600, 1000, 2000],
      },
      { id: 14, alphaBins: 1, radialEdges: [0, 50, 100, 150, 200, 250, 300, 400, 600, 1000, 2000] },
    ],
  },
  ds2: {
    threshold: silicon,
    layers: equalLayers([0, 4.65, 9.3, 13.95, 18.6, 23.25, 27.9, 32.55, 37.2, 41.85], 16),
  },
  ds3: {
    threshold: silicon,
    layers: equalLayers(
      [
        0, 2.325, 4.65, 6.975, 9.3, 11.625, 13.95, 16.275, 18.6, 20.925, 23.25, 25.575, 27.9, 30.225, 32.55,
        34.875, 37.2, 39.525, 41.85,
      ],
      50,
    ),
  },
};

/** Datasets 2 and 3: 45 layers alike. */
function equalLayers(radialEdges: readonly number[], alphaBins: number): RadialBinning[] {
  return Array.from({ length: 45 }, (_, id) => ({ id, alphaBins, radialEdges }));
}

/** CaloGAN: rows (φ) × columns (η) of the three layers, each over ±240 mm in both directions. */
export const caloganGrids = [
  { id: 0, rows: 3, columns: 96 },
  { id: 1, rows: 12, columns: 12 },
  { id: 2, rows: 12, columns: 6 },
] as const;

/** Half the lateral size of the CaloGAN calorimeter in mm. */
export const caloganHalfWidth = 240;
