//! Are the bytes of the package a matter of the sources alone?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::build;
use crate::step::{Result, output, step};
use crate::tools::{Tools, node_modules};

/// Builds the package here, and again from a copy of the sources in a folder with another name, and compares the two byte for byte.
pub(crate) fn check(root: &Path) -> Result<()> {
    let tools = Tools::for_build(root)?;
    let here = files(&build::make(root, &tools)?)?;
    let elsewhere = env::temp_dir().join(format!("weapp-opendata built elsewhere {}", std::process::id()));
    let outcome = step(&format!("the same in {}", elsewhere.display()), || {
        copy_sources(root, &elsewhere)?;
        // What the command line is bundled from is looked for beside its sources.
        node_modules(&elsewhere, "cli")?;
        files(&build::make(&elsewhere, &tools)?)
    });
    fs::remove_dir_all(&elsewhere)?;
    let there = outcome?;
    let differing: Vec<&str> = here
        .keys()
        .chain(there.keys())
        .filter(|file| here.get(*file) != there.get(*file))
        .map(String::as_str)
        .collect();
    if !differing.is_empty() {
        return Err(format!("two builds differ in {differing:?}").into());
    }
    let bytes: usize = here.values().map(Vec::len).sum();
    println!("\nTwo builds in two folders gave the same {} files, {bytes} bytes.", here.len());
    Ok(())
}

/// The files under version control, as they are now.
fn copy_sources(root: &Path, target: &Path) -> Result<()> {
    let mut git = Command::new("git");
    let list = output(git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    for file in list.split_terminator('\0') {
        let (from, to) = (root.join(file), target.join(file));
        // What was removed and not yet committed is still listed.
        if from.is_file() {
            fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

/// All files below a folder, by their names within it.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
                found.insert(name, fs::read(path)?);
            }
        }
    }
    Ok(found)
}
