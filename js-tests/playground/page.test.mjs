// The page as its user has it: paste, read, switch the language, clear.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { seal } from '../fixtures.mjs';
import { packageFolder } from '../support/installed.mjs';
import { fill, insideOf, official, paste, shown, sourceOf, withPlayground } from './support.mjs';

const shared = withPlayground();
const { encryptedData, iv, sessionKey, appid } = official;
const plain = JSON.parse(official.plaintext);
const all = { encryptedData, iv, session_key: sessionKey, appid };
const STALE = 'AAAAAAAAAAAAAAAAAAAAAA==';
const ZH = { locale: 'zh-CN' };

const key = Buffer.from(sessionKey, 'base64');
const now = () => Math.floor(Date.now() / 1000);
/** Synthetic data under the sample's key. */
const sealed = (data) => {
  const { encryptedData, iv: text } = seal(JSON.stringify(data), key, Buffer.from(iv, 'base64'));
  return { encryptedData, iv: text, session_key: sessionKey, appid };
};
const stamped = (data, timestamp = now()) => sealed({ ...data, watermark: { timestamp, appid } });

test("WeChat's sample: loaded, opened, and nothing was asked of anyone after the page", () =>
  shared.open(async ({ page, inside, requests, context }) => {
    await inside.click('#sample');
    const { state, verdict, object, repairs, outcome } = await shown(inside);
    assert.equal(state, 'opened');
    assert.match(verdict, /It opens\./);
    assert.deepEqual(JSON.parse(object), plain);
    assert.deepEqual(repairs, []);
    assert.match(outcome, /24 Oct 2016, 13:03:07 · \d+ years ago · 1477314187/);
    assert.match(outcome, /None were needed\./);
    // Offline it goes on as before.
    await context.setOffline(true);
    await fill(inside, { sessionKeys: STALE });
    assert.equal((await shown(inside)).state, 'failed');
    await fill(inside, { sessionKeys: sessionKey });
    assert.equal((await shown(inside)).state, 'opened');
    assert.deepEqual(requests, [shared.playground.url, `${shared.playground.url}page`]);
    assert.equal(page.url(), shared.playground.url);
  }));

test('pasted in one piece, it fills the fields', () =>
  shared.open(async ({ inside }) => {
    for (const text of [JSON.stringify(all), JSON.stringify(JSON.stringify(all)), encodeURIComponent(JSON.stringify(all)), `encryptedData: '${encryptedData}', iv: '${iv}', sessionKey: '${sessionKey}', appid: '${appid}'`]) {
      await paste(inside, text);
      const { state, object, read } = await shown(inside);
      assert.equal(state, 'opened', text.slice(0, 20));
      assert.equal(read, 'Found: encryptedData, iv, session_key, appid.');
      assert.deepEqual(JSON.parse(object), plain);
      for (const [id, value] of Object.entries({ encryptedData, iv, sessionKeys: sessionKey, appid })) assert.equal(await inside.inputValue(`#${id}`), value);
      await inside.click('#clear');
    }
    await paste(inside, JSON.stringify({ encryptedData, iv }));
    assert.match((await shown(inside)).verdict, /Still needed: session_key\./);
    await paste(inside, 'nothing');
    assert.match((await shown(inside)).read, /Nothing known/);
  }));

test('typed with the keyboard alone', () =>
  shared.open(async ({ page, inside }) => {
    await inside.focus('#paste');
    await page.keyboard.insertText(JSON.stringify(all));
    await inside.waitForSelector('#verdict[data-state=opened]');
    await page.keyboard.press('Tab');
    assert.equal(await inside.evaluate(() => document.activeElement.id), 'sample');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal((await shown(inside)).state, 'empty');
    assert.equal(await inside.evaluate(() => document.activeElement.id), 'paste');
  }));

