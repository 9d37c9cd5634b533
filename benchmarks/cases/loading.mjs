// From the start of `node` to a core that answers, and to the whole library.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { agreementOf } from '../harness/agreement.mjs';
import { median } from '../harness/measure.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const programs = {
  bare: 'process.stdout.write("bare")',
  addon:
    'const { native } = await import("#caloscope/native/binding"); process.stdout.write(native().machine().kernelSet)',
  library: 'const { evaluate } = await import("caloscope"); process.stdout.write(typeof evaluate)',
};

/** Seconds from starting node to the word that the program says when it is there. */
function start(program) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
    let complaint = '';
    child.stdout.once('data', (word) => {
      resolve({ word: `${word}`, seconds: (performance.now() - begin) / 1000 });
    });
    child.stderr.on('data', (text) => {
      complaint += text;
    });
    child.once('close', () => reject(new Error(complaint)));
  });
}

async function prepare() {
  const words = [];
  for (const program of Object.values(programs)) words.push((await start(program)).word);
  const right = words[0] === 'bare' && words[1] !== '' && words[2] === 'function';
  return {
    agreement: agreementOf({ 'programs with a wrong answer': [right ? 0 : 1, 0] }),
    scale: 1000,
    ours: async () => (await start(programs.addon)).seconds,
    theirs: async () => (await start(programs.bare)).seconds,
    async figures({ ours, theirs }) {
      const library = [];
      for (let i = 0; i < 5; i++) library.push((await start(programs.library)).seconds);
      return [
        { name: 'node start to addon loaded', value: ours * 1000, unit: 'ms', atMost: 100 },
        { name: 'of it beside node itself', value: (ours - theirs) * 1000, unit: 'ms' },
        { name: 'the whole library instead', value: median(library) * 1000, unit: 'ms' },
      ];
    },
  };
}

export default {
  name: 'node start to addon loaded',
  peer: 'node without it',
  unit: 'ms',
  target: null,
  rounds: 11,
  prepare,
};
