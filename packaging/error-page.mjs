import { errorCodes } from '../dist/errors.js';
import { warningCodes } from '../dist/warnings.js';

function table(codes) {
  const lines = Object.entries(codes).map(([code, words]) => `| \`${code}\` | ${words} |`);
  return ['| code | what it says |', '|---|---|', ...lines].join('\n');
}

/** docs/errors.md. */
export function errorPage() {
  return `# Codes of errors and warnings

Written by \`npm run pages\` from src/errors.ts and src/warnings.ts. A code never changes its meaning; a message is one line, what is
wrong, where, what to do, and may change its words.

## Errors

On the command line \`caloscope: CODE: message\` and an exit code other than 0 ([In a batch system](batch.md)), with \`--json\` a document
with \`error.code\`; in the library the \`code\` of a \`CaloscopeError\`.

${table(errorCodes)}

## Warnings

What is odd and keeps nothing from being done: \`warnings\` of results and of the documents of \`--json\`, attributes of \`weights.hdf5\`,
lines on the command line.

${table(warningCodes)}
`;
}
