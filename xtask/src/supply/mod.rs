//! What of other people's work the package carries, and on what terms: a bill of materials for programs, notices for people.

mod bundled;
mod cargo;
mod notices;
mod sbom;

use std::fs;
use std::path::{Path, PathBuf};

use crate::step::Result;

/// The bill of materials, CycloneDX 1.6.
pub(crate) const SBOM: &str = "sbom.cdx.json";
/// Copyright and permission notices.
pub(crate) const NOTICES: &str = "THIRD-PARTY.md";

/// Something that is inside the package and was made elsewhere.
struct Component {
    name: String,
    version: String,
    /// CycloneDX's word for what it is.
    kind: &'static str,
    /// A package URL.
    purl: String,
    /// An SPDX expression.
    licence: String,
    /// The digest of what its registry has, as a lock file names it: CycloneDX's name of the algorithm, and hexadecimal.
    digest: Option<(&'static str, String)>,
    /// The package URLs of what it needs itself.
    needs: Vec<String>,
    /// Which parts of the package hold it.
    parts: Vec<&'static str>,
    /// Where its licence texts are, if it brings any.
    folder: Option<PathBuf>,
    authors: Vec<String>,
}

/// Writes both files into the package.
pub(crate) fn write(root: &Path, package: &Path) -> Result<()> {
    let components = components(root, package)?;
    fs::write(package.join(SBOM), sbom::text(root, &components)?)?;
    fs::write(package.join(NOTICES), notices::text(&components)?)?;
    Ok(())
}

/// Everything that is inside, sorted by its package URL.
fn components(root: &Path, package: &Path) -> Result<Vec<Component>> {
    let mut components = cargo::components(root)?;
    components.extend(bundled::components(root, package)?);
    components.push(standard_library(root)?);
    components.push(phone_metadata(root)?);
    components.sort_by(|a, b| a.purl.cmp(&b.purl));
    Ok(components)
}

/// `core` and `alloc`, of the compiler that the toolchain file names.
fn standard_library(root: &Path) -> Result<Component> {
    let toolchain = fs::read_to_string(root.join("rust-toolchain.toml"))?;
    let version = toolchain.split_once("channel = \"").and_then(|(_, rest)| rest.split_once('"'));
    let (version, _) = version.ok_or("rust-toolchain.toml names no channel")?;
    Ok(Component {
        name: "rust-std".into(),
        version: version.into(),
        kind: "library",
        purl: format!("pkg:generic/rust-std@{version}"),
        licence: "MIT OR Apache-2.0".into(),
        digest: None,
        needs: Vec::new(),
        parts: vec!["core", "mini-program", "api-security"],
        folder: None,
        authors: vec!["The Rust Project Developers".into()],
    })
}

/// The phone table is compiled from libphonenumber's metadata; `ranges.md` has its version.
fn phone_metadata(root: &Path) -> Result<Component> {
    let notes = fs::read_to_string(root.join("src/phone/ranges.md"))?;
    let version = notes.split_once("libphonenumber metadata | ").map(|(_, rest)| rest);
    let version: String = version
        .ok_or("src/phone/ranges.md names no version of libphonenumber")?
        .chars()
        .take_while(|character| character.is_ascii_digit() || *character == '.')
        .collect();
    let version = version.trim_end_matches('.');
    if version.is_empty() {
        return Err("src/phone/ranges.md names no version of libphonenumber".into());
    }
    Ok(Component {
        name: "libphonenumber metadata".into(),
        version: version.into(),
        kind: "data",
        purl: format!("pkg:github/google/libphonenumber@v{version}"),
        licence: "Apache-2.0".into(),
        digest: None,
        needs: Vec::new(),
        parts: vec!["core", "mini-program"],
        folder: None,
        authors: vec!["The Libphonenumber Authors".into()],
    })
}
