// What the loaders find on their hosts, for the type checker only.

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}

/** WeChat documentation, WXWebAssembly: the first argument is a path in the code package. What comes back is seen in both forms. */
declare const WXWebAssembly: {
  instantiate(path: string, imports: object): Promise<any>;
};
