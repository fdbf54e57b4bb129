// Web addresses as avatars, beside the URL parser that browsers and Node share: what `parseAvatar` calls remote or WeChat's must be
// what `new URL` sees there, and nothing may pass for WeChat's that leads elsewhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { importInstalled } from '../support/installed.mjs';
import { seeded } from '../support/prng.mjs';

const { parseAvatar } = await importInstalled();

const PIECES = [
  'http', 'https', 'HTTPS', ':', '//', '/', '\\', '\\\\', '@', 'user', 'user:pass@', 'thirdwx.qlogo.cn', 'wx.qlogo.cn', 'WX.qlogo.CN', 'mmbiz.qpic.cn',
  'evil.example', '.', '..', ':80', ':443', ':8443', ':', ':0', '?', '#', '/mmopen/vi_32/abc/132', '/132', '%2e', '%2F', '%40', '%00', '\t', '\n', ' ', '\u0000',
  '\u3002', '\uff0e', 'ｗｘ', '微信', 'xn--', '[::1]', '127.0.0.1', '0x7f.1', '2130706433', 'tmp', '__tmp__', 'localhost', '=', '&', ';', ',', "'", '"', '|', '{', '\u00ad', '\u200d', 'ß',
];
const WECHAT_HOSTS = ['thirdwx.qlogo.cn', 'wx.qlogo.cn', 'mmbiz.qpic.cn'];
const urlOf = (text) => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

test('300,000 addresses made of what matters are read as `new URL` reads them', () => {
  const random = seeded(20261121);
  const counts = {};
  for (let i = 0; i < 300000; i++) {
    const length = 1 + random.below(7);
    const start = random.below(3) === 0 ? '' : ['http://', 'https://', 'HTTPS://'][random.below(3)];
    let text = start;
    for (let n = 0; n < length; n++) text += PIECES[random.below(PIECES.length)];
    const avatar = parseAvatar(text);
    counts[avatar.kind] = (counts[avatar.kind] || 0) + 1;
    const url = urlOf(text);
    if (avatar.kind === 'wechat' || avatar.kind === 'remote') {
      assert.ok(url && (url.protocol === 'https:' || url.protocol === 'http:'), text);
      assert.equal(url.username + url.password, '', text);
      const canonical = new URL(avatar.url);
      // The canonical form leads where the text leads, save that WeChat's own pictures are fetched over https.
      if (avatar.kind === 'wechat') url.protocol = 'https:';
      assert.equal(canonical.href, url.href, text);
      assert.equal(canonical.host, url.host, text);
    }
    if (avatar.kind === 'wechat') assert.ok(WECHAT_HOSTS.includes(url.host), text);
  }
  // Each kind of outcome has to occur, or nothing was compared.
  assert.ok(counts.wechat > 500 && counts.remote > 5000 && counts.unknown > 50000, JSON.stringify(counts));
});

test('plain addresses of WeChat pictures are recognised', () => {
  const random = seeded(7);
  for (let i = 0; i < 20000; i++) {
    const token = Array.from({ length: 1 + random.below(80) }, () => 'abcXYZ019_-'[random.below(11)]).join('');
    const size = [0, 46, 64, 96, 132][random.below(5)];
    const host = WECHAT_HOSTS[random.below(2)];
    const path = `/mmopen/vi_32/${token}/${size}`;
    const avatar = parseAvatar(`http${random.below(2) ? 's' : ''}://${host}${path}`);
    assert.equal(avatar.kind, 'wechat');
    assert.equal(avatar.url, new URL(`https://${host}${path}`).href);
    assert.equal(avatar.size, size || 640);
  }
});
