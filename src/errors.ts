/**
 * Errors of the whole package. Every error that a caller can meet is a {@link CaloscopeError} with a stable
 * `code`; nothing is ever told apart by its message. A message is one line: what is wrong, where, what to do.
 */

/** Stable codes; docs/errors.md lists them. A code never changes its meaning. */
export const errorCodes = {
  // arguments
  ERR_USAGE: 'the command line is wrong',
  ERR_ARGUMENT: 'an argument or option has a wrong type or value',
  ERR_DISPOSED: 'a handle was used after dispose()',
  ERR_TOO_FEW_ROWS: 'not enough showers for the task',
  ERR_REPEATED_ROWS: 'rows that occur twice, where that is to be refused',
  ERR_SHAPE: 'dimensions that do not fit together',
  // files
  ERR_FILE_NOT_FOUND: 'the file does not exist',
  ERR_NOT_A_FILE: 'a folder, device or pipe in place of a file',
  ERR_FILE_ACCESS: 'the file cannot be read with the rights of this user',
  ERR_NOT_HDF5: 'the file is not an HDF5 file',
  ERR_FILE_TRUNCATED: 'the file ends too early',
  ERR_FILE_IN_USE: 'the file is open for writing, or its writer was killed',
  ERR_FILE_CHANGED: 'the file was written to while it was read',
  ERR_FILE_CORRUPT: 'the file is damaged or contradicts itself',
  ERR_FILTER_UNSUPPORTED: 'a compression filter that is not available',
  ERR_DATASET_MISSING: 'a dataset of the layout is missing',
  ERR_EXTERNAL_DATA: 'the file refers to data in another file, which is missing or never opened',
  ERR_DATASET_TYPE: 'a dataset does not hold plain numbers',
  ERR_DATASET_SHAPE: 'a dataset has wrong dimensions',
  ERR_VOXEL_COUNT: 'the number of voxels is not that of the geometry',
  ERR_ROW_MISMATCH: 'datasets disagree on the number of showers',
  ERR_TOO_LARGE: 'what the file claims cannot be held',
  ERR_FILL_ONLY: 'the data were never written to the file',
  ERR_LAYOUT: 'not a layout of shower files that is known, or two layouts that do not fit together',
  ERR_POINTS: 'points of showers that contradict each other, or lie in no voxel of the geometry',
  ERR_NON_FINITE: 'NaN or infinity',
  ERR_NEGATIVE_ENERGY: 'negative voxel energies',
  ERR_INCIDENT_ENERGY: 'an incident energy that is not above zero',
  ERR_OUTPUT: 'the output cannot be written, or must not be',
  // geometry
  ERR_GEOMETRY: 'not a sound geometry, or a geometry that is not known',
  ERR_XML: 'not well-formed XML, or XML features that are refused',
  // classifiers and results
  ERR_CLASSIFIER: 'not a caloscope classifier, or one that contradicts itself',
  ERR_MODEL: 'a model of another program that is no classifier of one input and two classes',
  ERR_OPERATOR: 'an operator of a model that is not supported',
  ERR_OPERATOR_SET: 'a model of a format version or operator set that is not supported',
  ERR_STYLE: 'a style sheet that would load something, or is none',
  ERR_RESULT: 'not a caloscope result, or one of another version',
  ERR_UHI: 'not a histogram in UHI serialisation that can be read',
  // running
  ERR_CANCELLED: 'the work was cancelled',
  ERR_MEMORY: 'not enough memory',
  ERR_DEVICE: 'no such device, or one that failed',
  ERR_TRAINING: 'a training did not converge to finite numbers',
  ERR_CHECKPOINT: 'a checkpoint that is damaged, of another training, or in use',
  ERR_RANKS: 'the ranks of an MPI job cannot work together',
  ERR_NATIVE_MISSING: 'the native core could not be loaded',
  ERR_INTERNAL: 'a defect of caloscope: please report it',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Base class of all errors of this package. */
export class CaloscopeError extends Error {
  readonly code: ErrorCode;

  /** @param message becomes one line, whatever line breaks names and cells of files bring. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message.replace(/\s*[\r\n]+\s*/g, ' '), options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An argument or option of the API or of the command line is wrong. */
export class ArgumentError extends CaloscopeError {}

/** A file cannot be opened, is not what it should be, or cannot be written. `path` names it. */
export class FileError extends CaloscopeError {
  readonly path: string;

  /** The message becomes `path: message`. */
  constructor(code: ErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(code, `${path}: ${message}`, options);
    this.path = path;
  }
}

/** The native core reported an error, or is not there. */
export class NativeError extends CaloscopeError {}
