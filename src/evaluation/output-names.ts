/** Names of the files of an evaluation. */
export const outputNames = {
  result: 'result.json',
  weights: 'weights.hdf5',
  histograms: 'histograms.json',
  classifier: 'classifier',
  report: 'report.html',
} as const;
