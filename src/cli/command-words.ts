import type { Command } from 'commander';

/** An option as users write it. */
export interface OptionWords {
  readonly flags: string;
  /** `--out`, and `-h` where there is a short one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
}

/** A command as users write it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  /** `<classifier> <files...>` */
  readonly usage: string;
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
}

const help: OptionWords = {
  flags: '-h, --help',
  names: ['-h', '--help'],
  description: 'display help for command',
  takesValue: false,
};

/** The commands of the program, from its own tree: completions and manual page say what it takes, and nothing else. */
export function commandWords(program: Command): readonly CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    usage: command.registeredArguments
      .map((one) => {
        const name = `${one.name()}${one.variadic ? '...' : ''}`;
        return one.required ? `<${name}>` : `[${name}]`;
      })
      .join(' '),
    arguments: command.registeredArguments.map((one) => ({ name: one.name(), description: one.description })),
    options: [
      ...command.options.map(({ flags, short, long, description, required, optional }) => ({
        flags,
        names: [short, long].flatMap((name) => name ?? []),
        description,
        takesValue: required || optional,
      })),
      help,
    ],
  }));
}
