// examples/message-push over real HTTP; node:crypto makes what WeChat would send and reads what it would get.

import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { APPID, OTHER_APPID, pushEncrypt, pushFrame, pushSignature } from '../fixtures.mjs';
import { examples, readSource } from './support/built.mjs';
import { withStarted } from './support/started.mjs';

const folder = path.join(examples, 'message-push');
const { createApp } = await import(pathToFileURL(path.join(folder, 'app.js')).href);

const TOKEN = 'synthetic';
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const logged = [];
const handled = [];
let reply = () => null;
beforeEach(() => {
  logged.length = handled.length = 0;
  reply = () => null;
});

const servers = [];
async function start(options) {
  const server = createApp({
    token: TOKEN, encodingAESKey: KEY, appid: APPID,
    handle: (message) => {
      handled.push(message);
      return reply(message);
    },
    log: (entry) => logged.push(entry),
    ...options,
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/`;
}
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
const secure = await start();
const plain = await start({ mode: 'plain' });

const now = () => String(Math.floor(Date.now() / 1000));
let count = 0;
const fresh = () => ({ timestamp: now(), nonce: String(++count) });
const signed = (more = {}) => {
  const query = { ...fresh(), ...more };
  return { ...query, signature: pushSignature(TOKEN, query.timestamp, query.nonce) };
};

async function ask(url, query, body, method = body === undefined ? 'GET' : 'POST') {
  const response = await fetch(`${url}?${new URLSearchParams(query)}`, { method, body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** What WeChat sends in secure mode. */
function sealed(text, { appid = APPID, xml = text.startsWith('<'), ...more } = {}) {
  const encrypt = pushEncrypt(pushFrame(Buffer.alloc(16, 'r'), text, appid), KEY);
  const query = signed(more);
  const body = xml ? `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>` : JSON.stringify({ ToUserName: 'gh_1', Encrypt: encrypt });
  return [{ ...query, encrypt_type: 'aes', msg_signature: pushSignature(TOKEN, query.timestamp, query.nonce, encrypt) }, body];
}

/** What WeChat makes of an answer in secure mode. */
function unsealed({ Encrypt, MsgSignature, TimeStamp, Nonce }) {
  assert.equal(pushSignature(TOKEN, String(TimeStamp), Nonce, Encrypt), MsgSignature);
  const key = Buffer.from(`${KEY}=`, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const opened = Buffer.concat([decipher.update(Encrypt, 'base64'), decipher.final()]);
  const content = opened.subarray(20, opened.length - opened[opened.length - 1]);
  assert.equal(content.subarray(opened.readUInt32BE(16)).toString(), APPID);
  return content.subarray(0, opened.readUInt32BE(16)).toString();
}

const id = () => String(24102000000000000n + BigInt(++count));
const asJson = (fields) => JSON.stringify({ ToUserName: 'gh_1', FromUserName: 'oSynthetic', CreateTime: Number(now()), MsgType: 'text', Content: '你好😀', MsgId: id(), ...fields });
const asXml = (msgId = id()) =>
  `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oSynthetic]]></FromUserName><CreateTime>${now()}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[<你好> & ]]></Content><MsgId>${msgId}</MsgId></xml>`;
const element = (text, name) => new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`, 's').exec(text)[1];
const refused = (answer) => assert.deepEqual([answer.status, answer.text], [403, '']);

test('URL verification', async () => {
  const answer = await ask(secure, { ...signed(), echostr: '4375120948345356249' });
  assert.deepEqual(answer, { status: 200, type: 'text/plain; charset=utf-8', text: '4375120948345356249' });
  for (const wrong of [{ signature: '0'.repeat(40) }, { timestamp: '1' }, { nonce: 'x' }, { signature: '' }]) {
    refused(await ask(secure, { ...signed(), echostr: '1', ...wrong }));
  }
  refused(await ask(secure, signed()));
  refused(await ask(secure, {}));
  refused(await ask(secure, { ...signed({ timestamp: String(Number(now()) - 301) }), echostr: '1' }));
  refused(await ask(secure, [...Object.entries(signed()), ['nonce', '1'], ['echostr', '1']]));
});

test('the message of WeChat\'s documentation', async () => {
  const vector = JSON.parse(readSource('tests/vectors/message-push.json')).find(({ id }) => id === 'push-secure-json-receive');
  const url = await start({ token: vector.token, encodingAESKey: vector.encodingAesKey, appid: vector.appid, maxAge: Infinity });
  const query = { timestamp: vector.timestamp, nonce: vector.nonce, signature: vector.querySignature, msg_signature: vector.msgSignature };
  const answer = await ask(url, query, JSON.stringify({ ToUserName: 'gh_97417a04a28d', Encrypt: vector.encrypt }));
  assert.deepEqual([answer.status, answer.text], [200, 'success']);
  assert.deepEqual(handled, [JSON.parse(vector.plaintext)]);
});

