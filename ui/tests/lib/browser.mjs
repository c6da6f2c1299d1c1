// Debian's Chromium, driven by playwright-core.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// patience is how long what must come may take on a machine that does other things too.
const patience = 60_000;

// missing is why browser tests cannot run here; false if they can.
export const missing = existsSync(executablePath) ? false : `there is no ${executablePath}`;

export const person = { name: 'Ada Owner', email: 'ada@example.net', password: 'correct horse battery' };

let axe;

// Tab is a window of a browser of its own. It fails on errors of scripts, on what the policy of
// the page forbids, and on requests to any other host.
export class Tab {
  static async open(t, server, options = {}) {
    const browser = await chromium.launch({ executablePath, args, timeout: patience });
    t.after(() => browser.close());
    return Tab.in(await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options }), server);
  }

  static async in(context, server) {
    const tab = new Tab();
    tab.context = context;
    tab.server = server;
    tab.faults = [];
    tab.page = await context.newPage();
    tab.page.setDefaultTimeout(patience);
    tab.page.on('pageerror', (e) => tab.faults.push(e.message));
    tab.page.on('console', (m) => /Content Security Policy|svelte\.dev/.test(m.text()) && tab.faults.push(m.text()));
    tab.page.on('request', (r) => !r.url().startsWith(server.url) && !/^(data|blob):/.test(r.url()) && tab.faults.push(`a request to ${r.url()}`));
    return tab;
  }

  go = (path) => this.page.goto(this.server.url + path);
  button = (name) => this.page.getByRole('button', { name, exact: true });
  see = (text) => this.page.getByText(text).first().waitFor();

  // setUp makes the first owner.
  async setUp() {
    await this.go('/');
    await this.page.getByLabel('Setup code').fill(this.server.setupCode);
    await this.page.getByLabel('Your name').fill(person.name);
    await this.page.getByLabel('E-mail address').fill(person.email);
    await this.page.getByLabel('Password').fill(person.password);
    await this.page.getByRole('button', { name: 'Set password and sign in' }).click();
    await this.page.getByRole('heading', { name: 'Zones', exact: true }).waitFor();
  }

  // form fills the form of a new record; values by the names of the fields.
  async form(name, type, values) {
    const card = this.page.getByRole('region', { name: 'Create a record' });
    await card.locator('[name=name]').fill(name);
    await card.locator('[name=type]').selectOption(type);
    for (const [field, value] of Object.entries(values)) {
      const input = card.locator(`[name=${field}]`);
      if (await input.evaluate((e) => e.tagName === 'SELECT')) await input.selectOption(value);
      else await input.fill(value);
    }
    return card;
  }

  row = (name, type) => this.page.locator('[data-row]').filter({ has: this.page.getByText(name, { exact: true }) }).filter({ has: this.page.getByText(type, { exact: true }) });

  // accessible fails if axe finds anything on the page.
  async accessible(what) {
    axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await globalThis.axe.run(document, { runOnly: tags });
      return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
    });
    assert.deepEqual(found, [], what);
  }

  // noSideways fails if the page, or a table or anything else on it but a row of tabs and a text
  // that is edited, is wider than its place.
  async noSideways(what) {
    const wide = await this.page.evaluate(() => {
      const beyond = (e) => e.scrollWidth - e.clientWidth;
      const scrolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && beyond(e) > 0;
      const tables = [...document.querySelectorAll('table, [role=table]')].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5);
      const others = [...document.querySelectorAll('body *:not(nav, textarea)')].filter(scrolls);
      const root = beyond(document.documentElement) > 0 ? [document.documentElement] : [];
      return [...root, ...tables, ...others].map((e) => `${e.tagName} ${e.getAttribute('aria-label') ?? e.className}`);
    });
    assert.deepEqual(wide, [], `${what} scrolls sideways`);
  }

  clean = () => assert.deepEqual(this.faults, []);
}
