//! What the built modules are made of, against a committed expectation: what a host has to have shall not change unnoticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef, Validator, WasmFeatures};

use crate::step::Result;

/// What came after WebAssembly 1.0, by the names of the proposals; what no module of ours shall ever need is in it too.
const PROPOSALS: [(&str, WasmFeatures); 16] = [
    ("mutable-global", WasmFeatures::MUTABLE_GLOBAL),
    ("saturating-float-to-int", WasmFeatures::SATURATING_FLOAT_TO_INT),
    ("sign-extension", WasmFeatures::SIGN_EXTENSION),
    ("reference-types", WasmFeatures::REFERENCE_TYPES),
    ("call-indirect-overlong", WasmFeatures::CALL_INDIRECT_OVERLONG),
    ("multi-value", WasmFeatures::MULTI_VALUE),
    ("bulk-memory", WasmFeatures::BULK_MEMORY),
    ("bulk-memory-opt", WasmFeatures::BULK_MEMORY_OPT),
    ("simd", WasmFeatures::SIMD),
    ("relaxed-simd", WasmFeatures::RELAXED_SIMD),
    ("threads", WasmFeatures::THREADS),
    ("tail-call", WasmFeatures::TAIL_CALL),
    ("multi-memory", WasmFeatures::MULTI_MEMORY),
    ("exceptions", WasmFeatures::EXCEPTIONS),
    ("extended-const", WasmFeatures::EXTENDED_CONST),
    ("gc", WasmFeatures::GC),
];

/// WebAssembly 1.0 as first published: Globals that change can be neither imported nor exported. The types of GC are the parser's
/// way of holding any function type.
const FIRST: WasmFeatures = WasmFeatures::FLOATS.union(WasmFeatures::GC_TYPES);

/// Modules that have to run wherever there is WebAssembly, whatever the committed expectation says.
const FIRST_ONLY: [&str; 3] = ["baseline", "miniprogram", "api-security"];

/// Compares the modules of `pkg/` with `xtask/artefacts.json`.
pub(crate) fn check(root: &Path) -> Result<()> {
    let file = |name: &str| fs::read(root.join("pkg").join(name)).map_err(|error| format!("{name}: {error}"));
    let mut mini_program = Vec::new();
    brotli::BrotliDecompress(&mut &file("miniprogram/weapp-opendata.wasm.br")?[..], &mut mini_program)?;
    let modules = [
        ("modern", file("wasm/modern.wasm")?),
        ("baseline", file("wasm/baseline.wasm")?),
        ("miniprogram", mini_program),
        ("api-security", file("wasm/api-security.wasm")?),
    ];
    let mut found = BTreeMap::new();
    for (name, bytes) in &modules {
        let shape = Shape::of(bytes).map_err(|error| format!("the {name} module: {error}"))?;
        if FIRST_ONLY.contains(name) {
            shape.require_first(bytes).map_err(|error| format!("the {name} module: {error}"))?;
        }
        println!("    {name}: {}", shape.summary());
        found.insert(*name, shape.to_json());
    }
    let found = json!(found);
    let expected: Value = serde_json::from_slice(&fs::read(root.join("xtask/artefacts.json"))?)?;
    if expected["modules"] == found {
        return Ok(());
    }
    Err(format!(
        "the modules are not what xtask/artefacts.json says; if that is meant, its `modules` become:\n{}",
        serde_json::to_string_pretty(&found)?
    )
    .into())
}

/// What a host sees of a module.
struct Shape {
    proposals: Vec<&'static str>,
    imports: Vec<String>,
    exports: Vec<String>,
    /// Custom sections would be names, producers, paths: nothing that is shipped.
    custom_sections: Vec<String>,
}

impl Shape {
    fn of(bytes: &[u8]) -> Result<Self> {
        let all = PROPOSALS.iter().fold(FIRST, |features, (_, proposal)| features | *proposal);
        validate(bytes, all)?;
        let needed = |proposal: &(&str, WasmFeatures)| validate(bytes, all & !proposal.1).is_err();
        let mut shape = Self {
            proposals: PROPOSALS.iter().filter(|proposal| needed(proposal)).map(|(name, _)| *name).collect(),
            imports: Vec::new(),
            exports: Vec::new(),
            custom_sections: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        shape.imports.push(format!("{} {}.{}", kind_of(import.ty), import.module, import.name));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        shape.exports.push(format!("{} {}", word_for(export.kind), export.name));
                    }
                }
                Payload::CustomSection(section) => shape.custom_sections.push(section.name().to_owned()),
                _ => {}
            }
        }
        shape.imports.sort();
        shape.exports.sort();
        Ok(shape)
    }

    /// WebAssembly 1.0, nothing imported, and only functions and memory exported.
    fn require_first(&self, bytes: &[u8]) -> Result<()> {
        validate(bytes, FIRST)?;
        if !self.proposals.is_empty() || !self.imports.is_empty() {
            return Err(format!("needs {:?}, imports {:?}", self.proposals, self.imports).into());
        }
        if self.exports != ["func call", "func reserve", "func wipe", "memory memory"] {
            return Err(format!("exports {:?}", self.exports).into());
        }
        Ok(())
    }

    fn summary(&self) -> String {
        let proposals = if self.proposals.is_empty() { "nothing".to_owned() } else { self.proposals.join(", ") };
        format!("beyond WebAssembly 1.0: {proposals}; {} imports, {} exports", self.imports.len(), self.exports.len())
    }

    fn to_json(&self) -> Value {
        json!({
            "proposals": self.proposals,
            "imports": self.imports,
            "exports": self.exports,
            "customSections": self.custom_sections,
        })
    }
}

