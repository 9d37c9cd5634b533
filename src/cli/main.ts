#!/usr/bin/env node
import { constants } from 'node:os';
import { DocumentStream } from './document-stream.js';
import { type EndingSignal, endingSignals, Interruption } from './interruption.js';

const stop = new AbortController();

/** The first signal ends the work tidily, the second at once. */
function onSignal(signal: EndingSignal): void {
  if (stop.signal.aborted) process.exit(128 + constants.signals[signal]);
  stop.abort(new Interruption(signal));
  // From now on the system's own way to end a process, which waits for nothing; that of SIGUSR1 is Node's debugger.
  for (const other of endingSignals) if (other !== 'SIGUSR1') process.removeAllListeners(other);
}
// Before anything else is loaded: until then SIGUSR1 opens the debugger to everyone on the machine.
for (const signal of endingSignals) process.on(signal, onSignal);

// What is said on the way is not worth the work: where it cannot be written, it is dropped.
process.stderr.on('error', () => undefined);
const stdout = new DocumentStream(process.stdout, () => stop.abort(new Interruption('SIGPIPE')));

try {
  const { runCommandLine } = await import('./command-line.js');
  const io = { stdout: process.stdout, stderr: process.stderr, signal: stop.signal };
  const exitCode = await runCommandLine(process.argv.slice(2), io);
  process.exitCode = await stdout.exitCode(exitCode);
} catch (error) {
  // Nothing of the program could be loaded.
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'EMFILE' ? 'too many open files; allow more (ulimit -n)' : message;
  process.stderr.write(
    `caloscope: ERR_FILE_ACCESS: the program cannot be loaded: ${reason.split('\n')[0]}\n`,
  );
  process.exitCode = 1;
}
