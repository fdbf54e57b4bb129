// The baseline module, translated to JavaScript: the exports of a module.
export const memory: WebAssembly.Memory;
export function reserve(capacity: number): number;
export function call(operation: number, length: number): number;
export function wipe(): void;
