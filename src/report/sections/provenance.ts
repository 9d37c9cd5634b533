import type { EvaluationResult, SampleRecord } from '../../evaluation/result.js';
import { section } from '../drawing/legend.js';
import { absent, count, duration, isFiniteNumber, memory, plain } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import { table } from '../drawing/table.js';
import { lineageFigure } from './lineage.js';
import { selectedText } from './selected-text.js';

/** How the result came about: inputs with checksums, settings, seed, versions, machine and timings; foldable. */
export function provenanceSection(
  sheet: Sheet,
  result: EvaluationResult,
  figures: string | undefined,
): HTMLElement {
  const { settings, versions, run, samples } = result;
  const settingRows: [string, string][] = [
    ['geometry', withReason(settings.geometry ?? 'none', settings.geometryReason)],
    ['features', `${settings.features} (${count(settings.featureCount)})`],
    ['threshold', withReason(settingText(settings.threshold), settings.thresholdReason)],
    ['conditions read beside the energy', settings.conditions.join(', ') || 'none'],
    ['preset', settingText(settings.preset)],
    ['folds', settings.split ? 'none' : count(settings.folds)],
    ['split', settingText(settings.split && Object.values(settings.split))],
    ['learners', settings.learners.join(', ')],
    ['networks a pair of folds', count(settings.members)],
    ['whitening', settings.whitening ? 'principal axes' : 'none'],
    ['rows selected by', selectedText(settings) ?? 'nothing: all'],
    ['repeated rows', settingText(settings.repeated)],
    ['calibration of ln w', settings.calibration ?? 'none'],
    ['seed', isFiniteNumber(settings.seed) ? String(settings.seed) : absent],
    ...records('network', settings.network),
    ...records('training', settings.training),
  ];
  const machineRows: [string, string][] = [
    ['date', run.date],
    ['device', `${run.device}: ${run.deviceReason}`],
    ['instruction set', run.instructionSet],
    ['threads', count(run.threads)],
    ...(run.ranks > 1 ? [['ranks', count(run.ranks)] as [string, string]] : []),
    ...Object.entries(versions).map(([name, version]): [string, string] => [
      `version of ${name}`,
      String(version),
    ]),
  ];
  return section(
    sheet,
    'provenance',
    'Provenance',
    sheet.element(
      'p',
      { class: 'lead' },
      'All that is needed to make this report again: the same files, settings, seed and version give the same numbers.',
    ),
    lineageFigure(sheet, result, figures),
    sheet.element(
      'details',
      {},
      sheet.element('summary', {}, 'Inputs, settings, seed, versions and timings'),
      sheet.element('h3', {}, 'Inputs'),
      inputTable(sheet, [samples.reference, samples.generated]),
      sheet.element(
        'div',
        { class: 'provenance' },
        block(sheet, 'Settings', ['setting', 'value'], settingRows),
        block(sheet, 'Run', ['field', 'value'], machineRows),
        block(sheet, 'Timings', ['stage', 'time'], timingRows(result)),
      ),
      analysisCosts(sheet, result),
    ),
  );
}

function inputTable(sheet: Sheet, samples: readonly SampleRecord[]): HTMLElement {
  return table(
    sheet,
    'inputs',
    ['sample', 'source', sheet.noun, 'layout', 'SHA-256'],
    samples.flatMap((sample) => {
      const { role, source, files, rows, unselected, leftOut, layout, weights, toy, sha256 } = sample;
      const parts = files.length > 1 ? files : [];
      return [
        [
          role,
          sheet.element('code', {}, source),
          [
            count(rows),
            ...(weights ? [`worth ${count(Math.round(weights.effectiveRows))} of equal weight`] : []),
            ...(unselected > 0 ? [`selected of ${count(rows + unselected + leftOut)}`] : []),
            ...(leftOut > 0 ? [`and ${count(leftOut)} copies left out`] : []),
          ].join(', '),
          toy ? `${layout}, toy` : layout,
          sha256 === null ? 'none, not a file' : sheet.element('code', {}, sha256),
        ],
        ...parts.map((file) => [
          '',
          sheet.element('code', {}, file.source),
          count(file.rows),
          '',
          sheet.element('code', {}, file.sha256),
        ]),
      ];
    }),
  );
}

function block(
  sheet: Sheet,
  title: string,
  heads: readonly [string, string],
  rows: readonly (readonly [string, string])[],
): Content {
  return sheet.element('div', {}, sheet.element('h3', {}, title), table(sheet, 'settings', heads, rows));
}

function timingRows({ run }: EvaluationResult): [string, string][] {
  const rows = run.timings.map(({ stage, seconds }): [string, string] => [stage, duration(seconds)]);
  const total = run.timings.reduce((sum, { seconds }) => sum + (isFiniteNumber(seconds) ? seconds : 0), 0);
  return rows.length > 1 ? [...rows, ['all stages', duration(total)]] : rows;
}

/** None in results of earlier versions. */
function analysisCosts(sheet: Sheet, { run }: EvaluationResult): Content {
  if (!Array.isArray(run.analyses)) return [];
  const rows = (run.analyses as EvaluationResult['run']['analyses']).map((cost) => [
    sheet.element('code', {}, cost.name),
    duration(cost.seconds),
    memory(cost.addedMemory),
    memory(cost.peakMemory),
  ]);
  return [
    sheet.element('h3', {}, 'Analyses'),
    table(sheet, 'costs', ['analysis', 'time', 'memory added', 'most memory of the process'], rows),
  ];
}

/** @param reason missing in results of earlier versions. */
function withReason(value: string, reason: string | null | undefined): string {
  return typeof reason === 'string' ? `${value}, ${reason}` : value;
}

function records(group: string, settings: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(settings).map(([name, value]) => [`${group}: ${name}`, settingText(value)]);
}

/** @param select missing in results of earlier versions. */
function settingText(value: unknown): string {
  if (isFiniteNumber(value)) return plain(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(settingText).join(', ');
  if (value === null || value === undefined) return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
