// The two documents of the playground with their policies, put together from the files of the package.
//
// The outer document holds nothing but a frame, and no script. The inner one is the page: style, script and module are in it, and its
// policy names the first two by their hashes, so that it runs them and nothing else, and fetches nothing at all.
//
// Two, because a document's own policy does not keep it from going elsewhere, with a secret in the address: no directive governs that.
// The policy of the document around it does: `frame-src` is asked wherever the frame is to be led. The frame is sandboxed, so it
// has an origin of its own, cannot lead the outer document away, open a window, send a form or download.
//
// What no policy covers, as browsers have them now: WebRTC (`webrtc` is in the specification and not in the browsers; the page's
// script takes RTCPeerConnection away before anything else), and hints to resolve or open a connection (`dns-prefetch`,
// `preconnect`; the first is turned off by a header). Only a script on the page could make them, and only this one is let run.
// Extensions and developer tools stand above all policies.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** @param {string} name @returns {string} */
const own = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** @param {string} text */
const hashed = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Puts texts in the places that are left for them. No place may be missing or stay.
 * @param {string} template
 * @param {Record<string, string>} texts
 */
function fill(template, texts) {
  const left = new Set(Object.keys(texts));
  const filled = template.replace(/\{(policy|style|script|modern|baseline)\}/g, (_, name) => {
    if (!left.delete(name)) throw new Error(`playground: no text for {${name}}`);
    return texts[name];
  });
  if (left.size > 0) throw new Error(`playground: no place for ${[...left].join(', ')}`);
  return filled;
}

/** What would end the element around it. @param {string} text @param {string} what */
function inElement(text, what) {
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`playground: ${what} cannot stand in a page`);
  return text;
}

/** @param {string[]} directives */
const policy = (...directives) => directives.join('; ');

/** Powers that a page can have and this one has not. */
const NO_POWERS = [
  'accelerometer', 'autoplay', 'browsing-topics', 'camera', 'display-capture', 'encrypted-media', 'fullscreen', 'geolocation', 'gyroscope',
  'hid', 'identity-credentials-get', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'otp-credentials', 'payment',
  'picture-in-picture', 'publickey-credentials-get', 'screen-wake-lock', 'serial', 'storage-access', 'usb', 'window-management', 'xr-spatial-tracking',
].map((power) => `${power}=()`).join(', ');

/** On every answer, errors too. */
export const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': NO_POWERS,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
};

/** @typedef {{ body: string, headers: Record<string, string> }} Page */

/** @returns {{ frame: Page, page: Page }} */
export function makePages() {
  const html = { 'content-type': 'text/html; charset=utf-8', ...COMMON_HEADERS };

  const style = inElement(own('./page.css'), 'page.css');
  const script = inElement(own('./page.js'), 'page.js');
  const module = (/** @type {string} */ name) => readFileSync(new URL(`../wasm/${name}.wasm`, import.meta.url)).toString('base64');
  const inside = policy(
    "default-src 'none'",
    `script-src ${hashed(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashed(style)}`,
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "webrtc 'block'",
  );
  const page = fill(own('./page.html'), { policy: inside, style, script, modern: module('modern'), baseline: module('baseline') });

  const around = own('./frame.html');
  const aroundStyle = /<style>([^]*?)<\/style>/.exec(around);
  if (!aroundStyle) throw new Error('playground: frame.html has no style');
  const outside = policy(
    "default-src 'none'",
    "frame-src 'self'",
    'img-src data:',
    `style-src ${hashed(aroundStyle[1])}`,
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  );
  return {
    // These directives mean something in a header only.
    frame: {
      body: fill(around, { policy: outside }),
      headers: { ...html, 'content-security-policy': policy(outside, "frame-ancestors 'none'"), 'cross-origin-opener-policy': 'same-origin' },
    },
    page: {
      body: page,
      headers: { ...html, 'content-security-policy': policy(inside, "frame-ancestors 'self'", 'sandbox allow-scripts') },
    },
  };
}