test('secure mode, JSON', async () => {
  assert.equal((await ask(secure, ...sealed(asJson({ n: 1 })))).text, 'success');
  assert.equal(handled[0].Content, '你好😀');
  reply = ({ FromUserName }) => ({ ToUserName: FromUserName, MsgType: 'text', Content: '收到' });
  const answer = await ask(secure, ...sealed(asJson()));
  assert.equal(answer.type, 'application/json; charset=utf-8');
  assert.deepEqual(JSON.parse(unsealed(JSON.parse(answer.text))), { ToUserName: 'oSynthetic', MsgType: 'text', Content: '收到' });
});

test('secure mode, XML', async () => {
  const msgId = id();
  reply = ({ FromUserName }) => ({ ToUserName: FromUserName, CreateTime: 12, Content: '<收到> & "', Image: { MediaId: 'm' } });
  const answer = await ask(secure, ...sealed(asXml(msgId)));
  assert.deepEqual([handled[0].Content, handled[0].MsgId], ['<你好> & ', msgId]);
  assert.equal(answer.type, 'text/xml; charset=utf-8');
  const fields = Object.fromEntries(['Encrypt', 'MsgSignature', 'TimeStamp', 'Nonce'].map((name) => [name, element(answer.text, name)]));
  const text = unsealed(fields);
  assert.equal(text, '<xml><ToUserName><![CDATA[oSynthetic]]></ToUserName><CreateTime>12</CreateTime><Content><![CDATA[<收到> & "]]></Content><Image><MediaId><![CDATA[m]]></MediaId></Image></xml>');
});

test('plain mode, both formats', async () => {
  reply = () => ({ Content: 'x' });
  assert.deepEqual(JSON.parse((await ask(plain, signed(), asJson())).text), { Content: 'x' });
  assert.equal((await ask(plain, signed(), asXml())).text, '<xml><Content><![CDATA[x]]></Content></xml>');
  refused(await ask(plain, { ...signed(), nonce: 'x' }, asJson()));
  assert.equal(handled.length, 2);
});

test('in secure mode, a plain message is refused whatever its signature', async () => {
  refused(await ask(secure, signed(), asJson()));
  refused(await ask(secure, signed(), asXml()));
  // As in compatible mode: what is not encrypted is not looked at.
  const [query, body] = sealed(asJson({ Content: 'encrypted' }));
  assert.equal((await ask(secure, query, JSON.stringify({ ...JSON.parse(body), Content: 'forged', MsgId: '1' }))).text, 'success');
  assert.deepEqual(handled.map(({ Content }) => Content), ['encrypted']);
});

test('what is wrong is refused without a word, and told in the log without content', async () => {
  const [query, body] = sealed(asJson());
  const cases = {
    'msg_signature': [{ ...query, msg_signature: query.signature }, body],
    'no msg_signature': [signed(), body],
    'timestamp': [{ ...query, timestamp: '1' }, body],
    'another app': sealed(asJson(), { appid: OTHER_APPID }),
    'too old': sealed(asJson(), { timestamp: String(Number(now()) - 301) }),
    'too new': sealed(asJson(), { timestamp: String(Number(now()) + 320) }),
    'a body that is cut': [query, body.slice(0, -9)],
    'no object': [query, '[]'],
    'null': [query, 'null'],
    'nothing': [query, ''],
    'no Encrypt': [query, '{}'],
    'a list': [query, '{"Encrypt":[1]}'],
    'a plaintext of no format': sealed('plain text', { xml: false }),
    'a DOCTYPE': [query, `<!DOCTYPE xml [<!ENTITY a "${'a'.repeat(1000)}">]>${asXml()}`],
    'XML that is cut': [query, asXml().slice(0, -5)],
    'too large': [query, 'x'.repeat(256 * 1024 + 1)],
  };
  for (const name of Object.keys(cases)) {
    logged.length = 0;
    const answer = await ask(secure, ...cases[name]).catch((error) => error);
    // A body that is not read to its end may cost the connection before the answer is read.
    if (!(name === 'too large' && answer instanceof Error)) refused(answer);
    assert.equal(logged.length, 1, name);
    const text = JSON.stringify(logged);
    for (const secret of [TOKEN, KEY, 'oSynthetic', '你好', body.slice(40, 60)]) assert.ok(!text.includes(secret), text);
  }
  refused(await ask(secure, query, body, 'PUT'));
  assert.equal(handled.length, 0);
});

test('a message that comes again is answered as before and not handled again', async () => {
  let calls = 0;
  reply = () => ({ Content: String(++calls) });
  const text = asJson();
  for (let round = 0; round < 3; round++) {
    const answer = await ask(secure, ...sealed(text));
    assert.deepEqual(JSON.parse(unsealed(JSON.parse(answer.text))), { Content: '1' });
  }
  const event = JSON.stringify({ FromUserName: 'oSynthetic', CreateTime: 5, MsgType: 'event', Event: 'a' });
  await Promise.all([1, 2, 3].map(() => ask(secure, ...sealed(event))));
  assert.equal(handled.length, 2);
});

