/** Numbers as people read them. */

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Seconds → `8 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.floor((whole % 3600) / 60);
  return `${Math.floor(whole / 3600)} h ${String(minutes).padStart(2, '0')} min`;
}

/** Bytes → `12.3 MB` (powers of 1000). */
export function fileSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** MeV → `1.23 GeV`. */
export function energy(mev: number): string {
  const units = ['MeV', 'GeV', 'TeV'];
  const power = Math.min(2, Math.max(0, Math.floor(Math.log10(Math.abs(mev) || 1) / 3)));
  return `${Number((mev / 1000 ** power).toPrecision(4))} ${units[power]}`;
}

/** 0.1234 → `12.3 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Pareto index of the largest weights: above 0.7 sums of weights are unreliable. */
export function tailText(index: number | null): string {
  if (index === null) return 'not known';
  return index > 0.7 ? `${index.toFixed(2)}: sums are unreliable` : index.toFixed(2);
}

/** Rows of words in columns, one line a row. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((word, column) => word.padEnd(width(column))).join('  ')}`.trimEnd());
}
