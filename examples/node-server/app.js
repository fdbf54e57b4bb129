// The server of a mini-program: who is it, which phone number, which picture and name.
// 小程序的服务端：登录、手机号、头像、资料、加密通道。
//
// - The session_key never leaves this process, and no answer and no log line holds one.
//   session_key 只留在服务端，不下发、不写日志。
// - Whatever is wrong with encrypted data, the client gets one and the same answer; the log says more, without data.
//   解密失败时，无论原因，返回给客户端的内容完全相同；具体原因只写日志，且不含数据。
// - Pictures are kept on disk. All else is in memory, to be readable: use a database for users and something like Redis for sessions.
//   图片存在磁盘上；为了易读，其余状态都放在内存里，生产环境请换成数据库与 Redis。

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

import {
  OpenDataError,
  decryptPhoneNumber,
  decryptUserInfo,
  maskPhoneNumber,
  openChannel,
  parseAvatar,
  sealChannel,
} from 'weapp-opendata';

const MAX_JSON = 64 * 1024;
const MAX_PICTURE = 1024 * 1024;
const MAX_PICTURES = 1000;
/** As this server names them: nothing else is read from the folder. */
const PICTURE_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(png|jpeg|webp)$/;
const MAX_SESSIONS = 10_000;
/** Devices of one user: more logins than this end that user's oldest session, and nobody else's. / 每个用户的会话上限 */
const MAX_USER_SESSIONS = 10;
const SESSION_LIFETIME = 24 * 3600 * 1000;
/** For so long data may still come that was encrypted under the session_key before the present one. */
const FORMER_KEY_LIFETIME = 10 * 60 * 1000;
const MAX_NAME = 32;
/** How old a sealed order may be, or how far ahead: for so long its id is remembered. */
const ORDER_LIFETIME = 300 * 1000;
const MAX_ORDERS = 1000;
/** WeChat is not asked for a user's keys more often than this. */
const KEYS_INTERVAL = 10 * 1000;

/** WeChat's errcodes that are about what the client sent: a code that is wrong, late or used, a blocked user, a session that is over. */
const REFUSED = [40029, 40163, 40226, 87007, 87009];

/** What the client is told: a status and a word. Nothing else of an error leaves the server. */
class Refusal extends Error {
  constructor(status, word) {
    super(word);
    this.status = status;
  }
}

/**
 * @param {object} options
 * @param {string} options.appid of your mini-program
 * @param {Pick<import('weapp-opendata/server').Client, 'code2Session' | 'getPhoneNumber' | 'getUserEncryptKeys'>} options.wechat
 *   what `createClient` of weapp-opendata/server gives
 * @param {string} options.avatarFolder where pictures are kept; made if it is not there
 * @param {number} [options.maxAge] how old encrypted data may be, in seconds
 * @param {(entry: object) => void} [options.log]
 */
