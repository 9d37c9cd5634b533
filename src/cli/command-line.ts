import { Command } from 'commander';
import { CaloscopeError } from '../errors.js';
import { launchOf } from '../ranks/launch.js';
import type { Ranks } from '../ranks/ranks.js';
import { packageVersion } from '../versions.js';
import { type CommandWords, commandWords } from './command-words.js';
import { completionCommand, completionScript, type Shell } from './completion.js';
import { demoCommand, runDemo } from './demo.js';
import { evaluateCommand, runEvaluate } from './evaluate.js';
import { examplesText } from './examples.js';
import { exportCommand, runExport } from './export.js';
import { exitCodes, failureOf, reportFailure } from './failure.js';
import { inspectCommand, runInspect } from './inspect.js';
import type { Io } from './io.js';
import { lineageCommand, runLineage } from './lineage.js';
import { meetRanks, onRanks } from './ranks.js';
import { reportCommand, runReport } from './report.js';
import { requireRoomToRun } from './room-to-run.js';
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
    [exportCommand(), runExport],
    [simulateCommand(), runSimulate],
    [inspectCommand(), runInspect],
    [reportCommand(), runReport],
    [lineageCommand(), runLineage],
    [demoCommand(), runDemo],
  ];
}

/** Commands that several ranks of an MPI job do together; of others each process is one by itself. */
const commandsOfRanks: ReadonlySet<string> = new Set(['evaluate']);

/**
 * Runs the program.
 *
 * @param words the command line without node and script.
 * @returns the exit code; nothing is thrown.
 */
export async function runCommandLine(words: readonly string[], io: Io): Promise<number> {
  const launch = commandsOfRanks.has(words[0] ?? '') ? launchOf(process.env) : null;
  if (launch === null) return await runProgram(words, io, null);
  return await onRanks(launch, words, io, (ofRank, ranks) => runProgram(words, ofRank, ranks));
}

async function runProgram(words: readonly string[], io: Io, ranks: Ranks | null): Promise<number> {
  let exitCode = 0;
  let concluded = false;
  try {
    const program = makeProgram(io, words, ranks, (session, code) => {
      concluded = session.concluded;
      exitCode = code;
    });
    if (words.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    ranks?.fail(failureOf(error, io.signal));
    const json = words.includes('--json') && !concluded;
    return reportFailure(error, io, { debug: words.includes('--debug'), json });
  }
}

function makeProgram(
  io: Io,
  words: readonly string[],
  ranks: Ranks | null,
  ended: (session: Session, exitCode: number) => void,
): Command {
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
    command
      .copyInheritedSettings(program)
      .allowExcessArguments()
      .action(async (...given: unknown[]) => {
        const session = await openSession(io, command.opts(), ranks);
        let exitCode = 1;
        try {
          requireNoStrayWord(command);
          requireRoomToRun(command.name());
          if (ranks) {
            const threads = await meetRanks(ranks, words);
            if (command.opts()['threads'] === undefined) command.setOptionValue('threads', threads);
          }
          // commander passes the arguments, the options and then the command itself
          exitCode = (await run(session, ...(given.slice(0, -1) as never[]))) ?? 0;
        } finally {
          session.progress.end();
          ended(session, exitCode);
        }
      });
    program.addCommand(command.addHelpText('after', examplesText(command.name())));
  }
  const completion = completionCommand().copyInheritedSettings(program);
  completion.addHelpText('after', examplesText(completion.name()));
  program.addCommand(
    completion.action((shell: Shell) => {
      io.stdout.write(completionScript(commandWords(program), shell));
    }),
  );
  return program;
}

/** What the program says of itself, for its manual page. */
export function programWords(): { readonly description: string; readonly commands: readonly CommandWords[] } {
  const { stdout, stderr } = process;
  const io = { stdout, stderr, signal: new AbortController().signal };
  const program = makeProgram(io, [], null, () => undefined);
  return { description: program.description(), commands: commandWords(program) };
}

/** @throws CaloscopeError ERR_USAGE that names it: behind options a word that was to be the value of one looks like this. */
function requireNoStrayWord(command: Command): void {
  const { args, registeredArguments: known } = command;
  if (known.at(-1)?.variadic || args.length <= known.length) return;
  const message = `"${args[known.length]}" is one word too many; see caloscope ${command.name()} --help`;
  throw new CaloscopeError('ERR_USAGE', message);
}