test('a stale key is told in both languages', async () => {
  await shared.open(async ({ inside }) => {
    await paste(inside, JSON.stringify({ ...all, session_key: STALE }));
    const english = await shown(inside);
    assert.equal(english.state, 'failed');
    assert.match(english.verdict, /It does not open\./);
    assert.match(english.outcome, /DECRYPT_FAILED[^]*-41003/);
    assert.match(english.notes[0], /stale: wx\.login ran again/);
    assert.doesNotMatch(english.outcome, /[\u3400-\u9fff]/);
    assert.equal(english.object, undefined);
    await inside.click('#zh');
    const chinese = await shown(inside);
    assert.match(chinese.verdict, /解不开/);
    assert.match(chinese.notes[0], /又调用了 wx\.login/);
    assert.match(chinese.outcome, /通常是 session_key 已过期/);
    assert.equal(await inside.getAttribute('html', 'lang'), 'zh-CN');
    assert.equal(await inside.getAttribute('#zh', 'aria-pressed'), 'true');
  });
  await shared.open(async ({ inside }) => {
    assert.equal(await inside.getAttribute('html', 'lang'), 'zh-CN');
    await paste(inside, JSON.stringify({ ...all, iv: sessionKey, session_key: iv }));
    assert.match((await shown(inside)).notes[0], /^session_key 与 iv 传反了/);
  }, ZH);
});

test('repairs are named; strict refuses them', () =>
  shared.open(async ({ inside }) => {
    await paste(inside, JSON.stringify({ ...all, encryptedData: encryptedData.replaceAll('+', ' '), iv: iv.replace(/=+$/, '') }));
    const mended = await shown(inside);
    assert.equal(mended.state, 'opened');
    assert.deepEqual(mended.repairs, ['LOST_PLUS', 'MISSING_PADDING']);
    assert.match(mended.outcome, /Put right before decryption/);
    await inside.click('#more summary');
    await fill(inside, { strict: true });
    const strict = await shown(inside);
    assert.equal(strict.state, 'failed');
    assert.match(strict.outcome, /strict forbids/);
    await inside.click('#zh');
    assert.match((await shown(inside)).outcome, /「\+」变成了空格/);
  }));

test('other checks: app, age, watermark, several keys', () =>
  shared.open(async ({ inside }) => {
    await paste(inside, JSON.stringify({ ...all, appid: 'wx0123456789abcdef' }));
    const other = await shown(inside);
    assert.equal(other.state, 'refused');
    assert.match(other.outcome, /APPID_MISMATCH[^]*wx4f4bc4dec97d474b \(not the expected one\)[^]*must not use it/);
    await fill(inside, { appid: '' });
    const anyApp = await shown(inside);
    assert.equal(anyApp.state, 'opened');
    assert.match(anyApp.outcome, /not compared with any appid/);
    await inside.click('#more summary');
    await fill(inside, { appid: `wx0123456789abcdef, ${appid}`, maxAge: '300' });
    const old = await shown(inside);
    assert.equal(old.state, 'refused');
    assert.match(old.outcome, /WATERMARK_EXPIRED/);
    await fill(inside, { maxAge: 'soon' });
    assert.match((await shown(inside)).outcome, /INVALID_ARGUMENT/);
    await fill(inside, { maxAge: '', sessionKeys: `${STALE}\n\n${sessionKey}\n` });
    const second = await shown(inside);
    assert.equal(second.state, 'opened');
    assert.match(second.notes[0], /Session key 2 of 2 opens the data/);
    await inside.click('#clear');
    await paste(inside, JSON.stringify(sealed({ stepInfoList: [{ timestamp: 1, step: 2 }] })));
    const bare = await shown(inside);
    assert.equal(bare.state, 'refused');
    assert.match(bare.outcome, /WATERMARK_MISSING[^]*ABSENT/);
    await fill(inside, { optional: true });
    assert.equal((await shown(inside)).state, 'opened');
    await paste(inside, JSON.stringify(stamped({ a: 1 }, now() + 86400)));
    const future = await shown(inside);
    assert.match(future.outcome, /WATERMARK_IN_FUTURE/);
    assert.deepEqual(JSON.parse(future.object).a, 1);
  }));