test('a failure of the handler is a 500, and the message can come again', async () => {
  const text = asJson();
  reply = () => {
    throw new TypeError('synthetic');
  };
  assert.deepEqual((await ask(secure, ...sealed(text))).status, 500);
  reply = () => null;
  assert.equal((await ask(secure, ...sealed(text))).text, 'success');
  assert.equal(handled.length, 2);
});

test('a text may hold the end of a CDATA section, there and back, and says no more than was meant', async () => {
  reply = ({ Content }) => ({ Content });
  for (const text of ['a]]>b', ']]>', ']]>]]>', ']]', 'a]]><Evil>b</Evil><![CDATA[', ']]]]><![CDATA[>']) {
    const answer = await ask(plain, signed(), JSON.stringify({ Content: text, MsgId: id() }));
    assert.deepEqual(JSON.parse(answer.text), { Content: text });
    // As WeChat writes it: a section that ends within the text goes on in a second one.
    const written = asXml().replace(/<Content>.*<\/Content>/, () => `<Content><![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]></Content>`);
    for (const [url, request] of [[plain, [signed(), written]], [secure, sealed(written)]]) {
      handled.length = 0;
      const { status, text: body } = await ask(url, ...request);
      assert.equal(status, 200, text);
      assert.equal(handled[0].Content, text);
      const xml = url === plain ? body : unsealed(Object.fromEntries(['Encrypt', 'MsgSignature', 'TimeStamp', 'Nonce'].map((name) => [name, element(body, name)])));
      // Read by hand: sections and nothing else, and together they are the text.
      const [, content] = /^<xml><Content>((?:<!\[CDATA\[(?:(?!\]\]>).)*\]\]>)+)<\/Content><\/xml>$/s.exec(xml);
      assert.equal([...content.matchAll(/<!\[CDATA\[(.*?)\]\]>/gs)].map(([, part]) => part).join(''), text);
    }
  }
});

/** What the server at an address answers to bytes, and how long it took; `more` is sent every 200 milliseconds. */
function exchanged(url, bytes, more) {
  return new Promise((resolve) => {
    const started = Date.now();
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    const drip = more === undefined ? undefined : setInterval(() => socket.write(more), 200);
    const limit = setTimeout(() => socket.destroy(), 6000);
    let text = '';
    socket.on('data', (data) => (text += data)).on('error', () => {}).on('close', () => {
      clearInterval(drip);
      clearTimeout(limit);
      resolve({ text, milliseconds: Date.now() - started });
    });
  });
}

test('the body of a stranger is not read, let alone parsed', async () => {
  const head = (query) => `POST /?${new URLSearchParams(query)} HTTP/1.1\r\nhost: x\r\ncontent-length: 250000\r\n\r\n`;
  for (const url of [secure, plain]) {
    const [query] = sealed(asXml());
    for (const wrong of [{ ...query, signature: '0'.repeat(40) }, { ...query, signature: query.msg_signature }, { msg_signature: query.msg_signature }, { ...query, timestamp: '1' }]) {
      const { text, milliseconds } = await exchanged(url, head(wrong));
      assert.match(text, /^HTTP\/1\.1 403 /);
      assert.match(text, /\r\nconnection: close\r\n/i);
      assert.ok(milliseconds < 5000, `${milliseconds} ms`);
    }
    assert.equal(logged.length, 4);
    logged.length = 0;
  }
  const control = await exchanged(secure, head(sealed(asXml())[0]));
  assert.deepEqual([control.text, control.milliseconds >= 6000], ['', true], 'what is signed is waited for');
});

test('a body that is too slow ends when the time limit says, not when Node looks next', async () => {
  const url = await start();
  const server = servers.at(-1);
  assert.deepEqual([server.requestTimeout, server.headersTimeout], [10_000, 5_000]);
  server.requestTimeout = server.headersTimeout = 1000;
  const query = new URLSearchParams(sealed(asXml())[0]);
  const { milliseconds } = await exchanged(url, `POST /?${query} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n<xml>`, 'x');
  assert.ok(milliseconds >= 1000 && milliseconds < 5000, `${milliseconds} ms`);
});

test('an address that is no URL is refused as all else', async () => {
  for (const address of ['//', 'http://[', '//[', '/%', '?', '*', '/#?', '//?signature=x', '/\\[']) {
    const { text } = await exchanged(secure, `GET ${address} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 40[03] /, address);
  }
  const { text } = await exchanged(secure, `GET //?${new URLSearchParams({ ...signed(), echostr: 'echo' })} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 200 [^]*echo/);
});

test('main.js starts with the settings of its README', async () => {
  const readme = readSource('examples/message-push/README.md');
  const [, command] = /\n(TOKEN=\S+ ENCODING_AES_KEY=\S+ APPID=\S+) npm start/.exec(readme);
  const settings = Object.fromEntries(command.split(' ').map((pair) => pair.split('=')));
  await withStarted(folder, settings, async (url) => {
    const query = fresh();
    const answer = await ask(`${url}/`, { ...query, signature: pushSignature(settings.TOKEN, query.timestamp, query.nonce), echostr: 'echo' });
    assert.equal(answer.text, 'echo');
  });
});
