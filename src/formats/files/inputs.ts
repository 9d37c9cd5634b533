import * as z from 'zod';
import { Checksum } from './checksum.js';
import { OpenedFile } from './opened-file.js';

/** A file that an output was made from. All outputs name theirs in this form, as JSON under {@link inputsKey}. */
export interface OutputInput {
  /** What it was: `reference`, `generated`, `null sample`, `rows`, `classifier`. */
  readonly role: string;
  /** Path as it was given. */
  readonly source: string;
  /** Of its bytes; of a classifier those of the file of its ensemble, which holds the checksums of the others. */
  readonly sha256: string;
}

export const inputsKey = 'inputs';

export const inputsSchema = z.array(
  z.strictObject({
    role: z.string(),
    source: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
);

/** SHA-256 of a file, worked out in a thread of its own. @throws FileError with the codes for files; the reason of the signal when aborted. */
export async function checksumOf(path: string, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const file = await OpenedFile.open(path);
  try {
    return await new Checksum(file, signal).sha256;
  } finally {
    await file.close();
  }
}
