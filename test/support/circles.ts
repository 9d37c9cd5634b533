/** A name leads to others: a file to those that it imports, a folder to those that it knows. */
export type Edges = ReadonlyMap<string, Iterable<string>>;

/** What can be reached from itself: the sets of names that lead to each other, each sorted (Tarjan). */
export function circlesOf(edges: Edges): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const lower = (name: string, to: number) => {
    lowest.set(name, Math.min(lowest.get(name) as number, to));
  };
  const visit = (name: string): void => {
    const place = order.size;
    order.set(name, place);
    lowest.set(name, place);
    open.push(name);
    for (const next of edges.get(name) ?? []) {
      if (!order.has(next)) {
        visit(next);
        lower(name, lowest.get(next) as number);
      } else if (open.includes(next)) {
        lower(name, order.get(next) as number);
      }
    }
    if (lowest.get(name) !== place) return;
    const circle = open.splice(open.indexOf(name));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const name of edges.keys()) if (!order.has(name)) visit(name);
  return circles;
}
