/** y = x, without standardisation, as createMember takes it. */
export function oneInputNetwork() {
  const tensor = (name: string, shape: readonly number[], value: number) => ({
    name,
    shape: Uint32Array.from(shape),
    values: Float32Array.of(value),
  });
  return {
    learner: 'network',
    columns: 1,
    activation: 'relu',
    slope: 0,
    tensors: [
      tensor('layers.0.weight', [1, 1], 1),
      tensor('layers.0.bias', [1], 0),
      tensor('standardisation.centre', [1], 0),
      tensor('standardisation.scale', [1], 1),
      tensor('standardisation.clip', [1], 5),
    ],
  } as const;
}
