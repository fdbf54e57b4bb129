// The one class of failure. The module gives the words of what it raises; what is said of arguments is in arguments.js, and what is said
// while there is no module stands here.

export class OpenDataError extends Error {
  /** @param {(string | null)[]} parts code, message, errcode, reason, hint, errmsg: those that are not null become properties */
  constructor([code, message, errcode, reason, hint, errmsg]) {
    super(/** @type {string} */ (message));
    this.code = code;
    if (errcode !== null) this.errcode = Number(errcode);
    if (errmsg !== null) this.errmsg = errmsg;
    if (reason !== null) this.reason = reason;
    if (hint !== null) this.hint = hint;
  }
}
Object.defineProperty(OpenDataError.prototype, 'name', { value: 'OpenDataError', configurable: true, writable: true });

// Each entry point is a file with a copy of this class. Whichever a program imports knows the errors of all.
const BRAND = Symbol.for('weapp-opendata OpenDataError');
Object.defineProperty(OpenDataError.prototype, BRAND, { value: true });
Object.defineProperty(OpenDataError, Symbol.hasInstance, {
  /** @this {unknown} @param {any} value */
  value(value) {
    const inherits = Object[Symbol.hasInstance].call(/** @type {any} */ (this), value);
    return inherits || (this === OpenDataError && typeof value === 'object' && value !== null && value[BRAND] === true);
  },
});

/**
 * Before `init()`, where loading is asynchronous.
 */
export function notInitialized() {
  return new OpenDataError([
    'NOT_INITIALIZED',
    'the WebAssembly module is not loaded: await init() first',
    null,
    null,
    'Call `await init()` once at start-up, before anything else of this package. / ' +
      '请在启动时先调用一次 `await init()`，再使用本包的其它函数。',
    null,
  ]);
}

/**
 * Where the module that is at hand does not compile.
 */
export function moduleRefused() {
  return new OpenDataError([
    'NOT_INITIALIZED',
    'this host does not run the WebAssembly module at hand',
    null,
    'REFUSED',
    "Import 'weapp-opendata/baseline' (WebAssembly 1.0) or 'weapp-opendata/js' (none), which have the whole API; " +
      "in the mini-program, keep weapp-opendata-js.js or require base library 2.13.0. / " +
      "请改为引入 'weapp-opendata/baseline'（只需 WebAssembly 1.0）或 'weapp-opendata/js'（无需 WebAssembly），API 完整；" +
      '小程序中请保留 weapp-opendata-js.js，或要求基础库 2.13.0 以上。',
    null,
  ]);
}
