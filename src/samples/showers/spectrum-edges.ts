/** MeV: five bins a decade, 0.1 keV to 10 TeV. */
export const spectrumEdges = Float64Array.from({ length: 56 }, (_, i) =>
  Number((10 ** (i / 5 - 4)).toPrecision(6)),
);
