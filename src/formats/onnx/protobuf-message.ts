import { CaloscopeError } from '../../errors.js';

/**
 * The wire format of protocol buffers, as far as ONNX uses it: fields of varints, of 4 or 8 bytes, and of counted bytes (texts,
 * messages, packed numbers). Every length is held against the bytes that are there before anything is made of it.
 * Source: https://protobuf.dev/programming-guides/encoding.
 */

type Wire = 'varint' | '8 bytes' | 'bytes' | '4 bytes';
const wires: Readonly<Record<number, Wire>> = { 0: 'varint', 1: '8 bytes', 2: 'bytes', 5: '4 bytes' };

/** Bytes of a varint of 64 bits. */
const longestVarint = 10;

/** Of one message: each takes many times the memory that it has in the file. */
const mostFields = 2 ** 22;

type Field =
  | { readonly wire: 'varint'; readonly value: bigint }
  | { readonly wire: Exclude<Wire, 'varint'>; readonly value: Buffer };

function corrupt(what: string): CaloscopeError {
  return new CaloscopeError('ERR_FILE_CORRUPT', `${what}; it is no sound ONNX model`);
}

/** Reads a message from its begin to its end. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let i = 0; i < longestVarint; i++) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw corrupt('it ends within a number');
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw corrupt('it holds a number of more than 64 bits');
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw corrupt(`a field of ${length} bytes reaches beyond its end`);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  field(): readonly [number, Field] {
    const key = this.varint();
    const number = Number(key >> 3n);
    const wire = wires[Number(key & 7n)];
    if (wire === undefined || number === 0) throw corrupt(`there is no field of key ${key}`);
    if (wire === 'varint') return [number, { wire, value: this.varint() }];
    const length = wire === '8 bytes' ? 8 : wire === '4 bytes' ? 4 : Number(this.varint());
    return [number, { wire, value: this.take(length) }];
  }
}

/** The fields of a message, by number; what a number means is the caller's to know. */
export class ProtobufMessage {
  readonly #fields = new Map<number, Field[]>();
  /** Named in errors. */
  readonly #name: string;

  /** @throws CaloscopeError ERR_FILE_CORRUPT, here and from every method. */
  constructor(bytes: Buffer, name: string) {
    this.#name = name;
    const cursor = new Cursor(bytes);
    for (let count = 0; !cursor.ended; count++) {
      if (count === mostFields) {
        throw new CaloscopeError('ERR_TOO_LARGE', `${name} has more than ${mostFields} fields`);
      }
      const [number, field] = cursor.field();
      const known = this.#fields.get(number);
      if (known) known.push(field);
      else this.#fields.set(number, [field]);
    }
  }

  has(number: number): boolean {
    return this.#fields.has(number);
  }

  /** Bytes of a field that occurs once at most. */
  bytes(number: number): Buffer | null {
    const all = this.#all(number, 'bytes') as Buffer[];
    if (all.length > 1) throw corrupt(`${this.#name}: field ${number} occurs ${all.length} times`);
    return all[0] ?? null;
  }

  text(number: number): string {
    const bytes = this.bytes(number);
    return bytes === null ? '' : this.#decoded(bytes, number);
  }

  texts(number: number): string[] {
    return (this.#all(number, 'bytes') as Buffer[]).map((bytes) => this.#decoded(bytes, number));
  }

  message(number: number, name: string): ProtobufMessage | null {
    const bytes = this.bytes(number);
    return bytes === null ? null : new ProtobufMessage(bytes, name);
  }

  messages(number: number, name: string): ProtobufMessage[] {
    return (this.#all(number, 'bytes') as Buffer[]).map((bytes) => new ProtobufMessage(bytes, name));
  }

  /** A signed whole number; beyond 2^53 the nearest that there is. The last one counts. */
  int(number: number): number | null {
    const value = (this.#all(number, 'varint') as bigint[]).at(-1);
    return value === undefined ? null : signed(value);
  }

  /** Repeated whole numbers, one by one or packed. */
  ints(number: number): number[] {
    return (this.#fields.get(number) ?? []).flatMap(({ wire, value }) => {
      if (wire === 'varint') return [signed(value as bigint)];
      if (wire !== 'bytes') throw this.#otherWire(number, wire);
      const numbers: number[] = [];
      const cursor = new Cursor(value as Buffer);
      while (!cursor.ended) numbers.push(signed(cursor.varint()));
      return numbers;
    });
  }

  float(number: number): number | null {
    return (this.#all(number, '4 bytes') as Buffer[]).at(-1)?.readFloatLE(0) ?? null;
  }

  /** Repeated numbers of 4 bytes (float) or 8 (double), one by one or packed. */
  floats(number: number, size: 4 | 8): Float64Array {
    const parts = (this.#fields.get(number) ?? []).map(({ wire, value }) => {
      if (wire === 'bytes' || wire === `${size} bytes`) return value as Buffer;
      throw this.#otherWire(number, wire);
    });
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    if (bytes.length % size !== 0) {
      throw corrupt(`${this.#name}: field ${number} does not hold whole numbers of ${size} bytes`);
    }
    const read = size === 4 ? bytes.readFloatLE : bytes.readDoubleLE;
    return Float64Array.from({ length: bytes.length / size }, (_, i) => read.call(bytes, i * size));
  }

  #all(number: number, expected: Wire): (Buffer | bigint)[] {
    return (this.#fields.get(number) ?? []).map(({ wire, value }) => {
      if (wire !== expected) throw this.#otherWire(number, wire);
      return value;
    });
  }

  #otherWire(number: number, wire: Wire): CaloscopeError {
    return corrupt(`${this.#name}: field ${number} is of another type (${wire})`);
  }

  #decoded(bytes: Buffer, number: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw corrupt(`${this.#name}: field ${number} is no text in UTF-8`);
    }
  }
}

function signed(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}
