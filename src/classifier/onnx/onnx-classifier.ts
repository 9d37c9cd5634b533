import { setImmediate } from 'node:timers/promises';
import { ArgumentError } from '../../errors.js';
import { ofFile, readOnnx } from '../../formats/onnx/read-onnx.js';
import { requireKnownOptions, requireText } from '../../names.js';
import { requireNumberArray } from '../../native/number-array.js';
import { type JobOptions, jobOptions } from '../../native/run-job.js';
import { type NumberedRows, rowText } from '../../samples/source-rows.js';
import { compileGraph } from './compiled-graph.js';
import { type LogitHead, logitHead } from './logit-head.js';
import type { ProbabilityWatch } from './probability-watch.js';
import type { RowProgram } from './row-program.js';

export interface LoadOnnxOptions {
  /** The class of the model that is the reference. Default: 1, whose probability the output of a sigmoid is. */
  readonly referenceClass?: 0 | 1 | undefined;
}

/** Multiplications after which the event loop gets its turn. */
const costAtOnce = 5e6;

/**
 * A classifier of another program: an ONNX model of one input, rows × columns, and the score of two classes, as logit, as probability behind
 * a sigmoid, or as both behind a softmax. It is computed in double precision.
 */
export class OnnxClassifier {
  readonly path: string;
  /** Columns of a row. */
  readonly inputs: number;
  /** What the output of the model is; {@link logits} are logits in any case. */
  readonly head: 'logit' | 'two logits' | 'sigmoid' | 'softmax';
  /** Version of its operators. */
  readonly opset: number;
  /** The program that wrote it, as the file says. */
  readonly producer: string;
  /** Texts that the file holds beside the model. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly #program: RowProgram;
  readonly #single: boolean;
  readonly #head: LogitHead;
  readonly #sign: number;

  private constructor(
    path: string,
    model: Pick<OnnxClassifier, 'inputs' | 'opset' | 'producer' | 'metadata'>,
    graph: { program: RowProgram; single: boolean; head: LogitHead; sign: number },
  ) {
    this.path = path;
    ({ inputs: this.inputs, opset: this.opset, producer: this.producer, metadata: this.metadata } = model);
    this.#program = graph.program;
    this.#single = graph.single;
    this.#head = graph.head;
    this.#sign = graph.sign;
    this.head = graph.head.kind;
  }

  /** One line in the console. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `OnnxClassifier { ${this.inputs} columns, ${this.head}, operator set ${this.opset}, ${this.path} }`;
  }

  /**
   * Reads a model, and the files in its folder that hold its weights; operator sets 7 to 28.
   *
   * @throws FileError ERR_OPERATOR for an operator that is not supported, with the node; ERR_OPERATOR_SET; ERR_MODEL for what is no classifier
   * of two classes; ERR_SHAPE, ERR_FILE_CORRUPT, ERR_EXTERNAL_DATA, ERR_DATASET_TYPE, ERR_NON_FINITE, ERR_TOO_LARGE, and the codes for
   * files; ArgumentError ERR_ARGUMENT.
   */
  static async load(path: string, options: LoadOnnxOptions = {}): Promise<OnnxClassifier> {
    requireText(path, 'path');
    requireKnownOptions(options, { referenceClass: true });
    const { referenceClass = 1 } = options;
    if (referenceClass !== 0 && referenceClass !== 1) {
      throw new ArgumentError('ERR_ARGUMENT', 'referenceClass must be 0 or 1');
    }
    const file = await readOnnx(path);
    return await ofFile(path, () => {
      const graph = compileGraph(file);
      const head = logitHead(graph);
      const { inputs, single, program } = graph;
      const sign = referenceClass === 1 ? head.sign : -head.sign;
      return new OnnxClassifier(path, { ...file, inputs }, { program, single, head, sign });
    });
  }

  /**
   * ln(p_reference/p_generated) of rows, one after the other; the event loop stays free.
   *
   * @throws ArgumentError ERR_SHAPE, ERR_NON_FINITE with the row; `signal.reason` when aborted.
   */
  async logits(rows: Float32Array | Float64Array, options: JobOptions = {}): Promise<Float64Array> {
    requireKnownOptions(options, jobOptions);
    requireNumberArray(rows, 'rows');
    const { signal, onProgress } = options;
    const count = rows.length / this.inputs;
    if (!Number.isInteger(count)) {
      const message = `${rows.length} numbers are no rows of ${this.inputs} columns, which the model reads`;
      throw new ArgumentError('ERR_SHAPE', message);
    }
    const rowsAt = (first: number, wanted: number) =>
      rows.subarray(first * this.inputs, (first + wanted) * this.inputs);
    return await this.logitsOf(rowsAt, { rows: count, sourceRows: null }, { signal, onProgress });
  }

  /**
   * @internal The same for rows that are made when they are needed.
   *
   * @param numbered the rows, for the error that names one.
   * @param watch looks at outputs that are taken as logits.
   */
  async logitsOf(
    rowsAt: (first: number, count: number) => Float32Array | Float64Array,
    numbered: NumberedRows,
    { signal, onProgress }: JobOptions,
    watch?: ProbabilityWatch,
  ): Promise<Float64Array> {
    const { rows: count } = numbered;
    const logits = new Float64Array(count);
    const atOnce = Math.max(1, Math.floor(costAtOnce / this.#program.costOf(this.#head.value)));
    for (let first = 0; first < count; first += atOnce) {
      signal?.throwIfAborted();
      const wanted = Math.min(atOnce, count - first);
      const rows = rowsAt(first, wanted);
      const given = Float64Array.from(this.#single ? Float32Array.from(rows) : rows);
      logits.set(this.#logitsOf(given, wanted, watch), first);
      onProgress?.({ done: first + wanted, total: count, message: 'scoring' });
      await setImmediate();
    }
    const odd = logits.findIndex((logit) => !Number.isFinite(logit));
    if (odd < 0) return logits;
    throw new ArgumentError('ERR_NON_FINITE', `${rowText(numbered, odd)}: the model gives ${logits[odd]}`);
  }

  /** There is nothing to free: it may stand wherever an ensemble does. */
  dispose(): void {}

  [Symbol.dispose](): void {}

  #logitsOf(given: Float64Array, rows: number, watch?: ProbabilityWatch): Float64Array {
    const values = this.#program.run(given, rows, this.#head.value);
    watch?.see(values, values.length / rows);
    if (values.length === rows) return values.map((logit) => this.#sign * logit);
    return Float64Array.from(
      { length: rows },
      (_, row) => this.#sign * ((values[2 * row + 1] as number) - (values[2 * row] as number)),
    );
  }
}