test('texts that are no key, no iv, no base64', () =>
  shared.open(async ({ inside }) => {
    for (const [fields, code, reason] of [
      [{ sessionKeys: '0123456789abcdef0123456789abcdef' }, 'ILLEGAL_SESSION_KEY', 'HEXADECIMAL'],
      [{ iv: 'AAAA' }, 'ILLEGAL_IV', 'WRONG_LENGTH'],
      [{ encryptedData: '!!!' }, 'ILLEGAL_BASE64', 'ILLEGAL_CHARACTER'],
      [{ encryptedData: 'AAAA' }, 'ILLEGAL_BUFFER', 'WRONG_LENGTH'],
      [{ sessionKeys: Array(9).fill(STALE).join('\n') }, 'INVALID_ARGUMENT', 'TOO_MANY'],
    ]) {
      await inside.click('#sample');
      await fill(inside, fields);
      const { state, outcome } = await shown(inside);
      assert.equal(state, 'failed', code);
      assert.ok(outcome.includes(code) && outcome.includes(reason), outcome);
    }
  }));

test('phone number, avatar and signature are looked at', () =>
  shared.open(async ({ inside }) => {
    await paste(inside, JSON.stringify(stamped({ phoneNumber: '13580006666', purePhoneNumber: '13580006666', countryCode: '86' })));
    assert.match((await shown(inside)).outcome, /\+8613580006666\s+region\s+CN\s+type\s+MOBILE\s+assigned\s+yes\s+safe to show\s+\+86 135\*\*\*\*6666/);
    const rawData = '{"nickName":"张三"}';
    const signature = createHash('sha1').update(rawData + sessionKey).digest('hex');
    await paste(inside, JSON.stringify({ ...stamped({ nickName: '张三', avatarUrl: 'http://tmp/abc.jpeg' }), rawData, signature }));
    const signed = await shown(inside);
    assert.match(signed.outcome, /temporary[^]*has to be uploaded\s+yes/);
    assert.match(signed.outcome, /Signature of rawData\s+It matches\./);
    await fill(inside, { rawData: '{"nickName": "张三"}' });
    assert.match((await shown(inside)).outcome, /It does not match\./);
  }));

test('answers of WeChat that are not encrypted', () =>
  shared.open(async ({ inside }) => {
    await paste(inside, JSON.stringify({ detail: { errMsg: 'getPhoneNumber:ok', code: '0123456789abcdef0123456789abcdef' } }));
    const code = await shown(inside);
    assert.equal(code.state, 'code');
    assert.match(code.outcome, /getuserphonenumber/);
    const phone_info = { phoneNumber: '13580006666', purePhoneNumber: '13580006666', countryCode: 86, watermark: { timestamp: now(), appid } };
    await paste(inside, JSON.stringify({ errcode: 0, errmsg: 'ok', phone_info }));
    const phone = await shown(inside);
    assert.equal(phone.state, 'opened');
    assert.match(phone.verdict, /not encrypted/);
    assert.match(phone.outcome, /\+8613580006666/);
    await paste(inside, JSON.stringify({ errcode: 40029, errmsg: 'invalid code' }));
    const failed = await shown(inside);
    assert.match(failed.outcome, /WECHAT_ERROR[^]*40029[^]*invalid code/);
    await paste(inside, JSON.stringify({ cloudID: 'x', data: { stepInfoList: [], watermark: { timestamp: now(), appid } } }));
    assert.equal((await shown(inside)).state, 'opened');
  }));

test('what is in the data stays text', () =>
  shared.open(async ({ page, inside }) => {
    const dialogs = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      dialog.dismiss();
    });
    const hostile = '</script></code><img src=x onerror="alert(1)"><script>alert(1)</script><style>*{display:none}</style>&lt;b&gt;';
    const data = { [hostile]: hostile, nickName: hostile, purePhoneNumber: hostile, countryCode: hostile, avatarUrl: `javascript:${hostile}`, turned: 'a\u202eb\u200b\u2066c' };
    await paste(inside, JSON.stringify(sealed({ ...data, watermark: { appid: hostile, timestamp: 1 } })));
    for (const fields of [{}, { appid: '' }, { appid: hostile }]) {
      await fill(inside, fields);
      const { object, state } = await shown(inside);
      assert.ok(['refused', 'opened'].includes(state));
      assert.deepEqual(JSON.parse(object).nickName, hostile);
      // The same text, with what cannot be seen written as escapes.
      assert.ok(object.includes('a\\u202eb\\u200b\\u2066c'));
      assert.equal(JSON.parse(object).turned, data.turned);
      const names = await inside.evaluate(() => [...new Set([...document.querySelectorAll('#outcome *')].map((one) => one.localName))].sort());
      for (const name of names) assert.ok(['button', 'code', 'dd', 'dl', 'dt', 'h3', 'li', 'p', 'pre', 'span', 'ul'].includes(name), name);
    }
    await paste(inside, JSON.stringify({ errcode: 1, errmsg: hostile }));
    assert.ok((await shown(inside)).outcome.includes('<script>alert(1)</script>'));
    await paste(inside, hostile);
    assert.deepEqual(dialogs, []);
    assert.equal(await inside.evaluate(() => document.scripts.length), 3);
  }));

