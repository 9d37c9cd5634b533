/** Steps of the scale of energies and rates, least first. */
export const steps = 16;
/** Steps of the scale of differences on each side of zero. */
export const differenceSteps = 5;

type Stops = readonly string[];

/** Lightness falls, or in the dark rises, all the way: the order stays in gray print. */
const ramps = {
  light: {
    amount: ['#f6e7cf', '#efb27a', '#d9663f', '#9a2747', '#4c1242', '#190a24'],
    zero: '#eceae3',
    fewer: ['#bcd0e6', '#0b4c86'],
    more: ['#f3c7a5', '#b8430b'],
  },
  dark: {
    amount: ['#36203f', '#6d214f', '#b03a48', '#e07a45', '#f2bd78', '#fdf5dd'],
    zero: '#2a2e35',
    fewer: ['#3a5672', '#9ad4ff'],
    more: ['#6b452d', '#ffa463'],
  },
} as const;

/** Colors of all steps as variables, and the classes that have them. */
export const rampStyle = `
:root { ${variables('light')} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables('dark')} } }
${classes('a', steps)}
${classes('m', differenceSteps + 1)}
${classes('f', differenceSteps, 1)}
`;

function classes(letter: string, count: number, first = 0): string {
  return Array.from({ length: count }, (_, i) => `${letter}${first + i}`)
    .map((name) => `.${name} { fill: var(--${name}); stroke: var(--${name}); }`)
    .join('\n');
}

function variables(scheme: 'light' | 'dark'): string {
  const { amount, zero, fewer, more } = ramps[scheme];
  const side = (letter: string, stops: Stops) =>
    Array.from(
      { length: differenceSteps },
      (_, i) => `--${letter}${i + 1}: ${mixed(stops, i / (differenceSteps - 1))};`,
    );
  return [
    ...Array.from({ length: steps }, (_, i) => `--a${i}: ${mixed(amount, i / (steps - 1))};`),
    `--m0: ${zero};`,
    ...side('m', more),
    ...side('f', fewer),
  ].join(' ');
}

/** The color at a share of the way along the stops. */
function mixed(stops: Stops, share: number): string {
  const at = share * (stops.length - 1);
  const below = Math.min(Math.floor(at), stops.length - 2);
  const channels = [1, 3, 5].map((start) => {
    const [first, second] = [below, below + 1].map((i) =>
      Number.parseInt((stops[i] as string).slice(start, start + 2), 16),
    ) as [number, number];
    return Math.round(first + (at - below) * (second - first));
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
