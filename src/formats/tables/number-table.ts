/** Numbers of a file, row by row. */
export interface NumberTable {
  /** Names, each once. */
  readonly columns: readonly string[];
  /** Arrays that gave several columns, `NAME_0` and so on, with their whole length, whether all of them were chosen or not. */
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
  readonly rows: number;
  /** rows × columns. */
  readonly values: Float32Array;
}

/** An open file of which pieces are read; synchronous, meant for a worker thread. */
export interface TableBytes {
  readonly size: number;
  /** What there is from `start` on, at most so many bytes. */
  read(start: number, length: number): Buffer;
}

/** Bytes that are read at once. */
const pieceBytes = 8 * 2 ** 20;

/** A file from its beginning, piece by piece. */
export async function* piecesOf(file: TableBytes): AsyncGenerator<Buffer, void, void> {
  for (let start = 0; start < file.size; ) {
    const piece = file.read(start, pieceBytes);
    if (piece.length === 0) return;
    yield piece;
    start += piece.length;
  }
}
