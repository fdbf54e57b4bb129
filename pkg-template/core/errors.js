// The one class of failure. Its words come from the table in Rust (src/error.rs); the exceptions are what has to be said while there
// is no module to ask, and a test compares these with the table.

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
    "Import 'weapp-opendata/baseline' instead: WebAssembly 1.0 with the whole API; or 'weapp-opendata/js' where there is no WebAssembly. / " +
      "请改为引入 'weapp-opendata/baseline'：只需 WebAssembly 1.0，API 完整；没有 WebAssembly 的环境请用 'weapp-opendata/js'。",
    null,
  ]);
}
