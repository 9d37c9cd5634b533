import { inputsKey, type OutputInput } from '../../formats/files/inputs.js';
import { rounded } from '../drawing/csv-link.js';
import type { Cell, FigureNumbers } from '../drawing/sheet.js';

/** Columns that say where a number is, not what it is. */
const coordinates = new Set([
  'column',
  'row',
  'ring',
  'angular_bin',
  'network',
  'epoch',
  'layer',
  'first',
  'second',
]);

interface Variable {
  readonly header: { readonly name: string; readonly units?: string };
  readonly values: readonly object[];
}

/**
 * The numbers of a figure as a table of HEPData: `lower` and `upper` are the ends of bins, words and coordinates are independent, too; a column
 * `x_error` is the error of `x`, `x_share` or `x_mean`, columns `x_low` and `x_high` are the ends of its interval.
 */
export function hepdataTable({ heads, rows, binned }: FigureNumbers): string {
  const column = (head: string) => {
    const at = heads.indexOf(head);
    return at < 0 ? null : rows.map((row) => row[at]);
  };
  const used = new Set<string>();
  const take = (...names: string[]) => {
    for (const name of names) used.add(name);
  };
  const independent: Variable[] = [];
  for (const head of heads) {
    const values = column(head) as Cell[];
    const upper = column(head.replace(/lower$/, 'upper'));
    if (/(^|_)lower$/.test(head) && upper) {
      take(head, head.replace(/lower$/, 'upper'));
      const name = binned?.label ?? (head.replace(/_?lower$/, '') || 'bin');
      const header = { name, ...(binned?.unit && { units: binned.unit }) };
      independent.push({
        header,
        values: values.map((low, row) => ({ low: cellOf(low, 'lower'), high: cellOf(upper[row], 'upper') })),
      });
    } else if (coordinates.has(head) || values.some((value) => typeof value === 'string')) {
      take(head);
      independent.push(plain(head, values));
    }
  }
  if (independent.length === 0 && heads[0] !== undefined) {
    take(heads[0]);
    independent.push(plain(heads[0], column(heads[0]) as Cell[]));
  }
  const dependent: Variable[] = [];
  for (const head of heads.filter((one) => !used.has(one) && !/_(error|low|high)$/.test(one))) {
    const base = head.replace(/_(share|mean)$/, '');
    const errors = column(`${base}_error`);
    const [low, high] = [column(`${base}_low`), column(`${base}_high`)];
    dependent.push({
      header: { name: head },
      values: (column(head) as Cell[]).map((value, row) => ({
        value: cellOf(value),
        ...errorsOf(value, errors?.[row], low?.[row], high?.[row]),
      })),
    });
  }
  return yaml({ independent_variables: independent, dependent_variables: dependent });
}

function plain(name: string, values: readonly Cell[]): Variable {
  return { header: { name }, values: values.map((value) => ({ value: cellOf(value) })) };
}

function isNumber(value: Cell): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** HEPData writes a dash where there is no number. */
function cellOf(value: Cell, head?: string): number | string {
  if (isNumber(value)) return rounded(value, head);
  return typeof value === 'string' ? value : '-';
}

function errorsOf(value: Cell, error: Cell, low: Cell, high: Cell): object {
  if (!isNumber(value)) return {};
  if (isNumber(error) && error > 0) return { errors: [{ symerror: rounded(error), label: 'stat' }] };
  // An error of exactly 0 is none; HEPData refuses it.
  if (!isNumber(low) || !isNumber(high) || (low === value && high === value)) return {};
  return {
    errors: [{ asymerror: { minus: rounded(low - value), plus: rounded(high - value) }, label: 'stat' }],
  };
}

/** What a submission says of one figure. */
export interface SubmittedTable {
  readonly name: string;
  readonly caption: string;
  readonly dataFile: string;
  /** Files beside: drawings, numbers as CSV. */
  readonly otherFiles: readonly string[];
}

/** `submission.yaml`, which names all tables, and in a comment the files that they were made from. */
export function hepdataSubmission(
  comment: string,
  tables: readonly SubmittedTable[],
  inputs: readonly OutputInput[],
): string {
  const documents = tables.map(({ name, caption, dataFile, otherFiles }) => ({
    name,
    location: 'Figure',
    description: caption,
    keywords: [{ name: 'observables', values: [name] }],
    data_file: dataFile,
    additional_resources: otherFiles.map((location) => ({
      location,
      description: location.endsWith('.csv') ? 'Numbers' : 'Figure',
    })),
  }));
  // YAML ends lines, and so comments, at some characters that JSON leaves as they are.
  const named = JSON.stringify(inputs).replace(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const head = `# caloscope-${inputsKey}: ${named}\n`;
  return head + [{ comment }, ...documents].map((one) => `---\n${yaml(one)}`).join('');
}

/** YAML in the form of JSON, which is a part of it; numbers with a point where YAML 1.1 would take an exponent for a word. */
function yaml(value: unknown): string {
  const text = JSON.stringify(value, null, 1);
  return `${text.replace(/(?<=[\s[:])(-?\d+)(e[+-]\d+)(?=[,\s\]}])/g, '$1.0$2')}\n`;
}
