// The same with caloscope, in a process of its own, so that its memory can be measured.
import { openShowers } from '../../dist/index.js'; // peers are a package of their own
import { serve } from './protocol.mjs';

const geometry = 'grid:30x32x32:-128..128:-128..128';

serve(
  {
    async run({ path }) {
      const start = performance.now();
      const sample = await openShowers(path, { geometry });
      const seconds = (performance.now() - start) / 1000;
      sample.dispose();
      return seconds;
    },
    memory: () => process.resourceUsage().maxRSS * 1024,
  },
  {},
);
