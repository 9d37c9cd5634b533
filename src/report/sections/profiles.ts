import type { ProfileComparison, ProfileCurve } from '../../evaluation/result.js';
import { comparisonPanels } from '../drawing/comparison-panels.js';
import { csvLink } from '../drawing/csv-link.js';
import type { HistogramSeries } from '../drawing/histogram-series.js';
import { figure, legend, section } from '../drawing/legend.js';
import { count, deviations, isFiniteNumber, pEquals, significant } from '../drawing/numbers.js';
import type { Content, Sheet } from '../drawing/sheet.js';
import type { Section } from '../section.js';

export const profiles: Section<readonly ProfileComparison[]> = { profiles: profileFigures };

/** Mean profiles of both samples and of the reweighted one, with their ratios to the reference. */
function profileFigures(sheet: Sheet, compared: readonly ProfileComparison[]): Content {
  if (compared.length === 0) return null;
  return section(
    sheet,
    'profiles',
    'Mean profiles',
    sheet.element(
      'p',
      { class: 'lead' },
      'What a shower has on average: its energy and its voxels above 0 by layer, by distance of the axis and by angle, and its ',
      'voxels by their energy. Below each drawing the ratio to the reference. Errors are those of the means, from the scatter ',
      'of whole showers: voxels of one shower are not taken as independent. χ² takes all bins together with their full covariance, ',
      'bins with few entries with their neighbors; p is of this profile alone. Where it is small after reweighting, the weights ',
      'do not repair the profile.',
    ),
    legend(sheet, [
      ['reference', 'reference'],
      ['generated', 'generated'],
      ['reweighted', 'generated, reweighted with w'],
    ]),
    sheet.element(
      'div',
      { class: 'grid' },
      compared.map((profile, index) => profileFigure(sheet, profile, index)),
    ),
  );
}

function profileFigure(sheet: Sheet, profile: ProfileComparison, index: number): HTMLElement {
  const { label, unit, axis, edges } = profile;
  const title = `${label} by ${axis.label}`;
  const heading = sheet.element('h3', { id: `profile-${index}` }, sheet.quantity(title));
  const series = {
    reference: seriesOf(edges, profile.reference),
    generated: seriesOf(edges, profile.generated),
    reweighted: seriesOf(edges, profile.reweighted),
  };
  const panels = comparisonPanels(sheet, series, {
    x: axis,
    y: `mean per bin${unit === '' ? '' : ` [${unit}]`}`,
  });
  return figure(sheet, 'profile', [heading, panels], pulls(sheet, profile), numbers(sheet, profile));
}

function numbers(sheet: Sheet, { name, edges, axis, ...curves }: ProfileComparison): HTMLElement {
  const roles = ['reference', 'generated', 'reweighted'] as const;
  return csvLink(
    sheet,
    name,
    ['lower', 'upper', ...roles.flatMap((role) => [`${role}_mean`, `${role}_error`])],
    edges
      .slice(0, -1)
      .map((lower, bin) => [
        lower,
        edges[bin + 1],
        ...roles.flatMap((role) => [curves[role].means[bin], curves[role].errors[bin]]),
      ]),
    axis,
  );
}

/** Means in place of shares: a profile is not normalized. */
function seriesOf(edges: readonly number[], { means, errors }: ProfileCurve): HistogramSeries {
  const shares = means.map(numberOrZero);
  const sum = shares.reduce((all, mean) => all + mean, 0);
  return { edges, shares, errors: errors.map(numberOrZero), sum, belowRange: 0, aboveRange: 0 };
}

function numberOrZero(value: unknown): number {
  return isFiniteNumber(value) ? value : 0;
}

/** Whether all bins together agree, and where the profiles are furthest apart. */
function pulls(sheet: Sheet, { axis, largestPull, chiSquare }: ProfileComparison): Content {
  const lines = (['generated', 'reweighted'] as const).flatMap((role) => {
    const pull = largestPull[role];
    if (pull === null || !isFiniteNumber(pull.pull)) return [];
    const { value, degreesOfFreedom, pValue } = chiSquare[role];
    const square = isFiniteNumber(value)
      ? `χ² ${significant(value)} for ${count(degreesOfFreedom)} degrees of freedom`
      : 'χ² –';
    const { ratio, ratioError } = pull;
    const factor = isFiniteNumber(ratio) ? `, ${significant(ratio)} times the reference` : '';
    const error = isFiniteNumber(ratioError) ? ` (± ${significant(ratioError, 2)})` : '';
    return [
      `${role}: ${square}, ${pEquals(pValue)}; furthest at ${binText(pull, axis)}${factor}${error}, ${deviations(pull.pull)} standard errors. `,
    ];
  });
  return sheet.element('p', {}, lines);
}

/** A bin; where whole numbers are counted, the number. */
function binText(
  { lower, upper }: { lower: number; upper: number },
  { unit, label }: ProfileComparison['axis'],
): string {
  if (upper - lower === 1 && Number.isInteger(lower + 0.5)) return `${label.split(',')[0]} ${lower + 0.5}`;
  return `${significant(lower)} to ${significant(upper)}${unit === '' ? '' : ` ${unit}`}`;
}
