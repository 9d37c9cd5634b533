import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { ensembleFile } from '../classifier/classifier-folder.js';
import { FileError } from '../errors.js';
import { checksumOf, type OutputInput } from '../formats/files/inputs.js';
import { requireKnownOptions, requireText } from '../names.js';
import { type MadeFile, type MadeKind, madeFilesIn } from './made-files.js';

/** A file of a study. */
export interface LineageNode {
  /** Seen from the folder of the study. */
  readonly path: string;
  /** `data`: not made here, or it does not say from what. */
  readonly kind: MadeKind | 'data';
  /** Of its bytes now; null where it is missing. */
  readonly sha256: string | null;
  readonly state: 'current' | 'stale' | 'missing' | 'unreadable';
  /** Why it is stale or cannot be read, one line each. */
  readonly reasons: readonly string[];
  /** Where what was made from it looks for it: it lies beside that place, with the same bytes; null: it is where it was. */
  readonly movedFrom: string | null;
}

/** `to` was made from `from`. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly role: string;
}

/** What was made from what. */
export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

export interface LineageOptions {
  readonly signal?: AbortSignal | undefined;
}

interface Growing {
  readonly path: string;
  readonly kind: MadeKind | 'data';
  readonly sha256: string | null;
  readonly made: MadeFile | null;
  readonly movedFrom: string | null;
}

/**
 * The graph of what caloscope made in a folder, and of the files that it was made from. An input is looked for at its path, seen from the
 * working folder or from the folder of the study; where nothing is there, an output with its checksum stands for it, or a file with its
 * checksum and ending in the folder where it was: it was moved. What was made from a file
 * that changed or is missing is stale, and so is all that was made from that. What is marked as ours and damaged is unreadable.
 *
 * @throws FileError ERR_FILE_NOT_FOUND, ERR_NOT_A_FILE where the folder is none, and the codes for files; the reason of the signal when aborted.
 */
export async function readLineage(folder: string, options: LineageOptions = {}): Promise<Lineage> {
  requireKnownOptions(options, { signal: true });
  requireText(folder, 'folder');
  const { signal } = options;
  const found = await stat(folder).catch(() => null);
  if (!found) throw new FileError('ERR_FILE_NOT_FOUND', folder, 'there is no such folder');
  if (!found.isDirectory()) throw new FileError('ERR_NOT_A_FILE', folder, 'name the folder of a study');
  const study = new Study(folder, signal);
  for (const made of await madeFilesIn(folder, signal)) await study.addMade(made);
  return await study.lineage();
}

class Study {
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;
  readonly #nodes = new Map<string, Growing>();
  /** Checksums of files beside places where something is missing. */
  readonly #beside = new Map<string, string>();

  constructor(folder: string, signal: AbortSignal | undefined) {
    this.#folder = folder;
    this.#signal = signal;
  }

