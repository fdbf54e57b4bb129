//! The npm packages that are bundled into the command line.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Component;
use crate::step::Result;

/// The part of the package that holds them.
pub(super) const PART: &str = "command line";

/// As `cli/build.mjs` found them in what it bundled, with the digests of the lock file.
pub(super) fn components(root: &Path, package: &Path) -> Result<Vec<Component>> {
    let lock: Value = serde_json::from_str(&fs::read_to_string(root.join("cli/package-lock.json"))?)?;
    let list = fs::read_to_string(package.join("cli/LICENSES.txt"))?;
    let mut components = Vec::new();
    // A title, then for each package its name, version and licence in a line, and its notice.
    for notice in list.split("\n----\n\n").skip(1) {
        let line = notice.lines().next().unwrap_or_default();
        let [name, version, licence] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(format!("cli/LICENSES.txt: {line}").into());
        };
        let entry = &lock["packages"][format!("node_modules/{name}")];
        let integrity = entry["integrity"].as_str().and_then(|text| text.strip_prefix("sha512-"));
        if entry["version"] != version {
            return Err(format!("cli/package-lock.json has another {name}").into());
        }
        components.push(Component {
            name: name.into(),
            version: version.into(),
            kind: "library",
            purl: format!("pkg:npm/{}@{version}", name.replace('@', "%40")),
            licence: licence.trim_matches(['(', ')']).into(),
            digest: Some(("SHA-512", hexadecimal(&STANDARD.decode(integrity.ok_or("no digest")?)?)?)),
            needs: Vec::new(),
            parts: vec![PART],
            folder: None,
            authors: Vec::new(),
        });
    }
    if components.is_empty() { Err("cli/LICENSES.txt names no package".into()) } else { Ok(components) }
}

fn hexadecimal(bytes: &[u8]) -> Result<String> {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}
