/** A user with an empty folder, a Node and nothing else: no compiler, no CMake, no settings. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const limit = 300_000; // ms

/** How the network is reached is not the user's choice. Some package managers have names of their own for the certificates. */
const certificates = process.env.NODE_EXTRA_CA_CERTS ?? process.env.SSL_CERT_FILE;
const network = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(https?_proxy|no_proxy|ssl_cert_(file|dir))$/i.test(name),
    ),
  ),
  ...(certificates && {
    NODE_EXTRA_CA_CERTS: certificates,
    DENO_CERT: certificates,
    YARN_HTTPS_CA_FILE_PATH: certificates,
  }),
};

/** `node`: the program; `registry`: where `@caloscope` is; `home` keeps what package managers download. */
export function newUser(node, registry, home) {
  const folder = mkdtempSync(join(tmpdir(), 'caloscope-user-'));
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  mkdirSync(home, { recursive: true });
  symlinkSync(node, join(bin, 'node'));
  for (const tool of ['sh', 'env', 'uname']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(folder, '.npmrc'), `@caloscope:registry=${registry}\n`);
  const yarn = ['enableTelemetry: false', 'unsafeHttpWhitelist: ["127.0.0.1"]', 'npmScopes:', '  caloscope:'];
  writeFileSync(join(folder, '.yarnrc.yml'), `${yarn.join('\n')}\n    npmRegistryServer: "${registry}"\n`);
  writeFileSync(join(folder, 'yarn.lock'), '');
  const env = { ...network, PATH: bin, HOME: home, CI: 'true' };
  return {
    folder,
    /** Runs the words; answers what they wrote and the seconds they took. Throws with the end of what they wrote. */
    async run(words, more = {}) {
      const [program, ...rest] = words;
      const start = performance.now();
      try {
        const options = { cwd: folder, env: { ...env, ...more }, timeout: limit, maxBuffer: 2 ** 26 };
        const { stdout } = await promisify(execFile)(program, rest, options);
        return { stdout, seconds: (performance.now() - start) / 1000 };
      } catch (error) {
        throw new Error(`${error.stdout}${error.stderr}`.trim().split('\n').slice(-12).join('\n'), {
          cause: error,
        });
      }
    },
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Whether the demo that ran in `folder` left a report and its verdict. Throws where it did not. */
export function requireReport(folder) {
  const evaluation = join(folder, 'caloscope-demo/evaluation');
  if (!existsSync(join(evaluation, 'report.html'))) throw new Error('no report');
  const { verdict } = JSON.parse(readFileSync(join(evaluation, 'result.json'), 'utf8'));
  if (typeof verdict?.sentence !== 'string') throw new Error('no verdict');
}
