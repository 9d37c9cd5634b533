import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OnnxClassifier } from '#caloscope/classifier/onnx/onnx-classifier';
import { CaloscopeError } from '#caloscope/errors';
import { type NodeToWrite, OnnxWriter } from '#caloscope/formats/onnx/onnx-writer';
import { littleEndian, ProtobufWriter } from '#caloscope/formats/onnx/protobuf-writer';

const folder = mkdtempSync(join(tmpdir(), 'caloscope-refused-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function written(bytes: Uint8Array): string {
  files += 1;
  const path = join(folder, `${files}.onnx`);
  writeFileSync(path, bytes);
  return path;
}

const sets = { '': 18 };
const about = { producer: ['test', '1'], sets, metadata: {} } as const;

/** A model of two columns: what `steps` adds to the graph, from the input to the output that it names. */
function model(steps: (graph: OnnxWriter) => string, changed: Partial<typeof about> = {}): string {
  const graph = new OnnxWriter('x', 2);
  return written(graph.finish(steps(graph), { ...about, ...changed }));
}

const whole = (graph: OnnxWriter, ...numbers: number[]) =>
  graph.constant([numbers.length], BigInt64Array.from(numbers, BigInt));
const layer = (graph: OnnxWriter, from: string, inputs: number, outputs: number) =>
  graph.node({
    operator: 'Gemm',
    inputs: [from, graph.constant([inputs, outputs], new Float32Array(inputs * outputs).fill(0.5))],
  });
const single =
  (node: Omit<NodeToWrite, 'inputs'>, ...numbers: number[][]) =>
  (graph: OnnxWriter) =>
    graph.node({ ...node, inputs: ['x', ...numbers.map((list) => whole(graph, ...list))] });

describe('models that are refused', () => {
  it.each<[string, string, RegExp, string]>([
    [
      'an unknown operator, by node and name',
      'ERR_OPERATOR',
      /node "Conv_1" \(Conv\)/,
      model(single({ operator: 'Conv' })),
    ],
    [
      'one of another domain',
      'ERR_OPERATOR',
      /\(odd\.Relu\)/,
      model(single({ operator: 'Relu', domain: 'odd' })),
    ],
    ['columns in place of rows', 'ERR_MODEL', /Transpose/, model(single({ operator: 'Transpose' }))],
    ['a sum over rows', 'ERR_MODEL', /ReduceSum/, model(single({ operator: 'ReduceSum' }, [0]))],
    ['a sum over everything', 'ERR_MODEL', /ReduceSum/, model(single({ operator: 'ReduceSum' }))],
    ['numbers of two rows as one', 'ERR_MODEL', /Reshape/, model(single({ operator: 'Reshape' }, [-1, 4]))],
    ['a shape that nothing fits', 'ERR_SHAPE', /Reshape/, model(single({ operator: 'Reshape' }, [-1, 3]))],
    ['rows by their numbers', 'ERR_MODEL', /Gather/, model(single({ operator: 'Gather' }, [0]))],
    ['scores of three classes', 'ERR_MODEL', /3 numbers a row/, model((graph) => layer(graph, 'x', 2, 3))],
    [
      'whole numbers for a score',
      'ERR_MODEL',
      /Cast/,
      model(single({ operator: 'Cast', attributes: { to: { int: 7 } } })),
    ],
    ['two sigmoids', 'ERR_MODEL', /Sigmoid.*one of two classes/, model(single({ operator: 'Sigmoid' }))],
    [
      'a bounded probability',
      'ERR_MODEL',
      /one of two classes/,
      model((graph) => {
        const p = graph.node({ operator: 'Sigmoid', inputs: [layer(graph, 'x', 2, 1)] });
        return graph.node({ operator: 'Min', inputs: [p, graph.constant([], Float32Array.of(0.999))] });
      }),
    ],
    [
      'a dropout that trains',
      'ERR_MODEL',
      /training/,
      model((graph) => {
        const [ratio, yes] = [graph.constant([], Float32Array.of(0.5)), whole(graph, 1)];
        return layer(graph, graph.node({ operator: 'Dropout', inputs: ['x', ratio, yes] }), 2, 1);
      }),
    ],
    [
      'a layer of another width',
      'ERR_SHAPE',
      /Gemm.*3 numbers, but gets 2/,
      model((graph) => layer(graph, 'x', 3, 1)),
    ],
    [
      'a division by zero',
      'ERR_NON_FINITE',
      /constant/,
      model((graph) => {
        const inputs = [graph.constant([], Float32Array.of(1)), graph.constant([], Float32Array.of(0))];
        return graph.node({ operator: 'Mul', inputs: ['x', graph.node({ operator: 'Div', inputs })] });
      }),
    ],
    [
      'more numbers than any network has',
      'ERR_TOO_LARGE',
      /ConstantOfShape/,
      model((graph) => {
        const large = graph.node({ operator: 'ConstantOfShape', inputs: [whole(graph, 1e9, 1e9)] });
        return graph.node({ operator: 'Add', inputs: ['x', large] });
      }),
    ],
    [
      'two operator sets',
      'ERR_OPERATOR_SET',
      /2 versions/,
      model(single({ operator: 'Relu' }), { sets: { '': 18, 'ai.onnx': 17 } } as never),
    ],
  ])('%s', async (_, code, message, path) => {
    await expect(OnnxClassifier.load(path)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      path,
    });
  });

  it('logits that are no numbers, with the row', async () => {
    const path = model((graph) => graph.node({ operator: 'Log', inputs: [layer(graph, 'x', 2, 1)] }));
    const classifier = await OnnxClassifier.load(path);
    await expect(classifier.logits(Float32Array.of(1, 2, 1, -1, 3, 4))).rejects.toMatchObject({
      code: 'ERR_NON_FINITE',
      message: expect.stringContaining('row 1:'),
    });
    await expect(classifier.logits(new Float32Array(3))).rejects.toMatchObject({ code: 'ERR_SHAPE' });
  });

  it('whatever is cut or changed in a file: it is read or refused, and nothing else', async () => {
    const graph = new OnnxWriter('x', 2);
    const hidden = graph.node({ operator: 'Relu', inputs: [layer(graph, 'x', 2, 2)] });
    const bytes = graph.finish(
      graph.node({ operator: 'Sigmoid', inputs: [layer(graph, hidden, 2, 1)] }),
      about,
    );
    const spoilt = [
      ...Array.from({ length: bytes.length }, (_, length) => bytes.subarray(0, length)),
      ...Array.from({ length: bytes.length * 2 }, (_, i) => {
        const changed = Buffer.from(bytes);
        changed[i >> 1] = (changed[i >> 1] as number) ^ (i % 2 ? 0xff : 1 << (i % 7));
        return changed;
      }),
    ];
    const path = join(folder, 'spoilt.onnx');
    let refused = 0;
    for (const content of spoilt) {
      writeFileSync(path, content);
      const outcome = await OnnxClassifier.load(path).catch((error: unknown) => error);
      if (outcome instanceof OnnxClassifier) continue;
      refused += 1;
      expect(outcome).toBeInstanceOf(CaloscopeError);
      expect((outcome as CaloscopeError).code).not.toBe('ERR_INTERNAL');
    }
    expect(refused).toBeGreaterThan(bytes.length);
  });
});

