import type { CommandWords } from './command-words.js';
import { examples } from './examples.js';
import { exitCodes } from './failure.js';

/** The manual page of the program, section 1, for man. */
export function manPage(commands: readonly CommandWords[], description: string, version: string): string {
  const lines = [
    `.TH CALOSCOPE 1 "" "caloscope ${version}" "User Commands"`,
    '.SH NAME',
    `caloscope \\- ${roff(description.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B caloscope',
    '.I command',
    '[\\fIarguments\\fR] [\\fIoptions\\fR]',
    ...commands.flatMap(commandLines),
    '.SH EXIT STATUS',
    '.nf',
    roff(exitCodes),
    '.fi',
    '.SH ENVIRONMENT',
    '.TP',
    '.B CALOSCOPE_KERNELS',
    'Names the set of kernels of the processor, where nodes differ.',
    '.TP',
    '.B SLURM_CPUS_PER_TASK',
    'Bounds the threads where \\-\\-threads is not given.',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, description, usage, arguments: words, options }: CommandWords): string[] {
  return [
    `.SH "CALOSCOPE ${name.toUpperCase()}"`,
    `\\fBcaloscope ${name}\\fR ${roff(usage)} [\\fIoptions\\fR]`,
    '.PP',
    `${roff(description)}.`,
    ...words.flatMap((one) => ['.TP', `.I ${roff(one.name)}`, roff(one.description)]),
    ...options.flatMap((one) => ['.TP', `.B ${roff(one.flags)}`, roff(one.description)]),
    ...(examples[name] ?? []).flatMap((one) => ['.PP', `\\fB${roff(one.words)}\\fR`, '.br', roff(one.says)]),
  ];
}

/** Text for roff: neither a request at the beginning of a line nor an escape, and hyphens that can be copied. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}
