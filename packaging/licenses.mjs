/** Fails where a package that users get with caloscope has a license that is not in the list; read from the lock file. */
import { readFileSync } from 'node:fs';

/** Licenses that ask for no more than to be named; h5wasm has that of HDF5, of the BSD kind, in LICENSE.txt. */
const accepted = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);
const byHand = { 'node_modules/h5wasm': 'SEE LICENSE IN LICENSE.txt' };

/** `(A OR B)`: one of them suffices. */
function isAccepted(license) {
  return license
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((one) => accepted.has(one));
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
const refused = installed.filter(
  ([path, { license = 'none' }]) => !isAccepted(license) && byHand[path] !== license,
);
for (const [path, { version, license }] of refused)
  console.log(`${path} ${version}: ${license ?? 'no license'}`);
console.log(`${installed.length} packages, ${refused.length} with licenses that are not in the list`);
process.exitCode = refused.length > 0 ? 1 : 0;
