// Nothing leaves the page. Scripts that try are run inside it, as if they had got in; listeners on other ports of the loopback count
// who comes. The same attempts are made from a page without policy and sandbox: there each has to come through, so that a test here
// can fail.
//
// Where a document is to be led elsewhere, Chromium connects to the host before it asks the policy, and sends nothing. The
// host would be known by then to whoever resolves its name. pages.js says so.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { insideOf, withPlayground } from './support.mjs';

const shared = withPlayground();

/** How long a page that is let may take, and how long one that is not is watched at least, in milliseconds. */
const PATIENCE = 15000;
const WATCHED = 600;

/**
 * A script each, of the address that it is to reach. `click`: it takes a user's hand. `opens`: the browser opens a connection whatever
 * the policy, and nothing may be said on it.
 */
const ATTEMPTS = {
  fetch: { run: (url) => fetch(url, { mode: 'no-cors' }) },
  'fetch, kept alive': { run: (url) => fetch(url, { mode: 'no-cors', method: 'POST', body: 'x', keepalive: true }) },
  XMLHttpRequest: { run: (url) => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.send();
  } },
  WebSocket: { run: (url) => void new WebSocket(url.replace('http', 'ws')) },
  EventSource: { run: (url) => void new EventSource(url) },
  sendBeacon: { run: (url) => navigator.sendBeacon(url, 'x') },
  Image: { run: (url) => { new Image().src = url; } },
  'picture in the page': { run: (url) => {
    const picture = document.createElement('img');
    picture.srcset = `${url} 1x`;
    document.body.append(picture);
  } },
  'SVG picture': { run: (url) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const image = document.createElementNS('http://www.w3.org/2000/svg', 'image');
    image.setAttribute('href', url);
    image.setAttribute('width', '9');
    image.setAttribute('height', '9');
    svg.append(image);
    document.body.append(svg);
  } },
  script: { run: (url) => {
    const script = document.createElement('script');
    script.src = url;
    document.body.append(script);
  } },
  'import()': { run: (url) => import(url) },
  'style sheet': { run: (url) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = url;
    document.head.append(link);
  } },
  'picture of a style': { run: (url) => {
    document.body.style.backgroundImage = `url(${url})`;
  } },
  'style element': { run: (url) => {
    const style = document.createElement('style');
    style.textContent = `body { background-image: url(${url}) !important }`;
    document.head.append(style);
  } },
  'constructed style sheet': { run: (url) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`body { background-image: url(${url}) !important }`);
    document.adoptedStyleSheets = [sheet];
  } },
  font: { run: (url) => new FontFace('x', `url(${url})`).load() },
  video: { run: (url) => {
    const video = document.createElement('video');
    video.src = url;
    video.preload = 'auto';
    document.body.append(video);
  } },
  audio: { run: (url) => { new Audio(url).preload = 'auto'; } },
  object: { run: (url) => {
    const object = document.createElement('object');
    object.data = url;
    document.body.append(object);
  } },
  embed: { run: (url) => {
    const embed = document.createElement('embed');
    embed.src = url;
    document.body.append(embed);
  } },
  iframe: { opens: true, run: (url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
  } },
  'iframe of a text': { run: (url) => {
    const frame = document.createElement('iframe');
    frame.setAttribute('srcdoc', `<img src="${url}">`);
    document.body.append(frame);
  } },
  'empty iframe': { run: (url) => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    frame.contentWindow.fetch(url, { mode: 'no-cors' });
  } },
  'worker of a blob': { run: (url) => {
    const blob = new Blob([`fetch(${JSON.stringify(url)}, { mode: 'no-cors' })`], { type: 'text/javascript' });
    void new Worker(URL.createObjectURL(blob));
  } },
  'shared worker of a blob': { run: (url) => {
    const blob = new Blob([`fetch(${JSON.stringify(url)}, { mode: 'no-cors' })`], { type: 'text/javascript' });
    void new SharedWorker(URL.createObjectURL(blob));
  } },
  prefetch: { run: (url) => {
    const link = document.createElement('link');
    link.rel = 'prefetch';
    link.href = url;
    document.head.append(link);
  } },
  preload: { run: (url) => {
    const link = document.createElement('link');
    link.rel = 'preload';
    link.as = 'image';
    link.href = url;
    document.head.append(link);
  } },
  modulepreload: { run: (url) => {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = url;
    document.head.append(link);
  } },
  form: { run: (url) => {
    const form = document.createElement('form');
    form.action = url;
    document.body.append(form);
    form.submit();
  } },
  'window.open': { click: true, run: (url) => void window.open(url) },
  'link to a new window': { click: true, run: (url) => {
    const link = document.createElement('a');
    link.href = url;
    link.target = '_blank';
    document.body.append(link);
    link.click();
  } },
  ping: { run: (url) => {
    const link = document.createElement('a');
    link.href = '#here';
    link.ping = url;
    document.body.append(link);
    link.click();
  } },
  'location.href': { opens: true, run: (url) => { location.href = url; } },
  'location.replace': { opens: true, run: (url) => location.replace(url) },
  'location of the top': { click: true, run: (url) => { top.location.href = url; } },
  'link in place': { opens: true, run: (url) => {
    const link = document.createElement('a');
    link.href = url;
    document.body.append(link);
    link.click();
  } },
  'download of a link': { opens: true, run: (url) => {
    const link = document.createElement('a');
    link.href = url;
    link.download = 'x';
    document.body.append(link);
    link.click();
  } },
  'meta refresh': { opens: true, run: (url) => {
    const meta = document.createElement('meta');
    meta.httpEquiv = 'refresh';
    meta.content = `0; url=${url}`;
    document.head.append(meta);
  } },
  'WebRTC over TCP': { run: async (url) => {
    const { port } = new URL(url);
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `turn:127.0.0.1:${port}?transport=tcp`, username: 'x', credential: 'x' }] });
    peer.createDataChannel('x');
    await peer.setLocalDescription(await peer.createOffer());
  } },
  'WebRTC of an empty iframe': { run: async (url) => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const { port } = new URL(url);
    const peer = new frame.contentWindow.RTCPeerConnection({ iceServers: [{ urls: `turn:127.0.0.1:${port}?transport=tcp`, username: 'x', credential: 'x' }] });
    peer.createDataChannel('x');
    await peer.setLocalDescription(await peer.createOffer());
  } },
};