test('large data, and deep data', () =>
  shared.open(async ({ inside }) => {
    await paste(inside, JSON.stringify(stamped({ list: Array.from({ length: 10000 }, (_, index) => ({ timestamp: index, step: index })) })));
    const { state, object } = await shown(inside);
    assert.equal(state, 'opened');
    assert.equal(JSON.parse(object).list.length, 10000);
    await paste(inside, JSON.stringify({ ...all, encryptedData: 'A'.repeat(1048580) }));
    assert.match((await shown(inside)).outcome, /TOO_LONG/);
  }));

test('the copy is the object', () =>
  shared.open(async ({ page, inside }) => {
    await inside.click('#sample');
    await inside.click('#copy');
    await inside.waitForFunction(() => document.querySelector('.copied').textContent !== '');
    assert.equal(await inside.textContent('.copied'), 'Copied.');
    const object = await inside.textContent('#object');
    await inside.click('#more summary');
    await inside.focus('#rawData');
    await page.keyboard.press('Control+V');
    assert.equal(await inside.inputValue('#rawData'), object);
  }));

test('nothing is kept', () =>
  shared.open(async ({ page, inside, context }) => {
    const empty = async (frame) => assert.deepEqual(await frame.evaluate(() => [...document.querySelectorAll('textarea, input:not([type=checkbox])')].map((field) => field.value).join('')), '');
    const leave = async () => {
      await paste(inside, JSON.stringify(all));
      assert.equal((await shown(inside)).state, 'opened');
      await inside.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    };
    await leave();
    await empty(inside);
    assert.equal((await shown(inside)).object, undefined);
    await paste(inside, JSON.stringify(all));
    await page.goto('about:blank');
    await page.goBack();
    const back = await insideOf(page);
    await empty(back);
    assert.equal((await shown(back)).object, undefined);
    await paste(back, JSON.stringify(all));
    await page.reload();
    await empty(await insideOf(page));
    assert.deepEqual(await context.cookies(), []);
    const storage = await (await insideOf(page)).evaluate(() => ['localStorage', 'sessionStorage', 'indexedDB', 'caches'].map((name) => {
      try {
        return name === 'indexedDB' ? String(indexedDB.open('x').error) : String(window[name]);
      } catch (error) {
        return error.name;
      }
    }));
    assert.deepEqual(storage, ['SecurityError', 'SecurityError', 'SecurityError', 'SecurityError']);
    assert.deepEqual(await context.storageState(), { cookies: [], origins: [] });
  }));

