import type { OutputInput } from '../formats/files/inputs.js';

/** What of a result says from which files it was made; results of earlier versions lack some of it. */
export interface InputsOfResult {
  readonly samples?: Readonly<Record<string, { readonly role: string; readonly files?: FilesOfResult }>>;
  readonly auc?: { readonly null?: { readonly files?: FilesOfResult } | null };
}

type FilesOfResult = readonly { readonly source: string; readonly sha256: string }[];

/** The files of the samples of a result, with those of its null sample, as all that is drawn of it names them. */
export function inputsOfResult({ samples, auc }: InputsOfResult): OutputInput[] {
  const { reference, generated } = samples ?? {};
  const second = auc?.null ? { role: 'null sample', files: auc.null.files } : undefined;
  return [reference, generated, second].flatMap((sample) =>
    Array.isArray(sample?.files)
      ? (sample.files as FilesOfResult).map(({ source, sha256 }) => ({ role: sample.role, source, sha256 }))
      : [],
  );
}
