import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { CaloscopeError } from '../errors.js';
import type { RadialBinning } from './published-geometries.js';

/** The layers of one particle in a binning file of the Fast Calorimeter Simulation Challenge. */
export interface ParticleBinning {
  readonly name: string;
  readonly pid: string;
  /** All layers of the file; those with fewer than two edges have no voxels. */
  readonly layers: readonly RadialBinning[];
}

const largestAlphaBins = 1e6;

/**
 * Reads a binning file: `<Bins><Bin name pid><Layer id r_edges n_bin_alpha/>…</Bin></Bins>`, edges in mm.
 *
 * @throws CaloscopeError ERR_XML for text that is not well-formed or has a DOCTYPE (and with it entities), ERR_GEOMETRY
 * for numbers that describe no calorimeter.
 */
export async function parseBinningXml(text: string): Promise<ParticleBinning[]> {
  const { SaxesParser } = await import('saxes'); // a third of what a start would cost
  const particles: { name: string; pid: string; layers: RadialBinning[] }[] = [];
  const open: string[] = [];
  const parser = new SaxesParser({ xmlns: true, fragment: false });
  parser.on('error', (error) => {
    throw malformed(error.message);
  });
  parser.on('doctype', () => {
    throw malformed('a DOCTYPE is not allowed here; remove it');
  });
  parser.on('opentag', (tag) => {
    const parents = open.join('/');
    open.push(tag.local);
    if (parents === '' && tag.local !== 'Bins') throw unsound(`the root is <${tag.local}>, not <Bins>`);
    if (parents === 'Bins' && tag.local === 'Bin') {
      particles.push({ name: attribute(tag, 'name') ?? '', pid: attribute(tag, 'pid') ?? '', layers: [] });
    }
    if (parents === 'Bins/Bin' && tag.local === 'Layer') particles.at(-1)?.layers.push(parseLayer(tag));
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  particles.forEach(checkParticle);
  return particles;
}

function attribute(tag: SaxesTagNS, name: string): string | undefined {
  const found: SaxesAttributeNS | undefined = tag.attributes[name];
  return found?.value;
}

function parseLayer(tag: SaxesTagNS): RadialBinning {
  const id = wholeNumber(attribute(tag, 'id'), 'id', 0);
  const alphaBins = wholeNumber(attribute(tag, 'n_bin_alpha'), `n_bin_alpha of layer ${id}`, 1);
  const edges = attribute(tag, 'r_edges');
  if (edges === undefined) throw unsound(`layer ${id} has no r_edges`);
  const radialEdges = edges.split(',').map((edge) => {
    if (!/^\s*\d+(\.\d*)?([eE][-+]?\d+)?\s*$/.test(edge))
      throw unsound(`an edge of layer ${id} is "${edge}"`);
    return Number(edge);
  });
  const rising = radialEdges.every((edge, i) => i === 0 || edge > (radialEdges[i - 1] as number));
  if (!rising || !Number.isFinite(radialEdges.at(-1))) throw unsound(`the edges of layer ${id} do not rise`);
  return { id, alphaBins, radialEdges };
}

function wholeNumber(text: string | undefined, what: string, least: number): number {
  const value = /^\s*\d{1,9}\s*$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (!(value >= least && value <= largestAlphaBins)) {
    throw unsound(`${what} is "${text ?? ''}", not a whole number from ${least} to ${largestAlphaBins}`);
  }
  return value;
}

function checkParticle(particle: ParticleBinning): void {
  const ids = new Set(particle.layers.map((layer) => layer.id));
  if (ids.size < particle.layers.length) throw unsound(`particle "${particle.name}" has a layer twice`);
}

function malformed(what: string): CaloscopeError {
  return new CaloscopeError('ERR_XML', `not a sound XML file: ${what}`);
}

function unsound(what: string): CaloscopeError {
  return new CaloscopeError('ERR_GEOMETRY', `not a sound binning file: ${what}`);
}
