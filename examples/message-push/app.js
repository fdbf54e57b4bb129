// A server for WeChat's message push. / 微信消息推送服务端
//
// - In secure mode nothing is believed that msg_signature does not cover, and a message in plain mode is refused: the plain
//   signature covers timestamp and nonce only, so whoever saw one request could send any message with it.
//   安全模式下只相信 msg_signature 覆盖的内容，并拒绝明文消息：明文的 signature 不覆盖包体，见过一次请求的人就能伪造任意消息。
// - A message that comes again is not handled again: it gets the answer that it got before.
//   重复推送的消息不会再次处理，直接返回上一次的应答。
// - Whatever is wrong, the sender is told the same; the log says more, without content.
//   无论什么原因，返回都一样；具体原因只写日志，且不含内容。

import { createServer } from 'node:http';

import { MessagePush, OpenDataError } from 'weapp-opendata';

import { formatOf } from './envelope.js';

const MAX_BODY = 256 * 1024;
const MAX_REMEMBERED = 10_000;

/** Says why in the log, and nothing to the sender. */
class Refusal extends Error {}

/**
 * @param {object} options
 * @param {string} options.token
 * @param {string} options.encodingAESKey
 * @param {string} options.appid
 * @param {'secure' | 'plain'} [options.mode] as set in WeChat's console; compatible mode (兼容模式) is `secure` here
 * @param {number} [options.maxAge] seconds that a request may be old; WeChat documents no limit, this one is ours
 * @param {(message: object) => object | null | Promise<object | null>} options.handle
 *   gets a message and gives the reply, or null for none
 * @param {(entry: object) => void} [options.log]
 */
export function createApp({
  token,
  encodingAESKey,
  appid,
  mode = 'secure',
  maxAge = 300,
  handle,
  log = (entry) => console.error(JSON.stringify(entry)),
}) {
  const push = new MessagePush({ token, encodingAESKey, appid });
  /** what tells a message from others -> a promise of the answer */
  const answers = new Map();

  async function respond(request, response) {
    try {
      // WeChat adds its parameters to whatever address was set, so the path is not looked at. / 路径不作检查
      const searchParams = new URLSearchParams(request.url.split('?').slice(1).join('?'));
      const query = Object.fromEntries(searchParams);
      for (const name of ['signature', 'timestamp', 'nonce', 'msg_signature', 'echostr']) {
        if (searchParams.getAll(name).length > 1) throw new Refusal(`${name} stands twice`);
      }
      if (request.method === 'GET') send(response, 'text/plain; charset=utf-8', verified(query));
      else if (request.method === 'POST') await receive(request, response, query);
      else throw new Refusal('method');
    } catch (error) {
      const known = error instanceof OpenDataError || error instanceof Refusal || error instanceof SyntaxError;
      log({ at: request.method, error: error.name, code: error.code, reason: error.reason, why: error instanceof Refusal ? error.message : undefined, hint: error.hint });
      if (!request.complete) response.setHeader('connection', 'close');
      response.writeHead(known ? 403 : 500, { 'content-type': 'text/plain' }).end('');
    }
  }

  /** URL verification: WeChat asks once, when the address is set. / 配置 URL 时的验证请求 */
  function verified(query) {
    checkPlain(query);
    if (typeof query.echostr !== 'string') throw new Refusal('no echostr');
    return query.echostr;
  }

  /** In secure mode too: it comes with the address, before the body. / 两种模式都先验证 signature，再读取包体 */
  function checkPlain(query) {
    if (!push.verify(query)) throw new Refusal('signature');
    checkAge(query.timestamp);
  }

  function checkAge(timestamp) {
    if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= maxAge)) throw new Refusal('timestamp');
  }

  async function receive(request, response, query) {
    // Reading and parsing cost time, which is not for strangers. / 未通过验证的请求不读取、不解析
    checkPlain(query);
    const body = await readBody(request);
    const secure = mode === 'secure';
    let text = body;
    if (secure) text = push.decrypt(parsed(body).Encrypt, query);
    const message = parsed(text);
    const format = formatOf(text);
    const reply = await once(message);
    if (!reply) send(response, 'text/plain', 'success');
    else if (!secure) send(response, format.type, format.write(reply));
    else send(response, format.type, format.write(push.encrypt(format.write(reply))));
  }

  /** Runs `handle` once for each message, however often it comes. What failed can be tried again. */
  function once(message) {
    // Event messages have no MsgId. / 事件消息没有 MsgId
    const id = JSON.stringify([message.FromUserName, message.CreateTime, message.MsgId, message.Event]);
    if (!answers.has(id)) {
      // A Map keeps the order of insertion: the first one is the oldest.
      if (answers.size >= MAX_REMEMBERED) answers.delete(answers.keys().next().value);
      const answer = (async () => handle(message))();
      answers.set(id, answer);
      answer.catch(() => answers.delete(id));
    }
    return answers.get(id);
  }

  // Without the third, Node looks for what is too slow every 30 seconds only. / 默认每 30 秒才检查一次超时
  return createServer({ requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 1000 }, respond);
}

function parsed(text) {
  let value;
  try {
    value = formatOf(text).parse(text);
  } catch {
    throw new Refusal('neither JSON nor XML');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal('no message');
  return value;
}

function send(response, type, text) {
  response.writeHead(200, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text);
}

function readBody(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let length = 0;
    request.on('data', (chunk) => {
      length += chunk.length;
      if (length <= MAX_BODY) {
        chunks.push(chunk);
      } else {
        request.pause();
        reject(new Refusal('too large'));
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('error', () => reject(new Refusal('incomplete')));
  });
}
