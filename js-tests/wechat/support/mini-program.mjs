// A stand-in for the mini-program: a bare context with what its JavaScript has and nothing else, a require() for the files of the
// code package, and WXWebAssembly by its documentation and its reported refusals.

import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import zlib from 'node:zlib';

import { beyondOne } from './wasm-1.0.mjs';

/** What a mini-program lacks, or some runtime of it does. A context of node:vm has few of these; none may be left. */
export const ABSENT = [
  'WebAssembly', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'TextEncoder', 'TextDecoder', 'atob', 'btoa', 'URL', 'URLSearchParams',
  'Buffer', 'process', 'global', 'window', 'document', 'self', 'fetch', 'crypto', 'performance', 'queueMicrotask', 'structuredClone',
  'Atomics', 'SharedArrayBuffer', 'Intl',
];

/** What the library of JavaScript got after ES2017: [owner, names]. */
const LATER = [
  ['globalThis', ['WeakRef', 'FinalizationRegistry', 'AggregateError', 'Iterator', 'AsyncIterator', 'escape', 'unescape']],
  ['Object', ['fromEntries', 'hasOwn', 'groupBy']],
  ['Promise', ['allSettled', 'any', 'try', 'withResolvers']],
  ['Promise.prototype', ['finally']],
  ['Array', ['fromAsync']],
  ['Array.prototype', ['flat', 'flatMap', 'at', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'toSpliced', 'with']],
  ['Object.getPrototypeOf(Uint8Array.prototype)', ['at', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'with']],
  ['DataView.prototype', ['getBigInt64', 'getBigUint64', 'setBigInt64', 'setBigUint64']],
  ['ArrayBuffer.prototype', ['resize', 'transfer', 'transferToFixedLength']],
  ['String.prototype', ['at', 'matchAll', 'replaceAll', 'trimStart', 'trimEnd', 'isWellFormed', 'toWellFormed']],
  ['Error', ['captureStackTrace']],
];

const bytesAreOne = new Map();

/**
 * WXWebAssembly as the documentation has it: `instantiate(path, imports)`, where the path names a file of the code package.
 * @param {string} folder the code package
 * @param {object} options
 * @param {'instance' | 'object'} options.gives what the promise gives: typings say the instance, code in the wild finds an object
 * @param {(path: unknown) => void} options.asked called with each path
 */
export function makeWXWebAssembly(folder, { gives, asked = () => {} }) {
  async function load(file, imports) {
    if (typeof file !== 'string') throw new TypeError('WXWebAssembly.instantiate: first argument must be a string');
    const match = /^\/?((?:[\w.-]+\/)*[\w.-]+\.wasm(\.br)?)$/.exec(file);
    if (!match || file.includes('..')) throw new Error(`WXWebAssembly.instantiate: ${file} is no path of the code package`);
    const stored = fs.readFileSync(path.join(folder, match[1]));
    const bytes = match[2] ? zlib.brotliDecompressSync(stored) : stored;
    const key = bytes.toString('latin1');
    if (!bytesAreOne.has(key)) bytesAreOne.set(key, beyondOne(bytes));
    if (bytesAreOne.get(key) !== null) throw new Error(`WXWebAssembly: beyond WebAssembly 1.0: ${bytesAreOne.get(key)}`);
    const module = new WebAssembly.Module(bytes);
    for (const { name, kind } of WebAssembly.Module.exports(module)) {
      if (kind === 'global') throw new Error(`WXWebAssembly: the exported Global ${name} is not supported on iOS`);
    }
    const instance = await WebAssembly.instantiate(module, imports);
    return gives === 'object' ? { instance } : { exports: instance.exports };
  }
  return {
    instantiate(file, imports) {
      asked(file);
      // Clients for Android before base library 2.25.3 crash.
      if (typeof imports !== 'object' || imports === null) throw new Error('WXWebAssembly: crashed without an imports object');
      return load(file, imports);
    },
  };
}