export function createApp({ appid, wechat, avatarFolder, maxAge = 300, log = (entry) => console.error(JSON.stringify(entry)) }) {
  /** openid -> {openid, keys, tokens, phone, nickName, avatar, uploaded, channelKeys, keysFetched, orders} */
  const users = new Map();
  /** token -> {user, expires} */
  const sessions = new Map();
  mkdirSync(avatarFolder, { recursive: true });
  /** Names of the pictures on disk, oldest first as far as this process knows. */
  const pictures = new Set(readdirSync(avatarFolder).filter((name) => PICTURE_NAME.test(name)));

  const routes = {
    'POST /login': login,
    'POST /phone': authorised(phone),
    'POST /avatar': authorised(avatar),
    'POST /profile': authorised(profile),
    'POST /order': authorised(order),
  };

  /** {code} from wx.login -> {token} */
  async function login(request) {
    const { code } = await readJson(request);
    if (typeof code !== 'string' || code === '' || code.length > 128) throw new Refusal(400, 'CODE_REFUSED');
    const session = await asked('login', () => wechat.code2Session(code), new Refusal(401, 'CODE_REFUSED'));
    const user = users.get(session.openid) || { openid: session.openid, keys: [], tokens: [], keysFetched: 0, orders: new Map() };
    // wx.login can replace the session_key while data encrypted under the one before is still on its way: that one is kept for a while.
    // wx.login 可能使旧的 session_key 失效，而用旧 key 加密的数据可能还在路上：旧 key 再保留一段时间。
    const [present] = user.keys;
    if (present?.sessionKey !== session.sessionKey) {
      const former = present && { ...present, until: Date.now() + FORMER_KEY_LIFETIME };
      user.keys = [{ sessionKey: session.sessionKey, until: Infinity }, ...(former ? [former] : [])];
    }
    users.set(user.openid, user);

    const token = randomBytes(32).toString('base64url');
    user.tokens.push(token);
    if (user.tokens.length > MAX_USER_SESSIONS) sessions.delete(user.tokens.shift());
    // A Map keeps the order of insertion: the first one is the oldest.
    if (sessions.size >= MAX_SESSIONS) sessions.delete(sessions.keys().next().value);
    sessions.set(token, { user, expires: Date.now() + SESSION_LIFETIME });
    return { token };
  }

  /** What the detail of getPhoneNumber holds: {code}, or {encryptedData, iv} from old clients -> {phone, region} */
  async function phone(request, user) {
    const body = await readJson(request);
    const { code } = body;
    if (code !== undefined && (typeof code !== 'string' || code === '' || code.length > 128)) throw new Refusal(400, 'DATA_REFUSED');
    // What the client sent is one argument, what the server decides the other: nothing in the body can loosen a check.
    // 客户端发来的是第一个参数，服务端的要求是第二个参数：请求体里的任何内容都不能放宽检查。
    const data =
      code !== undefined
        ? await asked('phone', () => wechat.getPhoneNumber(code, { maxAge }))
        : opened('phone', () => decryptPhoneNumber(body, { sessionKey: sessionKeys(user), appid, maxAge }));
    user.phone = data.phone.e164; // the form to store and to compare / 入库和比较都用这个格式
    return { phone: maskPhoneNumber(data.phone), region: data.phone.region };
  }

  /**
   * The bytes of a picture -> {avatarUrl}. The path of chooseAvatar itself means something on the user's phone only. One picture a
   * user is kept. / chooseAvatar 给出的路径只在用户的手机上有意义，所以要上传文件本身；每个用户只保留一张。
   */
  async function avatar(request, user) {
    const bytes = await readBody(request, MAX_PICTURE);
    const type = pictureType(bytes); // never what the client says it is / 不相信客户端声明的类型
    if (!type) throw new Refusal(415, 'PICTURE_REFUSED');
    const name = `${randomUUID()}.${type}`;
    const file = path.join(avatarFolder, name);
    // Under its name it is whole, whenever the process ends. / 先写临时文件再改名，文件不会只写了一半
    await writeFile(`${file}.part`, bytes, { flag: 'wx' });
    await rename(`${file}.part`, file);
    pictures.add(name);
    const former = user.uploaded;
    user.uploaded = name;
    await removePicture(former);
    // A Set keeps the order of insertion: the first one is the oldest.
    if (pictures.size > MAX_PICTURES) await removePicture(pictures.values().next().value);
    return { avatarUrl: `/avatars/${name}` };
  }

  async function removePicture(name) {
    if (pictures.delete(name)) await rm(path.join(avatarFolder, name), { force: true });
  }

  /** {nickName, avatarUrl?}, or {encryptedData, iv} of getUserProfile from old clients -> {nickName, avatarUrl, isAnonymous} */
  async function profile(request, user) {
    const body = await readJson(request);
    const isEncrypted = body.encryptedData !== undefined;
    const { isAnonymous, ...changes } = isEncrypted ? opened('profile', () => decryptedProfile(body, user)) : acceptedProfile(body, user);
    Object.assign(user, changes);
    return { nickName: user.nickName, avatarUrl: user.avatar, isAnonymous };
  }

  function decryptedProfile(body, user) {
    const data = decryptUserInfo(body, { sessionKey: sessionKeys(user), appid, maxAge });
    // The grey "微信用户" that everyone has is nobody's name. / 灰色默认资料不是用户的昵称
    if (data.isAnonymous) return { isAnonymous: true };
    // Who has no picture has an empty address. / 没有头像时地址为空
    return acceptedProfile({ nickName: data.nickName, avatarUrl: data.avatarUrl || undefined }, user);
  }

  /**
   * The one way in for names and pictures. Encryption shows where data is from only as long as the session_key is a secret, and others
   * will see both. / 昵称与头像的唯一入口：无论明文还是解密所得，检查完全相同。
   */
  function acceptedProfile({ nickName, avatarUrl }, user) {
    const name = typeof nickName === 'string' ? nickName.trim() : '';
    if (name === '' || name.length > MAX_NAME) throw new Refusal(400, 'NICKNAME_REFUSED');
    return { nickName: name, ...(avatarUrl === undefined ? {} : { avatar: acceptedAvatar(avatarUrl, user) }), isAnonymous: false };
  }

  /**
   * {sealed} -> {sealed}, under the keys of WeChat's encrypted network channel; inside {id, time, item} -> {id, bought}. The contexts
   * name direction, path and user, from what the server knows by itself; the user by the token, since the client knows no openid.
   * 加密通道：请求与回复都加密。context 写明方向、路径和用户，全部取自服务端自己掌握的信息。
   */
  async function order(request, user, token) {
    const { sealed } = await readJson(request);
    const text = await openSealed(user, sealed, `POST /order ${token}`);
    const { id, time, item } = parsed(text);
    if (typeof id !== 'string' || id.length > 64 || typeof time !== 'number' || typeof item !== 'number') throw new Refusal(400, 'DATA_REFUSED');
    // A sealed text opens as often as it is sent: an old one is refused, a young one remembered. / 防重放：过期的拒绝，未过期的记住 id
    const now = Date.now();
    if (!(Math.abs(now - time) <= ORDER_LIFETIME)) throw new Refusal(400, 'DATA_REFUSED');
    for (const [known, until] of user.orders) if (until < now) user.orders.delete(known);
    if (user.orders.has(id)) throw new Refusal(409, 'SENT_AGAIN');
    if (user.orders.size >= MAX_ORDERS) throw new Refusal(429, 'TOO_MANY');
    user.orders.set(id, time + ORDER_LIFETIME);
    const newest = user.channelKeys.reduce((one, other) => (other.version > one.version ? other : one));
    return { sealed: sealChannel(JSON.stringify({ id, bought: item }), { key: newest, context: `answer POST /order ${token}` }) };
  }

  /** With the keys at hand, and if the text names another, with those that WeChat has now. / 密钥版本不符时重新获取一次 */
  async function openSealed(user, sealed, context) {
    const open = () => openChannel(sealed, { key: user.channelKeys, context });
    if (user.channelKeys) {
      try {
        return open();
      } catch (error) {
        if (error.reason !== 'KEY_VERSION' || Date.now() - user.keysFetched < KEYS_INTERVAL) return opened('order', open);
      }
    }
    user.keysFetched = Date.now();
    user.channelKeys = await asked('order', () => wechat.getUserEncryptKeys(user.openid, user.keys[0].sessionKey));
    return opened('order', open);
  }

  function acceptedAvatar(url, user) {
    if (user.uploaded && url === `/avatars/${user.uploaded}`) return url;
    const avatar = opened('avatar', () => parseAvatar(url));
    // http://tmp/… looks like a web address and is a file of one device. / http://tmp/… 看起来像网址，其实是某台设备上的临时文件
    if (avatar.needsUpload) throw new Refusal(400, 'AVATAR_NOT_UPLOADED');
    if (avatar.kind !== 'wechat') throw new Refusal(400, 'AVATAR_REFUSED');
    return avatar.url;
  }

  /** The present session_key, then the one before if that was not long ago. / 当前的 session_key，以及不久前的旧 key */
  function sessionKeys(user) {
    user.keys = user.keys.filter(({ until }) => until > Date.now());
    return user.keys.map(({ sessionKey }) => sessionKey);
  }

  /** Runs what may refuse the client's data. One answer for all failures; the log has the cause, and no data. */
  function opened(at, run) {
    try {
      return run();
    } catch (error) {
      if (error instanceof OpenDataError) log({ at, code: error.code, reason: error.reason, hint: error.hint });
      else if (error instanceof Refusal) log({ at, reason: error.message });
      else throw error;
      throw new Refusal(400, 'DATA_REFUSED');
    }
  }

  /**
   * The same with WeChat in it. When WeChat is busy or cannot be reached, that is no fault of the client's, which may try again with a
   * new code. / 微信繁忙或无法连接不是客户端的错：返回 502，客户端可换新的 code 重试。
   */
  async function asked(at, run, refusal = new Refusal(400, 'DATA_REFUSED')) {
    try {
      return await run();
    } catch (error) {
      const { name, code, errcode, reason, hint } = error;
      const isOurs = error instanceof OpenDataError;
      log(isOurs ? { at, code, errcode, reason, hint } : { at, error: name });
      const isRefused = isOurs && (code !== 'WECHAT_ERROR' || REFUSED.includes(errcode));
      throw isRefused ? refusal : new Refusal(502, 'WECHAT_FAILED');
    }
  }

  function authorised(handler) {
    return (request) => {
      const token = /^Bearer ([\w-]{43})$/.exec(request.headers.authorization || '');
      const session = token && sessions.get(token[1]);
      if (!session || session.expires < Date.now()) {
        if (session) sessions.delete(token[1]);
        throw new Refusal(401, 'LOGIN_FIRST');
      }
      return handler(request, session.user, token[1]);
    };
  }

  async function respond(request, response) {
    try {
      // As it came: what is no path of this server's is not there, however odd. / 不解析 URL：不认识的路径一律 404
      const [pathname] = request.url.split('?');
      const name = request.method === 'GET' && pathname.startsWith('/avatars/') && pathname.slice('/avatars/'.length);
      if (pictures.has(name)) {
        const bytes = await readFile(path.join(avatarFolder, name));
        response.writeHead(200, { 'content-type': `image/${path.extname(name).slice(1)}`, 'x-content-type-options': 'nosniff' }).end(bytes);
        return;
      }
      const handler = Object.hasOwn(routes, `${request.method} ${pathname}`) && routes[`${request.method} ${pathname}`];
      if (!handler) throw new Refusal(404, 'NOT_FOUND');
      sendJson(response, 200, await handler(request));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'SERVER_ERROR');
      if (refusal !== error) log({ at: 'server', error: error.name });
      // What is left of the body is not read. / 剩余的请求体不再读取
      if (!request.complete) response.setHeader('connection', 'close');
      sendJson(response, refusal.status, { error: refusal.message });
    }
  }

  // Without the third, Node looks for what is too slow every 30 seconds only. / 默认每 30 秒才检查一次超时
  return createServer({ requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 1000 }, respond);
}

function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

function readBody(request, limit) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let length = 0;
    request.on('data', (chunk) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
      } else {
        request.pause();
        reject(new Refusal(413, 'TOO_LARGE'));
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new Refusal(400, 'INCOMPLETE')));
  });
}

async function readJson(request) {
  if (!/^application\/json\b/i.test(request.headers['content-type'] || '')) throw new Refusal(415, 'JSON_EXPECTED');
  const text = (await readBody(request, MAX_JSON)).toString();
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'JSON_EXPECTED');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(400, 'JSON_EXPECTED');
  return value;
}

/** A sealed text comes from the user's client, which may write anything. */
function parsed(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new Refusal(400, 'DATA_REFUSED');
  }
}

/** By the first bytes. */
function pictureType(bytes) {
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'webp';
  return null;
}
