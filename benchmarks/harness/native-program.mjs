import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { native } from '#caloscope/native/binding';
import { PeerMissing } from './peer-process.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const buildFolder = join(root, 'build', 'benchmarks');

/**
 * Path of a program of benchmarks/native, built where that is needed.
 *
 * @throws PeerMissing when it cannot be built, with the last words of the compiler.
 */
export function nativeProgram(name) {
  const run = (...parts) => execFileSync('cmake', parts, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    run('-S', '.', '-B', buildFolder, '-DCALOSCOPE_ADDON=OFF', '-DCALOSCOPE_BENCHMARKS=ON');
    run('--build', buildFolder, '--target', name, '--parallel', '2');
  } catch (error) {
    const words = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n').slice(-3).join(' ');
    throw new PeerMissing(`benchmarks/native/${name} cannot be built: ${words || error.message}`);
  }
  return join(buildFolder, 'benchmarks', 'native', name);
}

/** GFLOP/s of float32 multiply-adds on registers, with the instructions of the kernel set in use. */
export function fmaRate({ threads, seconds = 0.3 }) {
  const set = native().machine().kernelSet;
  const output = execFileSync(nativeProgram('fma_rate'), [set, `${threads}`, `${seconds}`]);
  return Number(output);
}