/**
 * A running mini-program.
 * @param {string} folder the code package
 * @param {object} [options]
 * @param {object | null} [options.wxWebAssembly] null: a runtime without it
 * @param {boolean} [options.laterLibrary] leaves what came after ES2017 in place: for test code that runs inside
 * @param {object} [options.globals] what the framework provides: wx, Page, App, getApp
 */
export function start(folder, { wxWebAssembly = makeWXWebAssembly(folder, { gives: 'instance' }), laterLibrary = false, globals = {} } = {}) {
  // No eval and no new Function, as in the mini-program.
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  for (const name of ABSENT) vm.runInContext(`delete globalThis.${name}`, context);
  if (!laterLibrary) {
    for (const [owner, names] of LATER) {
      for (const name of names) vm.runInContext(`delete (${owner}).${name}`, context);
    }
  }
  const printed = [];
  const print = (...values) => void printed.push(values);
  Object.assign(context, { console: { log: print, info: print, warn: print, error: print }, setTimeout, clearTimeout }, globals);
  if (wxWebAssembly) context.WXWebAssembly = wxWebAssembly;
  if (!laterLibrary) vm.runInContext('delete globalThis.globalThis', context);

  const modules = new Map();
  function requireFrom(folderOfModule) {
    return (name) => {
      if (typeof name !== 'string') throw new TypeError('require: not a string');
      return moduleAt(name.startsWith('.') || name.startsWith('/') ? relative(folderOfModule, name) : npm(folderOfModule, name));
    };
  }
  const asFile = (file) => [file, `${file}.js`, `${file}/index.js`].find((each) => each.endsWith('.js') && fs.existsSync(path.join(folder, each)));
  function relative(from, name) {
    const target = name.startsWith('/') ? name.slice(1) : path.posix.join(from, name);
    const file = target.startsWith('..') ? undefined : asFile(target);
    if (!file) throw new Error(`module '${name}' is not defined, required from '${from}'`);
    return file;
  }
  /** The nearest miniprogram_npm, from the module's folder upwards. */
  function npm(from, name) {
    for (let at = from; ; at = path.posix.dirname(at)) {
      const file = asFile(path.posix.join(at, 'miniprogram_npm', name));
      if (file) return file;
      if (at === '.') throw new Error(`module '${name}' is not defined, required from '${from}'`);
    }
  }
  function moduleAt(file) {
    if (!modules.has(file)) {
      const module = { exports: vm.runInContext('({})', context) };
      modules.set(file, module);
      try {
        const code = `'use strict';${fs.readFileSync(path.join(folder, file), 'utf8')}`;
        compile(code, file)(requireFrom(path.posix.dirname(file)), module, module.exports);
      } catch (error) {
        modules.delete(file);
        throw error;
      }
    }
    return modules.get(file).exports;
  }
  const compile = (code, filename) => vm.compileFunction(code, ['require', 'module', 'exports'], { filename, parsingContext: context });

  return {
    context,
    printed,
    require: requireFrom('.'),
    /** Runs a script of the test's inside. */
    run: (code) => vm.runInContext(code, context),
    /** Runs CommonJS of the test's inside and returns its exports; what it requires is refused. */
    load(code, filename) {
      const module = { exports: vm.runInContext('({})', context) };
      const refuse = (name) => {
        throw new Error(`require('${name}') in ${filename}`);
      };
      compile(code, filename)(refuse, module, module.exports);
      return module.exports;
    },
  };
}

/** The framework's part for pages: what Page() was given, alive. */
export function openPage(program, file, options) {
  let definition;
  program.context.Page = (given) => {
    definition = given;
  };
  program.require(file);
  if (!definition) throw new Error(`${file} calls no Page()`);
  // data is copied, as setData copies: what cannot be sent to the view layer is an error.
  const copy = (value) => program.run('JSON').parse(JSON.stringify(value));
  const page = Object.assign(Object.create(null), definition, { data: copy(definition.data) });
  page.setData = (change) => {
    for (const [key, value] of Object.entries(change)) {
      if (value === undefined) throw new Error(`setData: ${key} is undefined`);
      page.data[key] = copy(value);
    }
  };
  return { page, loaded: page.onLoad ? page.onLoad(options || {}) : undefined };
}