  async addMade(made: MadeFile): Promise<void> {
    const place = resolve(made.path);
    const sha256 = await checksumOf(made.file, this.#signal);
    this.#nodes.set(place, { path: this.#nameOf(place), kind: made.kind, sha256, made, movedFrom: null });
  }

  async lineage(): Promise<Lineage> {
    const edges: LineageEdge[] = [];
    const parents = new Map<string, { readonly input: OutputInput; readonly parent: Growing }[]>();
    for (const child of [...this.#nodes.values()]) {
      const of = [];
      for (const input of child.made?.inputs ?? []) {
        const parent = await this.#parentOf(input);
        of.push({ input, parent });
        edges.push({ from: parent.path, to: child.path, role: input.role });
      }
      parents.set(child.path, of);
    }
    const judged = new Map<string, LineageNode>();
    const judge = (node: Growing): LineageNode => {
      const known = judged.get(node.path);
      if (known) return known;
      const { path, kind, sha256, movedFrom } = node;
      const reasons = (parents.get(path) ?? []).flatMap(({ input, parent }) => {
        if (parent.sha256 === null) return [`its ${input.role} ${parent.path} is missing`];
        if (parent.sha256 !== input.sha256) return [`its ${input.role} ${parent.path} has changed since`];
        const { state } = judge(parent);
        return state === 'current' ? [] : [`its ${input.role} ${parent.path} is ${state}`];
      });
      const damage = node.made?.damage ?? null;
      const ofNode = { path, kind, sha256, movedFrom };
      const made: LineageNode =
        damage !== null
          ? { ...ofNode, state: 'unreadable', reasons: [damage] }
          : {
              ...ofNode,
              state: sha256 === null ? 'missing' : reasons.length > 0 ? 'stale' : 'current',
              reasons,
            };
      judged.set(path, made);
      return made;
    };
    return { nodes: [...this.#nodes.values()].map(judge), edges };
  }

  #nameOf(place: string): string {
    return relative(resolve(this.#folder), place) || '.';
  }

  /** The node at the path of an input; where there is none, one with its checksum, or one that is missing. */
  async #parentOf({ source, sha256 }: OutputInput): Promise<Growing> {
    const places = [resolve(source), resolve(this.#folder, source)];
    for (const place of places) await this.#lookAt(place);
    const there = places.map((place) => this.#nodes.get(place)).filter((node) => node !== undefined);
    const same = (node: Growing) => node.sha256 === sha256;
    const known = there.find(same) ?? there[0] ?? [...this.#nodes.values()].find(same);
    if (known) return known;
    for (const place of places) {
      const moved = await this.#movedFrom(place, sha256);
      if (moved) return moved;
    }
    const place = places[0] as string;
    const path = this.#nameOf(place);
    const missing: Growing = { path, kind: 'data', sha256: null, made: null, movedFrom: null };
    this.#nodes.set(place, missing);
    return missing;
  }

  /** The file with these bytes beside a place, of the same ending; null: there is none. */
  async #movedFrom(place: string, sha256: string | null): Promise<Growing | null> {
    if (sha256 === null) return null; // nothing to look for
    const entries = await readdir(dirname(place), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || extname(entry.name) !== extname(place)) continue;
      const path = join(dirname(place), entry.name);
      const known = this.#beside.get(path) ?? (await checksumOf(path, this.#signal));
      this.#beside.set(path, known);
      if (known !== sha256) continue;
      const movedFrom = this.#nameOf(place);
      const moved: Growing = { path: this.#nameOf(path), kind: 'data', sha256, made: null, movedFrom };
      this.#nodes.set(path, moved);
      return moved;
    }
    return null;
  }

  /** Data at a place, if there are any; a classifier that does not say from what it was made counts as data, too. */
  async #lookAt(place: string): Promise<void> {
    if (this.#nodes.has(place)) return;
    const found = await stat(place).catch(() => null);
    const file = found?.isDirectory() ? resolve(place, ensembleFile) : place;
    if (!found || !(await stat(file).catch(() => null))?.isFile()) return;
    const sha256 = await checksumOf(file, this.#signal);
    this.#nodes.set(place, { path: this.#nameOf(place), kind: 'data', sha256, made: null, movedFrom: null });
  }
}

/** The graph in the language of Graphviz: what is stale is orange, what cannot be read red, what is missing dashed. */
export function lineageDot({ nodes, edges }: Lineage): string {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const look = {
    current: '',
    stale: ', color="#b8430b", fontcolor="#b8430b"',
    missing: ', style=dashed',
    unreadable: ', color="#c53030", fontcolor="#c53030"',
  };
  return [
    'digraph lineage {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="Helvetica"];',
    ...nodes.map(
      ({ path, kind, state }) =>
        `  ${quoted(path)} [label=${quoted(`${kind}\n${path}`).replace('\n', '\\n')}${look[state]}];`,
    ),
    ...edges.map(({ from, to, role }) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(role)}];`),
    '}',
    '',
  ].join('\n');
}
