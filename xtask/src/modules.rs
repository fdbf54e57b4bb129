//! The WebAssembly modules of the package: what each is made of, and for which target.

/// The target of the modern module.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The target of the other modules: WebAssembly 1.0, without the standard library.
pub(crate) const NO_STD_TARGET: &str = "wasm32v1-none";

/// Makes the AES of the modern module the one with SIMD.
pub(crate) const SIMD: &str = "-Ctarget-feature=+simd128";

/// The smaller form of AES, for a module that has another one where speed matters.
pub(crate) const SMALL_AES: &str = r#"--cfg=aes_backend_soft="compact""#;

/// The smaller form of SHA-256: what is signed is short.
pub(crate) const SMALL_SHA2: &str = r#"--cfg=sha2_backend_soft="compact""#;

/// What rustc and wasm-bindgen write unasked, as wasm-opt is told it.
pub(crate) const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// A WebAssembly module of the package.
pub(crate) struct Module {
    /// Its file name in the work folder.
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    pub(crate) target: &'static str,
    pub(crate) features: &'static str,
    /// Flags for the compiler beyond those that keep paths out.
    pub(crate) rustflags: &'static [&'static str],
    /// What wasm-opt may use. Without an explicit list it would also write what hosts refuse.
    pub(crate) wasm_features: &'static [&'static str],
}

/// The package of the core.
pub(crate) const CORE: &str = "weapp-opendata";

pub(crate) const MODULES: [Module; 4] = [
    // Node 18 and browsers of 2022 have all of this.
    Module {
        name: "modern",
        package: CORE,
        target: WASM_TARGET,
        features: "bindgen,standalone",
        rustflags: &[SIMD, SMALL_AES, SMALL_SHA2],
        wasm_features: &{
            let [first, second, third, fourth, fifth, sixth] = WASM_FEATURES;
            ["--enable-simd", first, second, third, fourth, fifth, sixth]
        },
    },
    // WebAssembly 1.0.
    Module {
        name: "baseline",
        package: CORE,
        target: NO_STD_TARGET,
        features: "baseline,standalone",
        rustflags: &[SMALL_SHA2],
        wasm_features: &["--mvp-features"],
    },
    // The mini-program's: WebAssembly 1.0, without what needs a session_key.
    Module {
        name: "miniprogram",
        package: CORE,
        target: NO_STD_TARGET,
        features: "baseline,standalone,miniprogram",
        rustflags: &["-Copt-level=z", SMALL_AES],
        wasm_features: &["--mvp-features"],
    },
    // API security, for servers: WebAssembly 1.0, which all of them have.
    Module {
        name: "api-security",
        package: "weapp-opendata-api-security",
        target: NO_STD_TARGET,
        features: "standalone",
        rustflags: &[],
        wasm_features: &["--mvp-features"],
    },
];
