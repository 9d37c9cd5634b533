import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A package that the peer needs is not there: the case is skipped with these words. */
export class PeerMissing extends Error {}

/**
 * The other side of a benchmark in a process of its own, so that its threads and memory are its own and end with it. One
 * request a line in, one answer a line out: `{ operation, arguments }` → `{ result }`, `{ error }` or `{ missing }`. Arrays
 * go through files. The first line that it says by itself is `{ versions }` or `{ missing }`.
 */
export class PeerProcess {
  #child;
  #lines;
  #complaint = '';
  /** Name → version of what it uses. */
  versions;

  /** @throws PeerMissing when a package or the interpreter is not there. */
  static async start(command, commandArguments, environment = {}) {
    const peer = new PeerProcess(command, commandArguments, environment);
    try {
      const { versions } = await peer.#answer();
      peer.versions = versions;
      return peer;
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  constructor(command, commandArguments, environment) {
    const child = spawn(command, commandArguments, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#child = child;
    child.stderr.on('data', (text) => {
      this.#complaint = (this.#complaint + text).slice(-2000);
    });
    child.stdin.on('error', () => undefined); // its end is told by the closed output
    child.on('error', (error) => {
      this.#complaint = error.code === 'ENOENT' ? `${command} is not there` : error.message;
    });
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** One request at a time. */
  async request(operation, options = {}) {
    this.#child.stdin.write(`${JSON.stringify({ operation, arguments: options })}\n`);
    const { result } = await this.#answer();
    return result;
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (done) {
      if (/is not there$/.test(this.#complaint)) throw new PeerMissing(this.#complaint);
      throw new Error(`the peer ended: ${this.#complaint.trim() || 'without a word'}`);
    }
    const answer = JSON.parse(value);
    if (answer.missing) throw new PeerMissing(answer.missing);
    if (answer.error) throw new Error(`the peer failed: ${answer.error}`);
    return answer;
  }

  close() {
    this.#child.kill('SIGKILL');
  }
}
