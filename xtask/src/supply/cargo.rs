//! The crates that are compiled into the modules, as Cargo resolved them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Component;
use crate::modules::{CORE, MODULES, Module};
use crate::step::{Result, output};

/// What a module is to a user of the package.
fn part(module: &Module) -> &'static str {
    match module.name {
        "miniprogram" => "mini-program",
        "api-security" => "api-security",
        _ => "core",
    }
}

/// Crates by their package URL. This workspace's own are not among them, nor what only runs while others are compiled.
pub(super) fn components(root: &Path) -> Result<Vec<Component>> {
    let checksums = checksums(root)?;
    let mut found: BTreeMap<String, Component> = BTreeMap::new();
    for module in &MODULES {
        let (part, package) = (part(module), module.package);
        let metadata = metadata(root, module)?;
        let packages: BTreeMap<&str, &Value> =
            list(&metadata["packages"]).map(|item| (text(&item["id"]), item)).collect();
        let nodes: BTreeMap<&str, &Value> =
            list(&metadata["resolve"]["nodes"]).map(|item| (text(&item["id"]), item)).collect();
        let start = packages.iter().find(|(_, item)| text(&item["name"]) == package).ok_or("no such package")?;
        let mut reached = vec![*start.0];
        let mut next = 0;
        while let Some(id) = reached.get(next).copied() {
            next += 1;
            let needs = linked(nodes[id], &packages);
            let item = packages[id];
            if item["source"].is_string() {
                let component = found.entry(purl(item)).or_insert_with(|| component(item, &checksums));
                if !component.parts.contains(&part) {
                    component.parts.push(part);
                }
                component.needs.extend(needs.iter().map(|id| purl(packages[id])));
                component.needs.sort();
                component.needs.dedup();
            }
            let new: Vec<&str> = needs.into_iter().filter(|id| !reached.contains(id)).collect();
            reached.extend(new);
        }
    }
    Ok(found.into_values().collect())
}

fn metadata(root: &Path, module: &Module) -> Result<Value> {
    let folder = if module.package == CORE { root.to_owned() } else { root.join("api-security") };
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).args(["metadata", "--locked", "--format-version", "1"]);
    cargo.args(["--features", module.features, "--filter-platform", module.target]);
    Ok(serde_json::from_str(&output(&mut cargo)?)?)
}

/// What a crate is linked with: no build scripts, no tests, no macros.
fn linked<'a>(node: &'a Value, packages: &BTreeMap<&str, &Value>) -> Vec<&'a str> {
    let is_macro = |id: &str| {
        list(&packages[id]["targets"]).any(|target| list(&target["kind"]).any(|kind| text(kind) == "proc-macro"))
    };
    list(&node["deps"])
        .filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()))
        .map(|dependency| text(&dependency["pkg"]))
        .filter(|id| !is_macro(id))
        .collect()
}

fn component(item: &Value, checksums: &BTreeMap<(String, String), String>) -> Component {
    let (name, version) = (text(&item["name"]).to_owned(), text(&item["version"]).to_owned());
    Component {
        purl: purl(item),
        kind: "library",
        // Older manifests have a slash for "or".
        licence: text(&item["license"]).replace('/', " OR "),
        digest: checksums.get(&(name.clone(), version.clone())).map(|digest| ("SHA-256", digest.clone())),
        needs: Vec::new(),
        parts: Vec::new(),
        folder: Path::new(text(&item["manifest_path"])).parent().map(Path::to_owned),
        authors: list(&item["authors"]).map(|author| without_address(text(author))).collect(),
        name,
        version,
    }
}

fn purl(item: &Value) -> String {
    format!("pkg:cargo/{}@{}", text(&item["name"]), text(&item["version"]))
}

/// Mail addresses are for their owners' manifests, not for our notices.
fn without_address(author: &str) -> String {
    author.split_once('<').map_or(author, |(name, _)| name).trim().to_owned()
}

/// Cargo.lock's checksums of the sources, by name and version.
fn checksums(root: &Path) -> Result<BTreeMap<(String, String), String>> {
    let lock = fs::read_to_string(root.join("Cargo.lock"))?;
    let mut checksums = BTreeMap::new();
    for entry in lock.split("[[package]]") {
        let field = |name: &str| {
            let start = format!("\n{name} = \"");
            entry.split_once(&start).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value.to_owned())
        };
        if let (Some(name), Some(version), Some(checksum)) = (field("name"), field("version"), field("checksum")) {
            checksums.insert((name, version), checksum);
        }
    }
    Ok(checksums)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