fn validate(bytes: &[u8], features: WasmFeatures) -> Result<()> {
    Validator::new_with_features(features).validate_all(bytes)?;
    Ok(())
}

fn kind_of(import: TypeRef) -> &'static str {
    match import {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => "func",
        TypeRef::Table(_) => "table",
        TypeRef::Memory(_) => "memory",
        TypeRef::Global(_) => "global",
        TypeRef::Tag(_) => "tag",
    }
}

fn word_for(export: ExternalKind) -> &'static str {
    match export {
        ExternalKind::Func | ExternalKind::FuncExact => "func",
        ExternalKind::Table => "table",
        ExternalKind::Memory => "memory",
        ExternalKind::Global => "global",
        ExternalKind::Tag => "tag",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "these are tests")]
mod tests {
    use super::*;

    /// A module of one section after the header.
    fn module(sections: &[&[u8]]) -> Vec<u8> {
        [&[b"\0asm\x01\0\0\0".as_slice()], sections].concat().concat()
    }

    /// `func (result i32)` with the given body, exported as `call`.
    fn with_body(body: &[u8]) -> Vec<u8> {
        let length = u8::try_from(body.len()).unwrap() + 1;
        let code = [&[10, length + 2, 1, length, 0], body].concat();
        module(&[&[1, 5, 1, 0x60, 0, 1, 0x7f], &[3, 2, 1, 0], &[7, 8, 1, 4, b'c', b'a', b'l', b'l', 0, 0], &code])
    }

    #[test]
    fn what_a_module_needs_is_found() {
        let plain = with_body(&[0x41, 0, 0x0b]);
        assert_eq!(Shape::of(&plain).unwrap().proposals, [] as [&str; 0]);
        assert_eq!(Shape::of(&plain).unwrap().exports, ["func call"]);
        // i32.extend8_s
        let extended = with_body(&[0x41, 0, 0xc0, 0x0b]);
        assert_eq!(Shape::of(&extended).unwrap().proposals, ["sign-extension"]);
        // i32.trunc_sat_f32_s of f32.const 0
        let saturating = with_body(&[0x43, 0, 0, 0, 0, 0xfc, 0, 0x0b]);
        assert_eq!(Shape::of(&saturating).unwrap().proposals, ["saturating-float-to-int"]);
        // i32x4.extract_lane 0 of v128.const 0
        let lanes = with_body(&[&[0xfd, 12], &[0; 16][..], &[0xfd, 27, 0, 0x0b]].concat());
        assert_eq!(Shape::of(&lanes).unwrap().proposals, ["simd"]);
    }

    #[test]
    fn an_exported_global_that_changes_is_no_web_assembly_1() {
        let constant = module(&[&[6, 6, 1, 0x7f, 0, 0x41, 0, 0x0b], &[7, 5, 1, 1, b'g', 3, 0]]);
        let shape = Shape::of(&constant).unwrap();
        assert_eq!(shape.proposals, [] as [&str; 0]);
        assert_eq!(shape.exports, ["global g"]);
        assert!(shape.require_first(&constant).is_err());
        let mutable = module(&[&[6, 6, 1, 0x7f, 1, 0x41, 0, 0x0b], &[7, 5, 1, 1, b'g', 3, 0]]);
        assert_eq!(Shape::of(&mutable).unwrap().proposals, ["mutable-global"]);
    }

    #[test]
    fn imports_and_custom_sections_are_seen() {
        let bytes =
            module(&[&[1, 4, 1, 0x60, 0, 0], &[2, 7, 1, 1, b'm', 1, b'f', 0, 0], &[0, 5, 4, b'n', b'a', b'm', b'e']]);
        let shape = Shape::of(&bytes).unwrap();
        assert_eq!(shape.imports, ["func m.f"]);
        assert_eq!(shape.custom_sections, ["name"]);
    }
}
