import { rampStyle } from './drawing/color-ramps.js';

/**
 * The style sheet of the report. Colors are variables: light by default, dark where the reader's system asks for it
 * on a screen, always light in print. Reference, generated and reweighted keep their color in every drawing and
 * differ in lightness and hue also for color-blind readers.
 */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1b1d21; --muted: #5f636b; --rule: #dcdbd4; --tint: #f4f3ee;
  --reference: #59616e; --generated: #dd6a1f; --reweighted: #0b4c86; --validation: #00795f;
  --alarm: #8a5a00; --alarm-tint: #fff5d9; --alarm-rule: #d79b1e;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Liberation Serif", serif;
  --sans: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", system-ui, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --ink: #e4e2dc; --muted: #9ea1a9; --rule: #363a41; --tint: #1d2025;
    --reference: #a7b0bf; --generated: #e08348; --reweighted: #8fd0ff; --validation: #45c9a5;
    --alarm: #f0c566; --alarm-tint: #2a2415; --alarm-rule: #b98a26;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 var(--serif); }
main { max-width: 1200px; margin: 0 auto; padding: 40px 28px 56px; }
p { margin: 0 0 0.6em; }
h1, h2, h3 { font-weight: 600; line-height: 1.2; text-wrap: balance; }
h1 { margin: 0 0 14px; font-size: 30px; overflow-wrap: anywhere; }
h2 { margin: 0 0 8px; font-size: 21px; }
h3 { margin: 0 0 4px; font: 600 14px/1.3 var(--sans); }
sub { font-size: 0.72em; line-height: 0; }
small { font-size: inherit; }
code { font: 0.86em/1.4 var(--mono); overflow-wrap: anywhere; }
section { margin-top: 38px; padding-top: 14px; border-top: 1px solid var(--rule); }
.kind { margin: 0 0 6px; color: var(--muted); font: 13px/1.3 var(--sans); }
.against { color: var(--muted); font-weight: 400; font-style: italic; }
.lead { max-width: 76ch; }
.note { max-width: 66ch; margin: 8px 0 0; color: var(--muted); font: 13px/1.45 var(--sans); }
.contents { margin-top: 16px; font: 13.5px/1.5 var(--sans); }
.contents ul { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 0; padding: 0; }
.contents a, .numbers-link { color: inherit; text-decoration-color: var(--muted); text-underline-offset: 3px; }
.numbers-link { display: inline-block; margin-top: 3px; }
.learners { order: 1; }
.samples { list-style: none; margin: 0; padding: 0; font-size: 15px; overflow-wrap: anywhere; }
.toy { display: inline-block; padding: 0 7px; border: 1px solid var(--alarm-rule); border-radius: 3px;
  background: var(--alarm-tint); color: var(--alarm); font: 600 12.5px/1.5 var(--sans); }

.verdict { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 14px 48px;
  margin-top: 22px; padding: 18px 0 16px; border: solid var(--rule); border-width: 1px 0; }
.verdict .level { display: inline-block; margin: 0 0 8px; padding: 0 9px; border: 1px solid var(--ink); border-radius: 3px;
  font: 600 13px/1.7 var(--sans); }
.verdict.distinguishable .level, .verdict.clearly-different .level { background: var(--ink); color: var(--paper); }
.verdict .sentence { margin: 0; max-width: 62ch; font-size: 20px; line-height: 1.4; text-wrap: pretty; }
.numbers { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 32px; margin: 0; align-content: start;
  font-family: var(--sans); }
.numbers dt { color: var(--muted); font-size: 13px; }
.numbers dd { margin: 0; }
.numbers b { display: block; font-size: 21px; font-weight: 600; line-height: 1.3; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.numbers small { color: var(--muted); font-size: 12.5px; line-height: 1.35; display: block; }
.distance { max-width: 90ch; margin: 14px 0 0; font: 13.5px/1.5 var(--sans); }
.warnings { margin-top: 20px; padding: 12px 18px 10px; border: 1px solid var(--alarm-rule); border-left-width: 5px;
  border-radius: 3px; background: var(--alarm-tint); }
.warnings h2 { margin-bottom: 4px; color: var(--alarm); font: 600 15px/1.3 var(--sans); }
.warnings ul { margin: 0; padding-left: 1.1em; }
.warnings li { margin: 3px 0; max-width: 90ch; }
.warnings code { color: var(--muted); white-space: nowrap; }

.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 10px 48px;
  align-items: start; }
