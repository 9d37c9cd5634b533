import type { WrittenColumn, WrittenFormat } from '../formats/tables/writer/table-plan.js';
import { writeTable } from '../formats/tables/writer/table-writing.js';
import { numberedFiles, placesInFiles, type RowsOfFiles } from '../weights/places-in-files.js';
import { meanings } from '../weights/weights-file.js';
import type { SampleWeights } from './evaluate.js';

const rowsPerBlock = 65_536;

/** A column of the table: what it is, and its numbers in some rows. */
interface Column extends WrittenColumn {
  readonly numbers: (first: number, rows: number) => BigInt64Array | Float64Array;
}

/**
 * Writes one row a row that was compared: file and row in it, w, ln w and its error, fold, weight of the row itself, conditions and observables.
 * Rows that were left out are absent. Each name occurs once, see {@link ownNames}.
 *
 * @throws FileError ERR_OUTPUT; the reason of the signal when aborted.
 */
export async function writeRowTable(
  path: string,
  sample: SampleWeights & Pick<RowsOfFiles, 'files'>,
  attributes: Readonly<Record<string, string>>,
  options: { readonly format: WrittenFormat; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const columns = columnsOf(sample);
  const { length } = sample.logWeights;
  const blocks = function* () {
    for (let first = 0; first < length; first += rowsPerBlock)
      yield columns.map(({ numbers }) => numbers(first, Math.min(rowsPerBlock, length - first)));
  };
  const plan = { columns: columns.map(({ numbers: _, ...column }) => column), attributes };
  await writeTable(path, plan, blocks(), options);
}

function columnsOf(sample: SampleWeights & Pick<RowsOfFiles, 'files'>): Column[] {
  const { logWeights, logWeightErrors, fold, rowWeights, observables } = sample;
  const names = ownNames(observables);
  const known = (name: keyof typeof meanings) => ({ name, unit: '', meaning: meanings[name] });
  const float = (values: Float64Array) => ({
    type: 'float' as const,
    numbers: (first: number, rows: number) => values.slice(first, first + rows),
  });
  const whole = (numbers: (first: number, rows: number) => BigInt64Array) => ({
    type: 'whole' as const,
    numbers,
  });
  return [
    ...(numberedFiles(sample)
      ? [
          {
            ...known('source_file'),
            ...whole((first, rows) => BigInt64Array.from(placesInFiles(sample, first, rows).files, BigInt)),
          },
        ]
      : []),
    { ...known('source_row'), ...whole((first, rows) => placesInFiles(sample, first, rows).rows) },
    {
      ...known('weight'),
      type: 'float',
      numbers: (first, rows) => logWeights.slice(first, first + rows).map(Math.exp),
    },
    { ...known('log_weight'), ...float(logWeights) },
    { ...known('log_weight_error'), ...float(logWeightErrors) },
    {
      ...known('fold'),
      ...whole((first, rows) => BigInt64Array.from(fold.subarray(first, first + rows), BigInt)),
    },
    ...(rowWeights ? [{ ...known('row_weight'), ...float(rowWeights) }] : []),
    ...observables.map(({ label, unit, values }, i) => ({
      name: names[i] as string,
      unit,
      meaning: label,
      ...float(values),
    })),
  ];
}

/**
 * Names of conditions and observables as columns, each once: `sample_` stands in front of one that is taken, `sample_fold`. Taken are all
 * names that a row may have, whether this table has them or not.
 */
function ownNames(observables: SampleWeights['observables']): readonly string[] {
  const taken = new Set<string>(Object.keys(meanings));
  return observables.map(({ name }) => {
    let free = name;
    while (taken.has(free)) free = `sample_${free}`;
    taken.add(free);
    return free;
  });
}
