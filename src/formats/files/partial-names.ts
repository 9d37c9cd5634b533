import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';

/** Names beside an output: what is being made of it, what it replaced, its lock. */

/** Bytes of a name on usual file systems. */
const longestName = 255;
const longestSuffix = '.0123456789ab.partial.replaced'.length;

/** A name, or as much of it as leaves room for what is put behind it. */
function stemOf(name: string): string {
  if (Buffer.byteLength(name) + longestSuffix <= longestName) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${cut(name, longestName - longestSuffix - 9)}~${digest}`;
}

/** The first bytes of a text, of whole letters. */
function cut(text: string, bytes: number): string {
  let kept = '';
  let length = 0;
  for (const letter of text) {
    length += Buffer.byteLength(letter);
    if (length > bytes) break;
    kept += letter;
  }
  return kept;
}

/** A new name for what is being made. */
export function partialPath(place: string): string {
  const digits = randomBytes(6).toString('hex');
  return join(dirname(place), `${stemOf(basename(place))}.${digits}.partial`);
}

/** Where the folder that {@link partialPath} replaces stands for a moment. */
export function replacedPath(partial: string): string {
  return `${partial}.replaced`;
}

/** What a name beside an output is of it, if anything. */
export function leftoverKind(place: string, name: string): 'partial' | 'replaced' | null {
  const stem = stemOf(basename(place));
  if (!name.startsWith(`${stem}.`)) return null;
  const found = /^\.[0-9a-f]{12}\.partial(\.replaced)?$/.exec(name.slice(stem.length));
  if (!found) return null;
  return found[1] === undefined ? 'partial' : 'replaced';
}

export function lockPath(place: string): string {
  return join(dirname(place), `${stemOf(basename(place))}.caloscope-lock`);
}

/** The name for what cannot have its own, `weights-2.hdf5` for `weights.hdf5`. */
export function otherName(place: string, number: number): string {
  const extension = extname(place);
  const suffix = `-${number}${extension}`;
  const stem = cut(basename(place, extension), longestName - Buffer.byteLength(suffix));
  return join(dirname(place), stem + suffix);
}
