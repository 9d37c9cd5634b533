import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PeerProcess } from './peer-process.mjs';

const peersFolder = fileURLToPath(new URL('../peers/', import.meta.url));
/** That of the virtual environment with the packages of today. */
export const python = join(
  process.env.CALOSCOPE_BENCHMARK_VENV ?? join(tmpdir(), 'caloscope-peers'),
  'bin',
  'python',
);

/** What a case gets: sizes, a folder of its own, peers. All of it ends with the case. */
export class Context {
  /** Small sizes: to see that a case works, not to be quoted. */
  quick;
  cores = availableParallelism();
  /** Temporary folder of this case. */
  folder = mkdtempSync(join(tmpdir(), 'caloscope-bench-'));
  /** Name → version of what the peers use. */
  versions = {};
  #peers = [];

  constructor({ quick }) {
    this.quick = quick;
  }

  /** The first number, or the second with --quick. */
  size(full, quick) {
    return this.quick ? quick : full;
  }

  path(name) {
    return join(this.folder, name);
  }

  /** A script of benchmarks/peers in Python. @throws PeerMissing, which skips the case. */
  startPython(script, environment = {}) {
    return this.#start(python, [join(peersFolder, script)], environment);
  }

  /** A module of benchmarks/peers in Node. @throws PeerMissing. */
  startNode(module, environment = {}) {
    return this.#start(process.execPath, [join(peersFolder, module)], environment);
  }

  /** Any program that speaks the protocol of PeerProcess. @throws PeerMissing. */
  startProgram(path, programArguments = [], environment = {}) {
    return this.#start(path, programArguments, environment);
  }

  async #start(command, commandArguments, environment) {
    const peer = await PeerProcess.start(command, commandArguments, environment);
    this.#peers.push(peer);
    Object.assign(this.versions, peer.versions);
    return peer;
  }

  close() {
    for (const peer of this.#peers) peer.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
