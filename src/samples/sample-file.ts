/** A file of a sample. */
export interface SampleFile {
  readonly source: string;
  /** Rows in it. */
  readonly rows: number;
}

/** A file that was read. */
export interface FileOfSample extends SampleFile {
  /** SHA-256 of the very bytes that were read. */
  readonly sha256: string;
}
