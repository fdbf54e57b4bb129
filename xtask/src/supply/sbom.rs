//! CycloneDX 1.6, in JSON (ECMA-424). Without serial number and time stamp: the same sources make the same file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Component;
use crate::step::Result;

/// The bill of materials.
pub(super) fn text(root: &Path, components: &[Component]) -> Result<String> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(root.join("pkg-template/package.json"))?)?;
    let version = manifest["version"].as_str().ok_or("package.json has no version")?;
    let own = format!("pkg:npm/weapp-opendata@{version}");
    let mut dependencies = vec![json!({
        "ref": own,
        "dependsOn": components.iter().map(|component| &component.purl).collect::<Vec<_>>(),
    })];
    dependencies
        .extend(components.iter().map(|component| json!({ "ref": component.purl, "dependsOn": component.needs })));
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": own,
                "name": "weapp-opendata",
                "version": version,
                "purl": own,
                "licenses": licences(manifest["license"].as_str().unwrap_or_default()),
            },
        },
        "components": components.iter().map(entry).collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    Ok(serde_json::to_string_pretty(&bom)? + "\n")
}

fn entry(component: &Component) -> Value {
    let mut entry = json!({
        "type": component.kind,
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "licenses": licences(&component.licence),
        "properties": component.parts.iter()
            .map(|part| json!({ "name": "weapp-opendata:part", "value": part })).collect::<Vec<_>>(),
    });
    if let Some((algorithm, digest)) = &component.digest {
        entry["hashes"] = json!([{ "alg": algorithm, "content": digest }]);
    }
    entry
}

fn licences(expression: &str) -> Value {
    if expression.contains(' ') {
        json!([{ "expression": expression }])
    } else {
        json!([{ "license": { "id": expression } }])
    }
}
