import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Three digits. */
function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5))
    return `${Number(value.toPrecision(3))}`;
  return value.toExponential(1);
}

function ratioText({ ratio, ratioSpread }) {
  return ratioSpread
    ? `${ratio.toFixed(2)} (${ratioSpread.min.toFixed(2)}–${ratioSpread.max.toFixed(2)})`
    : '';
}

function targetText({ target, met }) {
  if (target === null || target === undefined) return '';
  return `≥ ${target}${met === undefined ? '' : met ? ', met' : ', missed'}`;
}

function agreementText({ agreement }) {
  if (!agreement) return '';
  const worst = agreement.checks.map(({ value, tolerance }) => `${figure(value)} ≤ ${figure(tolerance)}`);
  return `${agreement.passed ? 'yes' : 'NO'}: ${worst.join('; ')}`;
}

/** `share of the FMA rate 0.93 (≥ 0.9, met)` */
function extraText({ name, value, unit = '', target, atMost, met }) {
  const limit = target !== undefined ? ` (≥ ${target}` : atMost !== undefined ? ` (≤ ${atMost}` : '';
  return `${name} ${figure(value)}${unit ? ` ${unit}` : ''}${limit && `${limit}, ${met ? 'met' : 'missed'})`}`;
}

/** The lines that belong to one result on the screen. */
export function linesOf(result) {
  const head = `${result.name} · ${result.peer}`;
  if (result.skipped) return [head, `  skipped: ${result.skipped}`];
  if (result.failed) return [head, `  FAILED: ${result.failed}`];
  const lines = [head];
  if (result.ratio !== null) {
    const sides = `ours ${figure(result.ours)} ${result.unit}, theirs ${figure(result.theirs)} ${result.unit}`;
    const target = targetText(result);
    lines.push(`  ratio ${ratioText(result)}${target && `, target ${target}`}; ${sides}`);
  }
  lines.push(`  agreement ${agreementText(result)}`);
  for (const extra of result.figures ?? []) lines.push(`  ${extraText(extra)}`);
  if (result.note) lines.push(`  ${result.note}`);
  if (result.settings) lines.push(`  ${JSON.stringify(result.settings)}`);
  return lines;
}

/** The table of docs/benchmarks.md. */
export function markdownTable(results) {
  const rows = results.map((result) => {
    const { name, peer, ours, theirs, unit, skipped, failed } = result;
    if (skipped || failed)
      return [name, peer, skipped ? `skipped: ${skipped}` : `failed: ${failed.split('\n')[0]}`, '', '', ''];
    const beside = (result.figures ?? []).map(extraText).join('; ');
    const times = [figure(ours), figure(theirs)].map((time) => (time ? `${time} ${unit}` : ''));
    return [name, peer, ratioText(result), targetText(result), ...times, beside];
  });
  const head = ['work', 'peer', 'ratio (lowest–highest)', 'target', 'ours', 'peer', 'beside'];
  const line = (cells) => `| ${head.map((_, i) => cells[i] ?? '').join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** `2026-11-21, AMD EPYC, 2 cores, avx2 kernels, Node 20.20.2, …` of the first result. */
export function markdownCaption(results) {
  const { date, machine, versions } = results[0] ?? {};
  if (!machine) return '';
  const all = Object.assign({}, ...results.map((result) => result.versions));
  const { caloscope: _, commit: __, node, ...peers } = { ...versions, ...all };
  const others = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  const { processor, cores, kernelSet } = machine;
  const place = `${date.slice(0, 10)}, ${processor}, ${cores} cores, ${kernelSet} kernels`;
  return [place, `Node ${node}`, ...others].join(', ');
}

export function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Puts the results in the place of those of the same name and peer; each says where and when it was measured. */
export function writeResults(path, results, { keepOthers }) {
  const key = ({ name, peer }) => `${name}\n${peer}`;
  const fresh = new Map(results.map((result) => [key(result), result]));
  const kept = keepOthers ? readResults(path) : [];
  const merged = kept.map((result) => fresh.get(key(result)) ?? result);
  const known = new Set(kept.map(key));
  merged.push(...results.filter((result) => !known.has(key(result))));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(merged, null, 1)}\n`);
}
