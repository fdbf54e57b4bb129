// The one class of failure. Its words come from the table in Rust (src/error.rs), carried here as a record; the one exception is
// what has to be said while there is no module to ask, and a test compares that with the table.

/**
 * @typedef {object} ErrorRecord
 * @property {string} code
 * @property {number} [errcode]
 * @property {string} [reason]
 * @property {string} message
 * @property {string} [hint]
 * @property {string} [errmsg]
 */

export class OpenDataError extends Error {
  /** @param {ErrorRecord} record */
  constructor(record) {
    super(record.message);
    this.code = record.code;
    if (record.errcode !== undefined) this.errcode = record.errcode;
    if (record.errmsg !== undefined) this.errmsg = record.errmsg;
    if (record.reason !== undefined) this.reason = record.reason;
    if (record.hint !== undefined) this.hint = record.hint;
  }
}
Object.defineProperty(OpenDataError.prototype, 'name', { value: 'OpenDataError', configurable: true, writable: true });

/** @type {ErrorRecord} */
export const NOT_INITIALIZED = {
  code: 'NOT_INITIALIZED',
  message: 'the WebAssembly module is not loaded: await init() first',
  hint:
    'Call `await init()` once at start-up, before anything else of this package. / ' +
    '请在启动时先调用一次 `await init()`，再使用本包的其它函数。',
};
