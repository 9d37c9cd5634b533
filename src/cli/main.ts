#!/usr/bin/env node
import { runCommandLine } from './command-line.js';
import { Interruption } from './io.js';

const stop = new AbortController();
// Once: a second Ctrl-C ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort(new Interruption(signal)));
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => stop.abort(new Interruption('SIGPIPE')));
}

const { stdout, stderr } = process;
process.exitCode = await runCommandLine(process.argv.slice(2), { stdout, stderr, signal: stop.signal });
