import { createInterface } from 'node:readline';

/** The Node side of the protocol of benchmarks/harness/peer-process.mjs. */
export function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Answers requests until the input ends. `operations`: name → function of a record. */
export async function serve(operations, versions) {
  say({ versions });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      say({ result: await operations[request.operation](request.arguments) });
    } catch (error) {
      say({ error: error.stack });
    }
  }
}