test('fields are labelled, and no service may see what is typed', () =>
  shared.open(async ({ inside }) => {
    const fields = await inside.evaluate(() => [...document.querySelectorAll('input, textarea')].map((field) => ({
      id: field.id, label: field.labels[0]?.textContent, name: field.name, form: field.form,
      described: (field.getAttribute('aria-describedby') || '').split(' ').filter(Boolean).every((id) => document.getElementById(id)),
      ...Object.fromEntries(['autocomplete', 'spellcheck', 'autocapitalize', 'writingsuggestions'].map((name) => [name, field.getAttribute(name)])),
    })));
    assert.equal(fields.length, 10);
    for (const { id, label, described, ...rest } of fields) {
      assert.ok(label?.trim(), id);
      assert.ok(described, id);
      assert.deepEqual(rest, { name: '', form: null, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', writingsuggestions: 'false' }, id);
    }
    assert.equal(await inside.getAttribute('html', 'translate'), 'no');
    assert.deepEqual(await inside.evaluate(() => [...document.querySelectorAll('[role=status]')].map(({ id }) => id)), ['read', 'verdict']);
    const unnamed = await inside.evaluate(() => [...document.querySelectorAll('button, summary')].filter((one) => one.textContent.trim() === '').length);
    assert.equal(unnamed, 0);
  }));

test('it fits a phone', async () => {
  for (const width of [320, 390]) {
    await shared.open(async ({ inside }) => {
      await inside.click('#sample');
      await inside.click('.failures summary');
      const size = await inside.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.deepEqual(size, [width, width]);
      const top = () => inside.evaluate(() => document.querySelector('#verdict').getBoundingClientRect().top);
      await inside.evaluate(() => scrollTo(0, 0));
      await inside.click('#sample');
      await inside.waitForFunction(() => document.querySelector('#verdict').getBoundingClientRect().top < innerHeight / 2);
      assert.ok((await top()) < 400);
    }, { viewport: { width, height: 800 }, reducedMotion: 'reduce', ...ZH });
  }
});

test('texts can be read: contrast of 4.5 and more, light and dark', () => {
  const css = sourceOf('page.css');
  const light = /:root \{([^}]*)\}/.exec(css)[1];
  const dark = /prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/.exec(css)[1];
  const colours = (block) => Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]));
  const luminance = (colour) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  for (const block of [light, dark]) {
    const of = colours(block);
    for (const [ink, paper] of [['ink', 'paper'], ['ink', 'card'], ['ink', 'field'], ['soft', 'card'], ['soft', 'paper'], ['on-accent', 'accent'], ['good', 'good-paper'], ['bad', 'bad-paper'], ['warn', 'warn-paper'], ['warn', 'card'], ['string', 'paper'], ['value', 'paper']]) {
      assert.ok(contrast(of[ink], of[paper]) >= 4.5, `${ink} on ${paper}: ${contrast(of[ink], of[paper])}`);
    }
    assert.ok(contrast(of['field-line'], of.card) >= 3, 'the edge of a field');
  }
});

test('an older browser gets the older module, and one without WebAssembly is told so', async () => {
  const visit = async (script, use) => {
    const context = await shared.browser.newContext({ locale: 'en-GB' });
    try {
      const page = await context.newPage();
      await page.addInitScript(script);
      await page.goto(shared.playground.url);
      await use(await insideOf(page));
    } finally {
      await context.close();
    }
  };
  await visit(
    () => {
      // As an engine that does not know the first module. Which one was compiled is noted.
      const { validate, compile } = WebAssembly;
      let asked = 0;
      WebAssembly.validate = (bytes) => asked++ > 0 && validate(bytes);
      WebAssembly.compile = (bytes) => {
        globalThis.compiled = bytes.length;
        return compile(bytes);
      };
    },
    async (inside) => {
      await inside.click('#sample');
      assert.equal((await shown(inside)).state, 'opened');
      assert.equal(await inside.evaluate(() => globalThis.compiled), fs.statSync(path.join(packageFolder, 'wasm/baseline.wasm')).size);
    },
  );
  await visit(
    () => {
      WebAssembly.validate = () => false;
      WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError('refused'));
    },
    async (inside) => {
      const { verdict, outcome } = await shown(inside);
      assert.match(verdict, /does not run in this browser/);
      assert.match(outcome, /NOT_INITIALIZED[^]*REFUSED/);
    },
  );
});

test('the page by itself, outside its frame, is not given', async () => {
  const context = await shared.browser.newContext();
  try {
    const page = await context.newPage();
    const response = await page.goto(`${shared.playground.url}page`);
    assert.equal(response.status(), 403);
  } finally {
    await context.close();
  }
});

test('no page of others can hold it in a frame', async () => {
  const context = await shared.browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto('about:blank');
    await page.setContent(`<iframe src="${shared.playground.url}"></iframe><iframe src="${shared.playground.url}page"></iframe>`);
    await page.waitForTimeout(500);
    const [, ...frames] = page.frames();
    assert.deepEqual(frames.map((frame) => frame.url()), ['chrome-error://chromewebdata/', 'chrome-error://chromewebdata/']);
  } finally {
    await context.close();
  }
});
