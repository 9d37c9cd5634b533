import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Files in which users look for examples. */
const pages = ['README.md', 'docs/library.md'];

export interface DocumentedExample {
  /** `README.md 0`: page, and number of the example on it. */
  readonly name: string;
  readonly code: string;
}

/** The examples in TypeScript that users are shown. */
export async function documentedExamples(): Promise<readonly DocumentedExample[]> {
  const examples = await Promise.all(
    pages.map(async (page) => {
      const text = await readFile(join(root, page), 'utf8');
      return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code], i) => ({
        name: `${page} ${i}`,
        code: code as string,
      }));
    }),
  );
  return examples.flat();
}
