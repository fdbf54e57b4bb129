// The package after the developer tools' npm build, loaded as a mini-program loads it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import zlib from 'node:zlib';

import * as acorn from 'acorn';

import { clientNames, codePackage, examples, packedFolder, readSource } from './support/built.mjs';
import { ABSENT, makeWXWebAssembly, start } from './support/mini-program.mjs';
import { beyondOne } from './support/wasm-1.0.mjs';

const reports = JSON.parse(fs.readFileSync(path.join(examples, 'npm-build.json'), 'utf8'));
const DEFAULT_PATH = '/miniprogram_npm/weapp-opendata/weapp-opendata.wasm.br';
const FUNCTIONS = clientNames().filter((name) => name !== 'OpenDataError');
const SERVER_ONLY = ['decrypt', 'decryptMany', 'decryptPhoneNumber', 'decryptUserInfo', 'diagnose', 'readCloudData', 'readPhoneNumberResponse'];

const sealed = JSON.parse(readSource('tests/vectors/channel.json')).find(({ id }) => id === 'chinese');

const calls = {
  checkWatermark: (api) => api.checkWatermark({ watermark: { appid: 'wx1', timestamp: 100 } }, { appid: 'wx1', now: 100 }),
  parsePhoneNumber: (api) => api.parsePhoneNumber('１３５ 8000-6666').e164,
  maskPhoneNumber: (api) => api.maskPhoneNumber('+8613580006666'),
  parseAvatar: (api) => api.parseAvatar('http://tmp/头像😀.JPEG').kind,
  resizeAvatar: (api) => api.resizeAvatar('https://thirdwx.qlogo.cn/mmopen/a/132', 46),
  sealChannel: (api) => api.sealChannel(sealed.message, { key: sealed, context: sealed.context, random: Buffer.from(sealed.random, 'hex') }),
  openChannel: (api) => api.openChannel(sealed.sealed, { key: sealed, context: sealed.context }),
};
const answers = {
  checkWatermark: undefined,
  parsePhoneNumber: '+8613580006666',
  maskPhoneNumber: '+86 135****6666',
  parseAvatar: 'temporary',
  resizeAvatar: 'https://thirdwx.qlogo.cn/mmopen/a/46',
  sealChannel: sealed.sealed,
  openChannel: sealed.message,
};

function works(api) {
  for (const name of Object.keys(calls)) assert.equal(calls[name](api), answers[name], name);
}

function notInitialized(api, error) {
  return error instanceof api.OpenDataError && error.code === 'NOT_INITIALIZED';
}

/** The code package in a folder of its own, to be spoilt. */
async function inCopy(spoil, use) {
  const copy = fs.mkdtempSync(path.join(path.dirname(codePackage), 'copy-'));
  try {
    fs.cpSync(codePackage, copy, { recursive: true });
    spoil(copy);
    await use(copy);
  } finally {
    fs.rmSync(copy, { recursive: true });
  }
}

test('the npm build takes the miniprogram folder whole, and says nothing against it', () => {
  assert.deepEqual(reports, [{ miniProgramPackNum: 1, otherNpmPackNum: 0, warnList: [] }]);
  const expected = readSource('js-tests/packaging/files.txt').split('\n').filter((file) => file.startsWith('miniprogram/'));
  assert.ok(expected.length >= 4);
  assert.deepEqual(fs.readdirSync(packedFolder).sort(), expected.map((file) => file.slice('miniprogram/'.length)).sort());
  // A main package has 2 MiB; only files of these kinds may be uploaded.
  for (const file of fs.readdirSync(packedFolder)) assert.match(file, /\.(js|json|ts|wasm|br)$/);
});

const scripts = () => fs.readdirSync(packedFolder).filter((file) => file.endsWith('.js'));