describe('weights in another file', () => {
  /** x · w with w in `location`. */
  function external(location: string, place: Record<string, string> = {}): string {
    const text = (key: string, value: string) => new ProtobufWriter().text(1, key).text(2, value);
    const tensor = new ProtobufWriter().ints(1, [2, 1]).int(2, 1).text(8, 'w').int(14, 1);
    for (const [key, value] of Object.entries({ location, ...place })) tensor.message(13, text(key, value));
    const model = new ProtobufWriter().int(1, 8);
    const graph = new ProtobufWriter();
    const node = new ProtobufWriter().text(1, 'x').text(1, 'w').text(2, 'y').text(4, 'MatMul');
    const length = (value: number) => new ProtobufWriter().int(1, value);
    const shape = new ProtobufWriter().message(1, new ProtobufWriter().text(2, 'rows')).message(1, length(2));
    const type = new ProtobufWriter().message(1, new ProtobufWriter().int(1, 1).message(2, shape));
    graph.message(1, node).message(5, tensor);
    graph.message(11, new ProtobufWriter().text(1, 'x').message(2, type));
    graph.message(12, new ProtobufWriter().text(1, 'y').message(2, type));
    model.message(7, graph).message(8, new ProtobufWriter().int(2, 18));
    return written(model.finish());
  }

  const numbers = littleEndian(Float32Array.of(9, 2, -3));
  writeFileSync(join(folder, 'weights.bin'), numbers);
  mkdirSync(join(folder, 'within'));
  writeFileSync(join(folder, 'within', 'weights.bin'), numbers);
  const outside = mkdtempSync(join(tmpdir(), 'caloscope-outside-'));
  writeFileSync(join(outside, 'weights.bin'), numbers);
  symlinkSync(join(outside, 'weights.bin'), join(folder, 'link.bin'));
  symlinkSync(outside, join(folder, 'linked'));
  afterAll(() => rmSync(outside, { recursive: true }));

  it.each(['weights.bin', 'within/weights.bin', './weights.bin'])('are read from %s', async (location) => {
    const classifier = await OnnxClassifier.load(external(location, { offset: '4', length: '8' }));
    expect([...(await classifier.logits(Float32Array.of(1, 1, 0, 2)))]).toEqual([-1, -6]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['no file', 'nothing.bin', {}],
    ['a file above', '../weights.bin', {}],
    ['one that comes back', `../${folder.split('/').at(-1)}/weights.bin`, {}],
    ['an absolute path', join(outside, 'weights.bin'), {}],
    ['a link that leads out', 'link.bin', {}],
    ['a folder that leads out', 'linked/weights.bin', {}],
    ['bytes behind the end', 'weights.bin', { offset: '8' }],
    ['the folder itself', '.', {}],
  ])('are refused in %s', async (_, location, place) => {
    await expect(OnnxClassifier.load(external(location, place))).rejects.toMatchObject({
      code: 'ERR_EXTERNAL_DATA',
    });
  });

  it.each([{ length: '4' }, { offset: '-4' }, { offset: '1e3' }])('are refused for %o', async (place) => {
    await expect(
      OnnxClassifier.load(external('weights.bin', place as Record<string, string>)),
    ).rejects.toMatchObject({
      code: 'ERR_FILE_CORRUPT',
    });
  });
});
