// The part of WeChat's cloud that wx-server-sdk's getOpenData asks: the SDK is the real one, this answers its HTTP request. The messages
// are protocol buffers; their numbers are those of wx-server-sdk 4.0.2.

import http from 'node:http';

import { readUnsigned } from '../../support/leb128.mjs';

/** The fields of a message, in order: [number, bytes or integer]. */
function* fieldsOf(bytes) {
  let at = 0;
  const integer = () => {
    const [value, end] = readUnsigned(bytes, at);
    at = end;
    return value;
  };
  while (at < bytes.length) {
    const tag = integer();
    const value = integer();
    if ((tag & 7) === 0) {
      yield [tag >> 3, value];
    } else {
      yield [tag >> 3, bytes.subarray(at, at + value)];
      at += value;
    }
  }
}

const all = (bytes, number) => [...fieldsOf(bytes)].filter(([each]) => each === number).map(([, value]) => value);

/** Negative ones are written as if of 64 bits. */
function integer(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

const field = (number, value) => Buffer.concat([integer(number * 8 + 2), integer(Buffer.byteLength(value)), Buffer.from(value)]);

/**
 * Starts it. `answers` says what a CloudID holds, for the user who calls: an object as WeChat documents it, or a number, which the
 * service refuses the whole request with.
 * @param {(cloudID: string, openid: string) => object | number} answers
 */
export async function startWeChatCloud(answers) {
  const asked = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, boundary] = /boundary=(.*)$/.exec(request.headers['content-type']);
    const parts = {};
    for (const part of Buffer.concat(chunks).toString('latin1').split(`--${boundary}`)) {
      const [, name, value] = /name="(\w+)"[^]*?\r\n\r\n([^]*)\r\n$/.exec(part) || [];
      if (name) parts[name] = value;
    }
    const { action, apiName, requestData, wxCloudApiToken: openid } = parts;
    const [svrkit] = all(Buffer.from(requestData, 'latin1'), 4);
    const cloudIDs = all(all(svrkit, 2)[0], 2).map(String);
    asked.push({ action, apiName, cloudIDs, openid });
    const items = cloudIDs.map((cloudID) => [cloudID, answers(cloudID, openid)]);
    const refusal = items.find(([, value]) => typeof value === 'number');
    const list = items.map(([cloudID, value]) => field(1, Buffer.concat([field(1, cloudID), field(2, JSON.stringify(value))])));
    response.end(refusal ? Buffer.concat([integer(3 * 8), integer(refusal[1])]) : field(1, Buffer.concat(list)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/admin`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
