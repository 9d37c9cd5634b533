/** What is typed, and what comes of it. */
export interface Example {
  readonly words: string;
  readonly says: string;
}

/** Of each command, for its --help and the manual page. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  evaluate: [
    {
      words: 'caloscope evaluate geant4.hdf5 caloflow.hdf5 --out result',
      says: 'result/ with a report, numbers, weights and the classifier',
    },
    {
      words:
        "caloscope evaluate --reference geant4_1.hdf5 geant4_2.hdf5 --generated 'flow_*.hdf5' --out result",
      says: 'samples of several files',
    },
    {
      words: 'caloscope evaluate geant4.hdf5 caloflow.hdf5 --out result --resume --json',
      says: 'in a batch system: resumes where the last submission ended; one JSON document on stdout',
    },
  ],
  train: [
    {
      words: 'caloscope train geant4.hdf5 caloflow.hdf5 --out classifier',
      says: 'a classifier to weigh other files with',
    },
  ],
  weights: [
    {
      words: 'caloscope weights classifier more.hdf5 --out weights.hdf5',
      says: 'ln w of each row of more.hdf5',
    },
    {
      words: 'caloscope weights model.onnx showers.hdf5 --features high --out weights.hdf5',
      says: 'with a classifier of another program',
    },
  ],
  export: [
    { words: 'caloscope export result/classifier --out classifier.onnx', says: 'for onnxruntime and others' },
  ],
  simulate: [
    {
      words: 'caloscope simulate toys.hdf5 --showers 1000 --distortion width',
      says: 'toy showers with a known flaw',
    },
  ],
  inspect: [
    { words: 'caloscope inspect geant4.hdf5', says: 'layout, geometry, units and what is odd' },
    { words: 'caloscope inspect', says: 'this machine: cores, kernel sets, devices' },
  ],
  report: [
    { words: 'caloscope report result --out report.html', says: 'the report of a result, drawn again' },
  ],
  lineage: [
    { words: 'caloscope lineage study', says: 'what was made from what, and what is stale' },
    { words: 'caloscope lineage study --svg study.svg', says: 'the graph, drawn' },
  ],
  demo: [{ words: 'caloscope demo', says: 'two toy samples, a flaw, a report, in a minute' }],
  completion: [
    { words: 'eval "$(caloscope completion bash)"', says: 'in ~/.bashrc: words are completed with Tab' },
  ],
};

/** The examples of a command, below its help. */
export function examplesText(command: string): string {
  const lines = (examples[command] ?? []).map(({ words, says }) => `  ${words}\n      ${says}`);
  return lines.length === 0 ? '' : `\nExamples:\n${lines.join('\n')}`;
}