test('all JavaScript is ES2017 and CommonJS', () => {
  assert.deepEqual(scripts().sort(), ['index.js', 'weapp-opendata-js.js']);
  for (const file of scripts()) {
    const code = fs.readFileSync(path.join(packedFolder, file), 'utf8');
    assert.doesNotThrow(() => acorn.parse(code, { ecmaVersion: 2017, sourceType: 'script' }), file);
  }
  // The parser tells the years apart.
  for (const later of ['try {} catch {}', '({ ...a })', 'a?.b', 'a ?? b', '1n', 'async function* f() {}', 'class A { x = 1 }', 'a ??= 1']) {
    assert.throws(() => acorn.parse(later, { ecmaVersion: 2017, sourceType: 'script' }), SyntaxError, later);
  }
});

test('no JavaScript names what the mini-program lacks', () => {
  const forbidden = new Set([...ABSENT, 'globalThis', 'eval', 'Function']);
  const named = (code) => {
    const found = [];
    let before;
    for (const token of acorn.tokenizer(code, { ecmaVersion: 2017 })) {
      if (token.type === acorn.tokTypes.name && forbidden.has(token.value) && before !== acorn.tokTypes.dot) found.push(token.value);
      before = token.type;
    }
    return found;
  };
  for (const file of scripts()) assert.deepEqual(named(fs.readFileSync(path.join(packedFolder, file), 'utf8')), [], file);
  assert.deepEqual(named('typeof TextEncoder; x.process; new URL(a)'), ['TextEncoder', 'URL']);
});

test('the module is WebAssembly 1.0, imports nothing and exports no Global', () => {
  const bytes = zlib.brotliDecompressSync(fs.readFileSync(path.join(packedFolder, 'weapp-opendata.wasm.br')));
  assert.equal(beyondOne(bytes), null);
  const module = new WebAssembly.Module(bytes);
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const kinds = WebAssembly.Module.exports(module).map(({ kind }) => kind);
  assert.ok(kinds.length > 0);
  for (const kind of kinds) assert.ok(['function', 'memory', 'table'].includes(kind), kind);
});

test('it has everything but what needs a session_key, in the types and in fact', () => {
  const api = start(codePackage).require('weapp-opendata');
  assert.deepEqual(Object.keys(api).filter((name) => name !== 'default').sort(), clientNames());
  assert.deepEqual(clientNames(), ['OpenDataError', 'init', ...Object.keys(calls)].sort());
  for (const name of SERVER_ONLY) assert.equal(api[name], undefined, name);
});

test('before init every call throws NOT_INITIALIZED and names init, whatever its arguments', () => {
  for (const wxWebAssembly of [undefined, null]) {
    const api = start(codePackage, { wxWebAssembly }).require('weapp-opendata');
    for (const name of FUNCTIONS) {
      if (name === 'init') continue;
      for (const values of [[], [{}, {}], ['x', 46], [null]]) {
        assert.throws(() => api[name](...values), (error) => notInitialized(api, error) && /init/.test(error.message) && /init/.test(error.hint), name);
      }
    }
  }
});

for (const gives of ['instance', 'object']) {
  test(`init() loads the module of the package once; instantiate gives the ${gives}`, async () => {
    const asked = [];
    const wxWebAssembly = makeWXWebAssembly(codePackage, { gives, asked: (file) => asked.push(file) });
    const api = start(codePackage, { wxWebAssembly }).require('weapp-opendata');
    const loads = [api.init(), api.init(), api.init('/elsewhere.wasm')];
    assert.throws(() => calls.parsePhoneNumber(api), (error) => notInitialized(api, error), 'while it loads');
    assert.deepEqual(await Promise.all(loads), [undefined, undefined, undefined]);
    await api.init();
    await api.init('/elsewhere.wasm');
    assert.deepEqual(asked, [DEFAULT_PATH]);
    works(api);
  });
}

