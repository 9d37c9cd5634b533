import { eventLoopTurn } from '../../event-loop.js';
import { type SampleRole, sampleRoles } from '../../native/contract/statistics.js';
import { inputSettings } from '../../samples/kinds.js';
import type { PicturedLayer, Pictures } from '../../samples/pictures.js';
import { type PlaceOfRow, placeOfRow, rowAt } from '../../samples/source-rows.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import type { ObservableColumn } from '../own-observables.js';
import { typicalRow } from '../typical-row.js';
import { examplePlaces, type WindowClusters } from './clusters.js';
import { isOutside, type SupportSummary } from './support.js';

/** Clusters of a window, showers of a cluster, and layers that are drawn. */
const mostClusters = 3;
const mostExamples = 2;
const mostLayers = 6;

/** A single shower. */
export interface DrawnShower extends PlaceOfRow {
  readonly role: SampleRole;
  /** An example, or typical of the other sample. */
  readonly kind: 'example' | 'typical';
  /** What it was made for. */
  readonly conditions: readonly { readonly label: string; readonly unit: string; readonly value: number }[];
  /** MeV, one entry a cell, layer by layer. */
  readonly energies: readonly (readonly number[])[];
}

/** What showers are examples of: a cluster, by its window and its place in it, or the showers of a sample that lie outside the other. */
export type ExampleOrigin =
  | { readonly part: 'clusters'; readonly window: number; readonly cluster: number }
  | { readonly part: 'support'; readonly role: SampleRole };

/** Examples beside typical showers of the other sample. */
export interface ShowerExamples {
  readonly origin: ExampleOrigin;
  /** Those with the most energy, in their order, and how many there are. */
  readonly layers: readonly PicturedLayer[];
  readonly layersInAll: number;
  /** Each example is followed by a typical shower made for nearly the same conditions. */
  readonly showers: readonly DrawnShower[];
}

interface Earlier {
  readonly clusters: readonly WindowClusters[];
  readonly support: SupportSummary | null;
}

/** Single showers of the clusters and of those without support, layer by layer; none of rows that are no showers. */
export const examples: Analysis<readonly ShowerExamples[], Earlier> = {
  async run(context, { clusters, support }) {
    const { reference, generated, columns } = context;
    const [first, second] = [reference.pictures, generated.pictures];
    if (first === null || second === null) return { part: [] };
    const pictures = { reference: first, generated: second };
    const part: ShowerExamples[] = [];
    const show = async (origin: ExampleOrigin, wanted: Wanted) => {
      part.push(await examplesOf(context, pictures, origin, wanted));
    };
    for (const [window, { role, observables, clusters: found }] of clusters.entries()) {
      const chosen = columns.filter(({ observable }) => observables.includes(observable.name));
      for (const [cluster, one] of found.slice(0, mostClusters).entries()) {
        const places = examplePlaces(one);
        await show({ part: 'clusters', window, cluster }, { role, places, columns: chosen });
      }
    }
    for (const role of sampleRoles) {
      if (support === null || !isOutside(support[role])) continue;
      const places = support[role].farthest;
      await show({ part: 'support', role }, { role, places, columns });
    }
    return { part };
  },
};

/** Rows of a file, and the observables in which others are typical. */
interface Wanted {
  readonly role: SampleRole;
  readonly places: readonly PlaceOfRow[];
  readonly columns: readonly ObservableColumn[];
}

async function examplesOf(
  context: AnalysisContext,
  pictures: Readonly<Record<SampleRole, Pictures>>,
  origin: ExampleOrigin,
  { role, places, columns }: Wanted,
): Promise<ShowerExamples> {
  const other = sampleRoles.find((one) => one !== role) as SampleRole;
  const taken: number[] = [];
  const chosen: Pick<DrawnShower, 'role' | 'row' | 'kind'>[] = [];
  for (const place of places.slice(0, mostExamples)) {
    const row = rowAt(context[role], place);
    const values = context[role].conditions().map((condition) => condition.values[row] as number);
    const alike = typicalRow(
      context[other].conditions().map((condition) => condition.values),
      values,
      columns.map((column) => column[other]),
      taken,
    );
    chosen.push({ role, row, kind: 'example' });
    if (alike !== null) {
      taken.push(alike);
      chosen.push({ role: other, row: alike, kind: 'typical' });
    }
    await eventLoopTurn();
  }
  const { threshold } = inputSettings(context.input);
  const energies = chosen.map(({ role: of, row }) => pictures[of].ofRow(row, threshold));
  const shown = brightestLayers(energies);
  const { layers } = pictures.reference;
  return {
    origin,
    layers: shown.map((layer) => layers[layer] as PicturedLayer),
    layersInAll: layers.length,
    showers: chosen.map(({ role: of, row, kind }, i) => ({
      role: of,
      ...placeOfRow(context[of], row),
      kind,
      conditions: context[of]
        .conditions()
        .map(({ label, unit, values }) => ({ label, unit, value: values[row] as number })),
      energies: shown.map((layer) =>
        (energies[i]?.[layer] ?? []).map((energy) => Number(energy.toPrecision(4))),
      ),
    })),
  };
}

/** Numbers of the layers with the most energy of all showers together, ascending. */
function brightestLayers(showers: readonly (readonly (readonly number[])[])[]): number[] {
  const sums = (showers[0] ?? []).map((_, layer) =>
    showers.reduce((all, shower) => all + (shower[layer] ?? []).reduce((sum, energy) => sum + energy, 0), 0),
  );
  return sums
    .map((sum, layer) => ({ sum, layer }))
    .sort((a, b) => b.sum - a.sum || a.layer - b.layer)
    .slice(0, mostLayers)
    .map(({ layer }) => layer)
    .sort((a, b) => a - b);
}
