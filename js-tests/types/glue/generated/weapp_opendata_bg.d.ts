// What wasm-bindgen generates, as far as the loaders use it.
export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
export function __wbindgen_init_externref_table(): void;
