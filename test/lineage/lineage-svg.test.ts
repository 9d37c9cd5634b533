import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import type { Lineage, LineageNode } from '#caloscope/lineage/lineage';
import { lineageSvg } from '#caloscope/lineage/lineage-svg';

const node = (
  path: string,
  kind: LineageNode['kind'],
  state: LineageNode['state'] = 'current',
  reasons: string[] = [],
) => ({ path, kind, sha256: null, state, reasons, movedFrom: null });

const lineage: Lineage = {
  nodes: [
    node('weights.hdf5', 'weights', 'stale', ['its rows b<&".hdf5 is missing']),
    node('classifier', 'classifier'),
    node('geant4.hdf5', 'data'),
    node('b<&".hdf5', 'data', 'missing'),
    node('result/report.html', 'report'),
  ],
  edges: [
    { from: 'geant4.hdf5', to: 'classifier', role: 'reference' },
    { from: 'b<&".hdf5', to: 'classifier', role: 'generated' },
    { from: 'classifier', to: 'weights.hdf5', role: 'classifier' },
    { from: 'b<&".hdf5', to: 'weights.hdf5', role: 'rows' },
  ],
};

interface Rectangle {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
  readonly element: Element;
}

function drawn(text: string) {
  const { document } = new JSDOM(text, { contentType: 'image/svg+xml' }).window;
  const rectangles = [...document.querySelectorAll('g')].map((group): Rectangle => {
    const element = group.querySelector('rect') as Element;
    const of = (name: string) => Number(element.getAttribute(name));
    const [x, y] = [of('x'), of('y')];
    const path = group.querySelectorAll('text')[1]?.textContent ?? '';
    return { path, x, y, right: x + of('width'), bottom: y + of('height'), element };
  });
  return { svg: document.documentElement, document, rectangles };
}

describe('the drawing of a lineage', () => {
  const { svg, document, rectangles } = drawn(lineageSvg(lineage));
  const at = (path: string) => rectangles.find((one) => one.path === path) as Rectangle;

  it('has each file once, inside, and none over another', () => {
    expect(rectangles.map(({ path }) => path).sort()).toEqual(lineage.nodes.map(({ path }) => path).sort());
    for (const [i, a] of rectangles.entries()) {
      expect(a.right).toBeLessThan(Number(svg.getAttribute('width')));
      expect(a.bottom).toBeLessThan(Number(svg.getAttribute('height')));
      for (const b of rectangles.slice(i + 1))
        expect(a.right < b.x || b.right < a.x || a.bottom < b.y || b.bottom < a.y).toBe(true);
    }
  });

  it('has what was made to the right of what it was made from, and an arrow for each', () => {
    for (const { from, to } of lineage.edges) expect(at(from).right).toBeLessThan(at(to).x);
    expect(document.querySelectorAll('path[fill="none"]')).toHaveLength(lineage.edges.length);
  });

  it('marks what is stale, with the reason, and what is missing', () => {
    expect(at('weights.hdf5').element.getAttribute('stroke')).toBe('#b8430b');
    expect(at('weights.hdf5').element.parentElement?.querySelector('title')?.textContent).toContain(
      'its rows b<&".hdf5 is missing',
    );
    expect(at('b<&".hdf5').element.hasAttribute('stroke-dasharray')).toBe(true);
    expect(at('classifier').element.hasAttribute('stroke-dasharray')).toBe(false);
  });

  it('ends for a circle, and draws nothing of nothing', () => {
    const edges = [...lineage.edges, { from: 'weights.hdf5', to: 'geant4.hdf5', role: 'rows' }];
    expect(drawn(lineageSvg({ nodes: lineage.nodes, edges })).rectangles).toHaveLength(5);
    expect(drawn(lineageSvg({ nodes: [], edges: [] })).rectangles).toHaveLength(0);
  });
});
