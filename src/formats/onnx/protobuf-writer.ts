/** Writes a message of protocol buffers field by field; see protobuf-message.ts. Fields that are empty are written all the same. */
export class ProtobufWriter {
  readonly #parts: Uint8Array[] = [];

  int(number: number, value: number): this {
    return this.#push(varint(BigInt(number) << 3n), varint(BigInt(value)));
  }

  float(number: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return this.#push(varint((BigInt(number) << 3n) | 5n), bytes);
  }

  bytes(number: number, value: Uint8Array): this {
    return this.#push(varint((BigInt(number) << 3n) | 2n), varint(BigInt(value.length)), value);
  }

  text(number: number, value: string): this {
    return this.bytes(number, Buffer.from(value));
  }

  message(number: number, value: ProtobufWriter): this {
    return this.bytes(number, value.finish());
  }

  ints(number: number, values: Iterable<number>): this {
    return this.bytes(number, Buffer.concat(Array.from(values, (value) => varint(BigInt(value)))));
  }

  floats(number: number, values: Iterable<number>): this {
    return this.bytes(number, littleEndian(Float32Array.from(values)));
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #push(...parts: Uint8Array[]): this {
    this.#parts.push(...parts);
    return this;
  }
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** Bytes of numbers as files hold them. */
export function littleEndian(values: Float32Array | Float64Array | BigInt64Array): Buffer {
  const bytes = Buffer.alloc(values.byteLength);
  const write = (value: number | bigint, at: number) => {
    if (typeof value === 'bigint') bytes.writeBigInt64LE(value, at);
    else if (values instanceof Float32Array) bytes.writeFloatLE(value, at);
    else bytes.writeDoubleLE(value, at);
  };
  for (let i = 0; i < values.length; i++) write(values[i] as number | bigint, i * values.BYTES_PER_ELEMENT);
  return bytes;
}
