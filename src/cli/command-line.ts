import { Command } from 'commander';
import { packageVersion } from '../versions.js';
import { demoCommand, runDemo } from './demo.js';
import { evaluateCommand, runEvaluate } from './evaluate.js';
import { exitCodes, reportFailure } from './failure.js';
import { inspectCommand, runInspect } from './inspect.js';
import type { Io } from './io.js';
import { reportCommand, runReport } from './report.js';
import { openSession, type Session } from './session.js';
import { runSimulate, simulateCommand } from './simulate.js';
import { runTrain, trainCommand } from './train.js';
import { runWeights, weightsCommand } from './weights.js';

/** A command with what it does; it gets the arguments and then the options. */
type Entry = readonly [Command, (session: Session, ...words: never[]) => Promise<number> | Promise<void>];

function entries(): readonly Entry[] {
  return [
    [evaluateCommand(), runEvaluate],
    [trainCommand(), runTrain],
    [weightsCommand(), runWeights],
    [simulateCommand(), runSimulate],
    [inspectCommand(), runInspect],
    [reportCommand(), runReport],
    [demoCommand(), runDemo],
  ];
}

/**
 * Runs the program.
 *
 * @param words the command line without node and script.
 * @returns the exit code; nothing is thrown.
 */
export async function runCommandLine(words: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  try {
    const program = makeProgram(io, (code) => {
      exitCode = code;
    });
    if (words.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportFailure(error, io, words.includes('--debug'));
  }
}

function makeProgram(io: Io, ended: (exitCode: number) => void): Command {
  const program = new Command('caloscope')
    .description('Find where a fast calorimeter simulation is wrong.')
    .version(packageVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined, // reportFailure says it on one line
    })
    .addHelpText('after', `\n${exitCodes}`);
  for (const [command, run] of entries()) {
    command.copyInheritedSettings(program).action(async (...given: unknown[]) => {
      const session = openSession(io, command.opts());
      try {
        // commander passes the arguments, the options and then the command itself
        const done = await run(session, ...(given.slice(0, -1) as never[]));
        ended(done ?? 0);
      } finally {
        session.progress.end();
      }
    });
    program.addCommand(command);
  }
  return program;
}
