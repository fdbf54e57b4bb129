//! The notices that the licences ask for. Where a choice is given, MIT is taken.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{Component, bundled};
use crate::step::Result;

const HEAD: &str = "\
# Third-party notices

This package is compiled from, and so contains parts of, what is listed here. `sbom.cdx.json` says the same to programs. Where a
work is offered under several licences, MIT is the one taken. The notices of what the command line contains are in `cli/LICENSES.txt`.
";

const MIT: &str = r#"
## The MIT licence

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

## The Apache licence 2.0

Its text is in `LICENSE-APACHE`.
"#;

/// The notices, one a component, then the texts.
pub(super) fn text(components: &[Component]) -> Result<String> {
    let mut text = HEAD.to_owned();
    let mut texts = MIT.to_owned();
    // What the command line bundles has its notices beside it.
    for component in components.iter().filter(|component| component.parts != [bundled::PART]) {
        let taken = if component.licence.contains("MIT") { "MIT" } else { &component.licence };
        write!(text, "\n## {} {}\n\n{taken}. ", component.name, component.version)?;
        writeln!(text, "{}", holders(component)?)?;
        // Licences of one work only, in their own words.
        for (id, file) in [("BSD-3-Clause", "LICENSE"), ("Unicode-3.0", "LICENSE-UNICODE")] {
            if component.licence.contains(id) {
                let folder = component.folder.as_deref().ok_or("no licence text")?;
                let words = fs::read_to_string(folder.join(file))?;
                write!(texts, "\n## {id}, of {}\n\n{}\n", component.name, words.trim())?;
            }
        }
    }
    Ok(text + &texts)
}

/// The copyright lines of its licence, or whom its manifest names.
fn holders(component: &Component) -> Result<String> {
    let mut lines = Vec::new();
    if let Some(folder) = &component.folder {
        for file in ["LICENSE-MIT", "LICENSE", "LICENSE.txt", "LICENSE.md"] {
            if folder.join(file).is_file() {
                lines = copyright_lines(&folder.join(file))?;
                break;
            }
        }
    }
    if lines.is_empty() && !component.authors.is_empty() {
        lines.push(format!("Copyright (c) {}.", component.authors.join(", ")));
    }
    if lines.is_empty() {
        lines.push(format!("Copyright (c) the authors of {}.", component.name));
    }
    Ok(lines.join(" "))
}

fn copyright_lines(file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("Copyright"));
    Ok(lines.map(|line| format!("{}.", line.trim_end_matches('.'))).collect())
}