.beside figure { margin: 0; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 24px 36px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 30px 26px; margin-top: 22px; }
figure { margin: 12px 0 0; break-inside: avoid; min-width: 0; }
figcaption { margin-top: 4px; font: 13px/1.45 var(--sans); color: var(--muted); max-width: 66ch; }
figcaption p { margin: 3px 0 0; }
.grid figure { margin: 0; max-width: 470px; }
.placeholder { margin: 6px 0; padding: 14px; background: var(--tint); color: var(--muted); font: 13px/1.4 var(--sans); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 4px 0; padding: 0;
  font: 13px/1.5 var(--sans); color: var(--ink); }
.swatch { display: inline-block; width: 20px; height: 0; margin-right: 7px; vertical-align: 0.28em; border-top: 2px solid currentColor; }
.swatch.reference { height: 10px; vertical-align: -0.06em; border-top: 1.5px solid var(--reference);
  background: color-mix(in srgb, var(--reference) 26%, transparent); }
.swatch.generated { border-color: var(--generated); border-top-style: dashed; }
.swatch.reweighted { border-color: var(--reweighted); border-top-width: 3px; }
.swatch.unit-line { border-top-width: 1px; }
.swatch.guide { border-top: 1.5px dashed var(--muted); }
.swatch.training { border-color: var(--muted); }
.swatch.validation { border-color: var(--validation); }
.swatch.calibration-before, .swatch.calibration-after { width: 9px; height: 9px; border: 0; vertical-align: 0; background: currentColor; border-radius: 50%; }
.swatch.calibration-after { border-radius: 0; background: var(--reweighted); }
.swatch.point, .swatch.best-epoch { width: 7px; height: 7px; border: 0; border-radius: 50%; background: currentColor; vertical-align: 0.08em; }

.chart { display: block; width: 100%; height: auto; overflow: visible; color: var(--ink); font: 11px var(--sans); }
.chart text { fill: currentColor; font-variant-numeric: tabular-nums; }
.chart .axis-title { font-size: 12px; }
.chart .index { font-size: 10.7px; }
.chart .ticks, .chart .border { fill: none; stroke: currentColor; stroke-width: 0.8; }
.chart .step, .chart .curve, .chart .ratio, .chart .loss { fill: none; stroke-linejoin: miter; stroke-linecap: butt; }
.chart .step { stroke-width: 1.4; }
.chart .step.reference { stroke-width: 1; }
.chart .step.generated { stroke-dasharray: 5 1.6; }
.chart .step.reweighted { stroke-width: 1.8; }
.chart .fill.reference { fill-opacity: 0.2; }
.chart .band { fill-opacity: 0.28; }
.chart .ratio { stroke-width: 1.1; }
.chart .ratio.reweighted { stroke-width: 1.6; }
.chart .curve { stroke: currentColor; stroke-width: 1.8; }
.chart .curve.error-bar { stroke-width: 1; }
.chart .point { fill: currentColor; }
.chart .band.calibration-before, .chart .band.calibration-after { fill-opacity: 0.18; }
.chart .roc-area { fill: currentColor; fill-opacity: 0.07; }
.chart .unit-line { stroke: currentColor; stroke-width: 0.8; }
.chart .guide { fill: none; stroke: var(--muted); stroke-width: 1; stroke-dasharray: 4 3; }
.chart .loss { stroke-width: 1; }
.chart .loss.training { stroke: var(--muted); }
.chart .loss.validation { stroke: var(--validation); }
.chart .best-epoch { fill: var(--ink); stroke: var(--paper); stroke-width: 0.6; }
.chart .link { fill: none; stroke: var(--muted); stroke-width: 1.2; stroke-opacity: 0.7; }
.chart .ranked-label { font-size: 12px; }
.cells { fill-rule: evenodd; stroke-width: 0.3; }
.chart .outline { fill: none; stroke: var(--muted); stroke-width: 0.7; }
.dead-voxels { margin-bottom: 12px; }
.chart .minus { fill: none; stroke: var(--paper); stroke-width: 1; }
.roc .chart, .calibration .chart, .weights .chart, .training .chart, .validation .chart { max-width: 520px; }
.roc .chart, .calibration .chart, .ranking .chart { max-width: 460px; }

