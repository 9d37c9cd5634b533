/**
 * Opens reports in a headless Chromium, in several widths, light, dark and as printed, and looks for what only a browser shows: errors,
 * requests, empty drawings, small text, what does not fit. Skipped where no Chromium is installed.
 *
 * node test/scripts/report-in-browser.mjs [report.html …]; without arguments it evaluates toy showers.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumCommand, Page } from './chromium.mjs';

/** A4 within its margins is 695 px wide. */
const looks = [
  ...[400, 800, 1600].flatMap((width) => [{ width }, { width, dark: true }]),
  { width: 695, media: 'print' },
];
const smallest = 9;

/** Runs in the page. */
function inspectPage(smallestText) {
  const faults = [];
  const name = (element) =>
    `${element.closest('figure')?.className ?? ''} in #${element.closest('section')?.id ?? 'page'}`;
  if (document.documentElement.scrollWidth > window.innerWidth) {
    const widest = [...document.querySelectorAll('main *')].filter(
      (each) => each.getBoundingClientRect().right > window.innerWidth && !each.closest('.scroll'),
    );
    faults.push(
      `the page is ${document.documentElement.scrollWidth} px wide: ${widest.slice(0, 4).map((each) => `${each.tagName} ${each.className}, ${name(each)}`)}`,
    );
  }
  for (const section of document.querySelectorAll('section')) {
    if (section.getBoundingClientRect().height < 20) faults.push(`#${section.id} is empty`);
  }
  for (const drawing of document.querySelectorAll('svg.chart')) {
    const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
    const marks = [...drawing.querySelectorAll('path, rect, circle')].filter(
      (mark) => !mark.closest('.frame'),
    );
    const drawn = marks.some((mark) => {
      const { width, height } = mark.getBBox();
      return width + height > 0;
    });
    if (!drawn) faults.push(`nothing is drawn: ${name(drawing)}`);
    for (const text of drawing.querySelectorAll('text, tspan')) {
      const size = scale * Number.parseFloat(getComputedStyle(text).fontSize);
      if (size < smallestText - 0.05)
        faults.push(`${size.toFixed(1)} px: "${text.textContent}", ${name(drawing)}`);
    }
  }
  for (const link of document.querySelectorAll('nav.contents a')) {
    if (!document.querySelector(link.getAttribute('href'))) faults.push(`a dead link: ${link.textContent}`);
  }
  for (const figure of document.querySelectorAll('figure')) {
    const numbers = figure.querySelector('a[download], details table');
    if (figure.querySelector('svg.chart') && !numbers) faults.push(`no numbers: ${name(figure)}`);
  }
  const sections = [...document.querySelectorAll('section[id]')].filter((each) => each.querySelector('h2'));
  const linked = document.querySelectorAll('nav.contents a').length;
  if (sections.length === 0 || linked !== sections.length) {
    faults.push(`${linked} of ${sections.length} sections are in the table of contents`);
  }
  return faults;
}

/** Every fault of a report, as text. */
async function faultsOf(page, report) {
  const faults = [];
  const url = pathToFileURL(report).href;
  page.onEvent((method, params) => {
    if (method === 'Runtime.consoleAPICalled') faults.push(`console: ${params.args?.[0]?.value}`);
    if (method === 'Runtime.exceptionThrown') faults.push(`exception: ${params.exceptionDetails.text}`);
    if (method === 'Log.entryAdded') faults.push(`log: ${params.entry.text}`);
    if (method === 'Network.requestWillBeSent' && params.request.url !== url) {
      faults.push(`request: ${params.request.url.slice(0, 80)}`);
    }
  });
  await page.navigate(url);
  for (const { width, ...look } of looks) {
    await page.show(width, look);
    const found = await page.evaluate(`(${inspectPage})(${smallest})`);
    const where = `${width} px ${look.media ?? (look.dark ? 'dark' : 'light')}`;
    faults.push(...found.map((fault) => `${where}: ${fault}`));
  }
  return faults;
}

/** A report of toy showers with a failure. */
function toyReport(folder) {
  const caloscope = (...args) => {
    const { status, stderr } = spawnSync(process.execPath, [resolve('dist/cli/main.js'), ...args, '--quiet']);
    if (status !== 0) throw new Error(String(stderr));
  };
  const [reference, generated] = ['reference.hdf5', 'generated.hdf5'].map((name) => join(folder, name));
  caloscope('simulate', reference, '--showers', '600');
  caloscope('simulate', generated, '--showers', '500', '--seed', '2', '--distortion', 'depth-shift');
  const quick = ['--learners', 'network,logistic,trees', '--hidden', '16', '--epochs', '2', '--folds', '3'];
  caloscope('evaluate', reference, generated, '--features', 'high', ...quick, '--out', join(folder, 'out'));
  const result = JSON.parse(readFileSync(join(folder, 'out', 'result.json'), 'utf8'));
  if (result.observables.length < 20) throw new Error('the toy report shows too little');
  return join(folder, 'out', 'report.html');
}

const command = chromiumCommand();
if (!command) {
  console.log('skipped: no Chromium is installed');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'caloscope-browser-report-'));
let failed = false;
try {
  const given = process.argv.slice(2);
  for (const report of given.length > 0 ? given : [toyReport(folder)]) {
    const page = await Page.open(command);
    try {
      const faults = await faultsOf(page, resolve(report));
      for (const fault of faults) console.error(`${report}: ${fault}`);
      failed ||= faults.length > 0;
      if (faults.length === 0) console.log(`${report}: nothing to find fault with`);
    } finally {
      await page.close();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
