// The installed package's playground in headless Chromium, driven as a user would.

import fs from 'node:fs';
import path from 'node:path';
import { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import { FLAGS, NO_CHROMIUM, findChromium } from '../support/chromium.mjs';
import { packageFolder, vectors } from '../support/installed.mjs';

export const { servePlayground } = await import(pathToFileURL(path.join(packageFolder, 'playground/serve.js')).href);
export const official = vectors().find(({ id }) => id === 'official-demo');

/** Starts a browser. Without one these tests fail: nothing else proves what they prove. */
export async function launch(more = []) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(NO_CHROMIUM);
  // WebRTC of these tests is on the loopback, where it does not go by itself.
  return chromium.launch({ executablePath, args: [...FLAGS.slice(1), '--allow-loopback-in-peer-connection', ...more] });
}

/** A browser and a playground for the tests of a file. */
export function withPlayground() {
  const shared = {};
  before(async () => {
    shared.playground = await servePlayground();
    shared.browser = await launch();
  });
  after(async () => {
    await shared.browser?.close();
    await shared.playground?.close();
  });

  /**
   * Opens the page and hands it over; fails if the page itself does, or says anything to the console that it does not always say.
   * @param {(handles: { page: any, inside: any, requests: string[] }) => Promise<void>} use
   */
  shared.open = async (use, options = {}) => {
    const context = await shared.browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
    try {
      const page = await context.newPage();
      const requests = [];
      const said = [];
      context.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => said.push(error.stack));
      page.on('console', (message) => said.push(message.text()));
      await page.goto(shared.playground.url);
      const inside = await insideOf(page);
      await use({ page, inside, requests, said, context });
      const unexpected = said.filter((text) => !EXPECTED.test(text));
      if (!options.mayComplain && unexpected.length > 0) throw new Error(`the page complained: ${unexpected.join('\n')}`);
    } finally {
      await context.close();
    }
  };
  return shared;
}

/** The directive is of the specification, and no Chromium knows it yet. */
const EXPECTED = /^Unrecognized Content-Security-Policy directive 'webrtc'\.$/;

/** The frame with the page in it, once it is ready. */
export async function insideOf(page) {
  const inside = await (await page.waitForSelector('iframe')).contentFrame();
  await inside.waitForSelector('html[data-ready]', { state: 'attached' });
  return inside;
}

/** Puts a text in as the clipboard would. */
export const paste = (inside, text) =>
  inside.locator('#paste').evaluate((field, pasted) => {
    field.value = pasted;
    field.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }));
  }, text);

/** Fills fields, and waits for them to be judged. */
export async function fill(inside, fields) {
  for (const [id, value] of Object.entries(fields)) {
    if (typeof value === 'boolean') await inside.locator(`#${id}`).evaluate((box, checked) => {
      box.checked = checked;
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }, value);
    else await inside.fill(`#${id}`, value);
  }
  await inside.waitForTimeout(250);
}

/** What is shown. */
export async function shown(inside) {
  return inside.evaluate(() => ({
    state: document.querySelector('#verdict').dataset.state,
    verdict: document.querySelector('#verdict').textContent,
    read: document.querySelector('#read').textContent,
    outcome: document.querySelector('#outcome').innerText,
    object: document.querySelector('#object')?.textContent,
    notes: [...document.querySelectorAll('#notes li')].map((item) => item.textContent),
    repairs: [...document.querySelectorAll('#repairs .tag')].map((item) => item.textContent),
  }));
}

export const sourceOf = (name) => fs.readFileSync(path.join(packageFolder, 'playground', name), 'utf8');
