// The package of one platform: the native core, and words about it.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const processors = { x64: 'x86-64', arm64: '64-bit ARM' };

/** The lowest version of glibc that has all that the core calls: its largest versioned symbol. */
export function glibcOf(file) {
  const minors = [...readFileSync(file, 'latin1').matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) =>
    Number(minor),
  );
  return `2.${Math.max(...minors)}`;
}

function readme(name, version, { cpu, libc }, file) {
  const of = libc === 'glibc' ? `glibc ${glibcOf(file)} or later` : 'musl';
  return (
    `# ${name}\n\nThe native core of caloscope ${version} for Linux on ${processors[cpu]} with ${of}, without CUDA. caloscope ` +
    'has it among its optional dependencies; it is of no other use, and of use only beside caloscope of the same version.\n'
  );
}

/** Writes the package of `platform` (an entry of src/native/platforms.ts) around the core in `file` into `folder`. */
export function writePlatformPackage(root, folder, name, platform, file) {
  const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const fullName = `@caloscope/${name}`;
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: fullName,
    version,
    description: `The native core of caloscope for ${name}`,
    license,
    engines,
    os: [platform.os],
    cpu: [platform.cpu],
    ...(platform.libc === undefined ? {} : { libc: [platform.libc] }),
    main: 'caloscope.node',
    files: ['caloscope.node'],
    preferUnplugged: true, // Yarn would leave it in an archive, from which nothing can be loaded
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'README.md'), readme(fullName, version, platform, file));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  cpSync(file, join(folder, 'caloscope.node'));
}