/** Counts who comes, whatever they say; answers as the web does. */
async function listen() {
  const sockets = new Set();
  const counted = {
    connections: 0,
    bytes: () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  const server = createServer((request, response) => response.writeHead(200, { 'content-type': 'text/plain', 'access-control-allow-origin': '*' }).end('x'));
  server.on('connection', (socket) => {
    counted.connections++;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  // WebRTC speaks another protocol.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  counted.url = `http://127.0.0.1:${server.address().port}/secret`;
  return counted;
}

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** Makes an attempt in a frame and counts what comes of it, until enough has come or the time is up. */
async function attempt(url, { run, click }, enough, time) {
  const context = await shared.browser.newContext();
  const counted = await listen();
  try {
    const page = await context.newPage();
    await page.goto(url);
    const frame = await insideOf(page);
    if (click) await frame.locator('body').click({ position: { x: 5, y: 5 } });
    const start = Date.now();
    let said = 'it ran';
    frame.evaluate(`(async () => { await (${run})(${JSON.stringify(counted.url)}); })()`).catch((error) => (said = error.message));
    while (!enough(counted) && Date.now() < start + time) await pause(20);
    return { connections: counted.connections, bytes: counted.bytes(), took: Date.now() - start, said };
  } finally {
    counted.close();
    await context.close();
  }
}

let plain;
before(async () => {
  // The control: a frame in a document likewise, and nothing that forbids.
  plain = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(request.url === '/' ? '<!doctype html><iframe src="/inside" width="600" height="400"></iframe>' : '<!doctype html><html data-ready><body><p>inside</p></body></html>');
  });
  await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));
});
after(() => {
  plain.closeAllConnections();
  plain.close();
});

describe('stopped', { concurrency: 3 }, () => {
  for (const [name, what] of Object.entries(ATTEMPTS)) {
    test(name, async () => {
      const through = (counted) => counted.bytes() > 0;
      const control = await attempt(`http://127.0.0.1:${plain.address().port}/`, what, through, PATIENCE);
      assert.ok(control.bytes > 0, `control: from a page without policy it comes through (${control.said})`);
      const { connections, bytes, said } = await attempt(shared.playground.url, what, () => false, WATCHED + 2 * control.took);
      assert.equal(bytes, 0, said);
      if (!what.opens) assert.equal(connections, 0, said);
    });
  }
});
