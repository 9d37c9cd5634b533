/**
 * A registry of what `npm run packages` wrote, for the scope `@caloscope` alone: package managers find the packages of the platforms in
 * it as they would once they are published. Platforms that were not packed are listed too, and must not be asked for by machines
 * that they do not fit.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

export const packages = join(import.meta.dirname, '../../../packages');

const { version, optionalDependencies } = JSON.parse(
  readFileSync(join(packages, 'caloscope/package.json'), 'utf8'),
);

/** The tarball of the package itself. */
export const mainTarball = join(packages, `caloscope-${version}.tgz`);

export const platformTarball = (name) => join(packages, `caloscope-${name}-${version}.tgz`);

function manifestOf(name) {
  const path = join(packages, name, 'package.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  const [os, cpu, libc] = name.split('-');
  const ofLinux = libc === undefined ? {} : { libc: [libc === 'gnu' ? 'glibc' : libc] };
  return { name: `@caloscope/${name}`, version, os: [os], cpu: [cpu], ...ofLinux };
}

function documentOf(name, base) {
  const path = platformTarball(name);
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const dist = {
    tarball: `${base}/${name}.tgz`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
  };
  const versions = { [version]: { ...manifestOf(name), dist } };
  // Yarn and others leave out what was published in the last days.
  const time = { [version]: '2020-01-01T00:00:00.000Z' };
  return { name: `@caloscope/${name}`, 'dist-tags': { latest: version }, versions, time };
}

/** Answers `{ url, close }`. */
export async function startScopeRegistry() {
  const names = Object.keys(optionalDependencies).map((name) => name.slice('@caloscope/'.length));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url).slice(1);
    const name = names.find((one) => path === `@caloscope/${one}` || path === `${one}.tgz`);
    if (name === undefined || (path.endsWith('.tgz') && !existsSync(platformTarball(name)))) {
      response.writeHead(404).end('{}');
    } else if (path.endsWith('.tgz')) {
      response.writeHead(200).end(readFileSync(platformTarball(name)));
    } else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(documentOf(name, `http://${request.headers.host}`)));
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