test('init(path) overrides the path, for .wasm.br and .wasm', async () => {
  const subpackage = 'packages/user/weapp.wasm.br';
  await inCopy(
    (copy) => {
      const original = path.join(copy, DEFAULT_PATH);
      fs.mkdirSync(path.join(copy, 'packages/user'), { recursive: true });
      fs.renameSync(original, path.join(copy, subpackage));
      fs.writeFileSync(path.join(copy, 'plain.wasm'), zlib.brotliDecompressSync(fs.readFileSync(path.join(copy, subpackage))));
    },
    async (copy) => {
      for (const file of [`/${subpackage}`, subpackage, '/plain.wasm']) {
        const asked = [];
        const wxWebAssembly = makeWXWebAssembly(copy, { gives: 'instance', asked: (each) => asked.push(each) });
        const api = start(copy, { wxWebAssembly }).require('weapp-opendata');
        await api.init(file);
        assert.deepEqual(asked, [file]);
        works(api);
      }
    },
  );
});

test('a failed load fails for all who wait for it, and can be tried again', async () => {
  const good = makeWXWebAssembly(codePackage, { gives: 'instance' });
  const failures = [
    () => Promise.reject(new Error('network')),
    () => {
      throw new Error('at once');
    },
    () => Promise.resolve({}),
    () => Promise.resolve(null),
    (file, imports) => good.instantiate('/missing.wasm.br', imports),
  ];
  let attempts = 0;
  const instantiate = (...values) => (failures[attempts++] || good.instantiate)(...values);
  const api = start(codePackage, { wxWebAssembly: { instantiate } }).require('weapp-opendata');
  for (let i = 0; i < failures.length; i++) {
    const outcomes = await Promise.allSettled([api.init(), api.init()]);
    assert.deepEqual(outcomes.map(({ status }) => status), ['rejected', 'rejected'], `failure ${i}`);
    assert.equal(outcomes[0].reason, outcomes[1].reason);
    assert.throws(() => calls.maskPhoneNumber(api), (error) => notInitialized(api, error));
    assert.equal(attempts, i + 1);
  }
  await api.init();
  assert.equal(attempts, failures.length + 1);
  works(api);
});

test('without WXWebAssembly the plain JavaScript is taken, and all works alike', async () => {
  const program = start(codePackage, { wxWebAssembly: null });
  const api = program.require('weapp-opendata');
  await Promise.all([api.init(), api.init()]);
  works(api);
  await api.init();
  works(api);
});

test('with WXWebAssembly the plain JavaScript is not read: it may be deleted', async () => {
  await inCopy(
    (copy) => fs.rmSync(path.join(copy, 'miniprogram_npm/weapp-opendata/weapp-opendata-js.js')),
    async (copy) => {
      const api = start(copy).require('weapp-opendata');
      await api.init();
      works(api);
      // Without either there is nothing to load, and it says so; it is no crash.
      const bare = start(copy, { wxWebAssembly: null }).require('weapp-opendata');
      for (let i = 0; i < 2; i++) await assert.rejects(bare.init(), (error) => notInitialized(bare, error));
      assert.throws(() => calls.parseAvatar(bare), (error) => notInitialized(bare, error));
    },
  );
});

test('without WXWebAssembly the module is not read: it may be deleted', async () => {
  await inCopy(
    (copy) => fs.rmSync(path.join(copy, DEFAULT_PATH)),
    async (copy) => {
      const api = start(copy, { wxWebAssembly: null }).require('weapp-opendata');
      await api.init();
      works(api);
    },
  );
});

test('where require() finds no path from the root, a relative one does as well', async () => {
  const api = start(codePackage).require('./miniprogram_npm/weapp-opendata/index.js');
  await api.init();
  works(api);
});

test('two mini-programs in one process do not know each other', async () => {
  const [one, other] = [start(codePackage), start(codePackage)].map((program) => program.require('weapp-opendata'));
  await one.init();
  works(one);
  assert.throws(() => calls.maskPhoneNumber(other), (error) => notInitialized(other, error));
});
