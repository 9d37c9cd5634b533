/** A number of the generated sample against the reference, and of the same with its weights. */
export interface BeforeAndAfter<Value> {
  readonly generated: Value;
  readonly reweighted: Value;
}

export function bothOf<In, Out>(both: BeforeAndAfter<In>, of: (one: In) => Out): BeforeAndAfter<Out> {
  return { generated: of(both.generated), reweighted: of(both.reweighted) };
}
