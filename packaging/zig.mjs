// Compiles the native core for another platform with the compiler of zig, which carries the C library of each
// (https://ziglang.org; `pip install ziglang` has it too). Glibc of 2.28 on, as Node itself asks for.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const zig = process.env.ZIG ?? 'zig';

const targets = {
  'linux-x64-gnu': { processor: 'x86_64', triple: 'x86_64-linux-gnu.2.28' },
  'linux-x64-musl': { processor: 'x86_64', triple: 'x86_64-linux-musl' },
  'linux-arm64-gnu': { processor: 'aarch64', triple: 'aarch64-linux-gnu.2.28' },
};

/** CMake wants programs, not words; zig writes processors with an underscore, where clang and GCC have a dash. */
function writeTool(folder, name, words) {
  const path = join(folder, name);
  const lines = [
    '#!/bin/sh',
    'for word; do',
    '  shift',
    `  case $word in -march=x86-64-v*) word="-march=x86_64_v\${word##*v}" ;; esac`,
    '  set -- "$@" "$word"',
    'done',
    `exec "${zig}" ${words} "$@"`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** The path of the core of `platform`, compiled below build/zig/. */
export function compileWithZig(root, platform) {
  const { processor, triple } = targets[platform];
  const folder = join(root, 'build/zig', platform);
  mkdirSync(folder, { recursive: true });
  const options = {
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_SYSTEM_NAME: 'Linux',
    CMAKE_SYSTEM_PROCESSOR: processor,
    CMAKE_CXX_COMPILER: writeTool(folder, 'c++', `c++ -target ${triple}`),
    CMAKE_AR: writeTool(folder, 'ar', 'ar'),
    CMAKE_RANLIB: writeTool(folder, 'ranlib', 'ranlib'),
    CMAKE_MODULE_LINKER_FLAGS: '-s',
    CALOSCOPE_CUDA: 'OFF',
    CALOSCOPE_LIBDEFLATE: 'OFF', // that of this machine
    CALOSCOPE_WARNINGS_ARE_ERRORS: 'OFF',
  };
  const definitions = Object.entries(options).map(([name, value]) => `-D${name}=${value}`);
  const run = (words) => execFileSync('cmake', words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  run(['-S', '.', '-B', join(folder, 'build'), ...definitions]);
  run(['--build', join(folder, 'build'), '--parallel', String(availableParallelism())]);
  return join(folder, 'build/native/addon/caloscope.node');
}
