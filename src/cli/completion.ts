import { Argument, Command } from 'commander';
import type { CommandWords } from './command-words.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells));
}

/** A script for the shell: commands first, then options of the command, and files. */
export function completionScript(commands: readonly CommandWords[], shell: Shell): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](commands);
}

function optionNames({ options }: CommandWords): string {
  return options.flatMap(({ names }) => names).join(' ');
}

/** Options that a value follows: there files are completed. */
function valueNames({ options }: CommandWords): string {
  return options.flatMap(({ names, takesValue }) => (takesValue ? names : [])).join('|');
}

function bashScript(commands: readonly CommandWords[]): string {
  const cases = commands.map((command) => {
    const values = valueNames(command);
    const files = values === '' ? [] : [`        ${values}) return ;;`];
    const fixed = command.name === 'completion' ? `${shells.join(' ')} ` : '';
    return [
      `    ${command.name})`,
      '      case "$previous" in',
      ...files,
      '      esac',
      `      words="${fixed}${optionNames(command)}" ;;`,
    ].join('\n');
  });
  return `# bash completion of caloscope; in ~/.bashrc: eval "$(caloscope completion bash)"
_caloscope() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* || "\${COMP_WORDS[1]}" == completion ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _caloscope caloscope
`;
}

/** In single quotes, for zsh and fish. */
function quoted(text: string, escaped: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", escaped)}'`;
}

function zshScript(commands: readonly CommandWords[]): string {
  const inBrackets = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');
  const specification = ({ names, description, takesValue }: CommandWords['options'][number]) =>
    names.map((name) =>
      quoted(`${name}[${inBrackets(description)}]${takesValue ? ':value:_files' : ''}`, "'\\''"),
    );
  const cases = commands.map((command) => {
    const rest = command.name === 'completion' ? `'*:shell:(${shells.join(' ')})'` : "'*:file:_files'";
    const words = [...command.options.flatMap(specification), rest].join(' \\\n        ');
    return `    ${command.name}) _arguments \\\n        ${words} ;;`;
  });
  const names = commands.map(({ name, description }) =>
    quoted(`${name}:${description.replaceAll(':', '\\:')}`, "'\\''"),
  );
  return `#compdef caloscope
# zsh completion of caloscope; in ~/.zshrc, behind compinit: eval "$(caloscope completion zsh)"
_caloscope() {
  if (( CURRENT == 2 )); then
    local -a commands=(${names.join('\n      ')})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _caloscope caloscope
`;
}

function fishScript(commands: readonly CommandWords[]): string {
  const text = (words: string) => quoted(words, "\\'");
  const lines = commands.flatMap((command) => {
    const { name, description, options } = command;
    const within = text(`__fish_seen_subcommand_from ${name}`);
    return [
      `complete -c caloscope -n __fish_use_subcommand -f -a ${name} -d ${text(description)}`,
      ...options.map(({ names, description: what, takesValue }) => {
        const flags = names.map((one) =>
          one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`,
        );
        return `complete -c caloscope -n ${within} ${flags.join(' ')}${takesValue ? ' -r' : ''} -d ${text(what)}`;
      }),
      ...(name === 'completion'
        ? [`complete -c caloscope -n ${within} -f -a ${text(shells.join(' '))}`]
        : []),
    ];
  });
  return `# fish completion of caloscope; caloscope completion fish > ~/.config/fish/completions/caloscope.fish\n${lines.join('\n')}\n`;
}