svg.lineage { display: block; font-family: var(--sans); }
.lineage .paper, .lineage .box, .lineage .edge { fill: none; }
.lineage .box { stroke: var(--muted); }
.lineage .name { fill: var(--ink); }
.lineage .file-kind, .lineage .role, .lineage .head { fill: var(--muted); }
.lineage .edge { stroke: var(--muted); stroke-opacity: 0.6; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; font: 13px/1.4 var(--sans); font-variant-numeric: tabular-nums; }
th { font-weight: 400; text-align: left; }
thead th { color: var(--muted); border-bottom: 1px solid var(--ink); }
th, td { padding: 2px 18px 2px 0; vertical-align: top; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
.health td, .health thead th + th, .extremes td, .extremes thead th + th { text-align: right; }
.health { width: 100%; }
.health td, .health thead th + th { padding: 2px 0 2px 28px; white-space: nowrap; }
.agreement { color: var(--ink); font-size: 12px; }
.agreement th, .agreement td { padding: 0 12px 0 0; border: 0 !important; }
.agreement td:first-child { white-space: nowrap; }
.calibrations th, .calibrations td, .learners td { white-space: nowrap; }
.scroll + .lead { margin-top: 10px; }
.alarm { padding: 0 6px; background: var(--alarm-tint); color: var(--alarm); }
.lists { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 20px 32px; }
.lists > div { break-inside: avoid; }
.lists table { width: 100%; }
.lists th, .lists td { padding-right: 8px; }
details > summary { cursor: pointer; font: 14px/1.6 var(--sans); color: var(--ink); text-decoration: underline; text-underline-offset: 3px; }
details h3 { margin-top: 16px; }
.provenance { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 4px 36px; }
.inputs code { font-size: 12px; }
.settings { width: 100%; }
.settings td { overflow-wrap: anywhere; }
footer { margin-top: 44px; padding-top: 10px; border-top: 1px solid var(--rule); color: var(--muted); font: 12.5px/1.5 var(--sans); }
@media (max-width: 700px) {
  main { padding: 24px 16px 40px; }
  h1 { font-size: 24px; }
  .verdict .sentence { font-size: 18px; }
}
@media print {
  @page { size: A4; margin: 14mm 13mm; }
  :root { color-scheme: light; --paper: #fff; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  section { margin-top: 18px; }
  h2, h3, .lead { break-after: avoid; }
  #training > .legend { break-before: avoid; }
  .verdict { grid-template-columns: 5fr 4fr; gap: 20px; }
  .verdict .sentence { font-size: 12.5pt; }
  .numbers { gap: 6px 16px; }
  .numbers b { font-size: 12.5pt; }
  .numbers small { font-size: 8pt; }
  .lead, .beside > div { break-inside: avoid; }
  .beside .lead { break-after: auto; }
  .beside { grid-template-columns: 1fr 1fr; gap: 10px 20px; }
  .pair { grid-template-columns: 1fr 1fr; gap: 14px 20px; }
  .grid { grid-template-columns: 1fr 1fr; gap: 12px 20px; }
  figcaption, table { font-size: 8.5pt; }
  table, .warnings, .verdict { break-inside: avoid; }
  .settings, .inputs { break-inside: auto; }
  .health td, .health thead th + th { padding-left: 12px; }
  .scroll { overflow: visible; }
  .numbers-link, .contents { display: none; }
  details::details-content { display: block; content-visibility: visible; height: auto; }
  details > summary { list-style: none; color: inherit; }
}
${rampStyle}`;
