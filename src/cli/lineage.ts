import { Command } from 'commander';
import { requireOutputFile } from '../formats/files/output-checks.js';
import { writeWholeFile } from '../formats/files/whole-output.js';
import { requireAddressSpace } from '../formats/hdf5/address-space.js';
import { type Lineage, lineageDot, readLineage } from '../lineage/lineage.js';
import { lineageSvg } from '../lineage/lineage-svg.js';
import { columns } from './figures.js';
import * as options from './options.js';
import type { Session } from './session.js';

export interface LineageFlags extends options.RunOptions {
  readonly dot?: string;
  readonly svg?: string;
  readonly force?: boolean;
}

export function lineageCommand(): Command {
  const command = new Command('lineage')
    .description(
      'say what in a folder was made from what, and what is stale since a file changed or is missing, and what is damaged: results, classifiers, weights, models, reports, figures (exit code 1 then)',
    )
    .argument('<folder>', 'folder of a study')
    .option('--dot <file>', 'the graph for Graphviz: dot -Tsvg FILE')
    .option('--svg <file>', 'the graph as a drawing')
    .option('--force', 'replace an existing file');
  return options.addSpeechOptions(command);
}

export async function runLineage(session: Session, folder: string, chosen: LineageFlags): Promise<number> {
  const { dot, svg, force = false } = chosen;
  for (const out of [dot, svg]) if (out !== undefined) await requireOutputFile(out, { force });
  requireAddressSpace();
  const lineage = await readLineage(folder, { signal: session.signal });
  const place = force ? 'a file' : 'nothing';
  if (dot !== undefined) await writeWholeFile(dot, lineageDot(lineage), place);
  if (svg !== undefined) await writeWholeFile(svg, lineageSvg(lineage), place);
  session.conclude({ folder, ...lineage }, linesOf(lineage));
  return lineage.nodes.every(({ state }) => state === 'current') ? 0 : 1;
}

function linesOf({ nodes, edges }: Lineage): string[] {
  if (nodes.length === 0) return ['Nothing here says what it was made from.'];
  const rows = nodes.map(({ path, kind, state }) => {
    const from = edges.filter(({ to }) => to === path).map((edge) => `${edge.role} ${edge.from}`);
    return [kind, path, state, from.length > 0 ? `from ${from.join(', ')}` : ''];
  });
  const odd = nodes.flatMap(({ path, state, reasons }) =>
    reasons.map((reason) => `${path} is ${state}: ${reason}; make it again`),
  );
  const moved = nodes.flatMap(({ path, movedFrom }) =>
    movedFrom === null ? [] : [`${movedFrom} moved to ${path}`],
  );
  return [
    ...columns(rows),
    ...(moved.length > 0 ? ['', ...moved] : []),
    ...(odd.length > 0 ? ['', ...odd] : []),
  ];
}
