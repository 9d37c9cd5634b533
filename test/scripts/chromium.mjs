/** Drives a headless Chromium over a pipe, with the protocol of its developer tools and nothing but Node. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** The command that starts a Chromium; undefined where none is installed. */
export function chromiumCommand() {
  return names.find((name) => spawnSync(name, ['--version']).status === 0);
}

/** A page of a browser that was started for it. */
export class Page {
  #child;
  #profile;
  #waiting = new Map();
  #listeners = [];
  #next = 1;
  #session;

  static async open(command) {
    const page = new Page();
    await page.#start(command);
    return page;
  }

  async #start(command) {
    this.#profile = mkdtempSync(join(tmpdir(), 'caloscope-browser-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--remote-debugging-pipe',
    ];
    this.#child = spawn(command, [...flags, `--user-data-dir=${this.#profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    this.#child.stdio[4].on('data', (piece) => {
      const messages = (rest + piece).split('\0');
      rest = messages.pop();
      for (const message of messages) this.#receive(JSON.parse(message));
    });
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    this.#session = sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.call(`${domain}.enable`);
  }

  #receive({ id, result, error, method, params }) {
    if (id === undefined) {
      for (const listener of this.#listeners) listener(method, params);
      return;
    }
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  #send(method, params, sessionId) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** @param listener gets the name and the parameters of every event. */
  onEvent(listener) {
    this.#listeners.push(listener);
  }

  call(method, params = {}) {
    return this.#send(method, params, this.#session);
  }

  async navigate(url) {
    const loaded = new Promise((resolve) => {
      this.onEvent((method) => method === 'Page.loadEventFired' && resolve());
    });
    await this.call('Page.navigate', { url });
    await loaded;
  }

  /** @param media `screen` or `print`. */
  async show(width, { dark = false, media = 'screen' } = {}) {
    await this.call('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await this.call('Emulation.setEmulatedMedia', { media, features });
  }

  /** What an expression is on the page, as JSON. */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** PNG of the page from `top` on. */
  async screenshot({ top = 0, width, height }) {
    const clip = { x: 0, y: top, width, height, scale: 1 };
    const { data } = await this.call('Page.captureScreenshot', { clip, captureBeyondViewport: true });
    return Buffer.from(data, 'base64');
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.#send('Browser.close').catch(() => this.#child.kill());
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
