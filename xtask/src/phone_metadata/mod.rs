//! `cargo xtask phone-metadata`: compiles libphonenumber's metadata into `src/phone/ranges.bin`.
//!
//! The source is the metadata that the crate `rlibphonenumber` carries. That crate is the oracle of the tests, pinned with
//! its checksum in `Cargo.lock`, so the table and the oracle always speak of the same version.

mod encode;
#[path = "../../../src/phone/model.rs"]
mod model;
mod pack;
mod pattern;
mod proto;
mod trie;

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pattern::Program;
use proto::{Description, Region};
use trie::{PrefixReading, SetReading, Slots, Trie};

const SOURCE: &str = "rlibphonenumber";
const TABLE: &str = "src/phone/ranges.bin";
/// The same in the form that the mini-program's module has it in.
const PACKED: &str = "src/phone/ranges.packed";
/// What the table is, for people.
const PAGE: &str = "src/phone/ranges.md";
/// The metadata's own example numbers, for tests on every platform.
const EXAMPLES: &str = "tests/data/phone_examples.json";
/// National numbers have 2 to 17 digits; a set of lengths is 16 bits, the lowest for 2.
const SHORTEST: i32 = 2;
const LONGEST: i32 = 17;
/// Region of calling codes that belong to none.
const WORLD: &str = "001";
/// Kinds of number, as `src/phone/ranges.rs` reads them.
const UNKNOWN: u8 = 0;
const MOBILE: u8 = 1;
const FIXED_LINE: u8 = 2;
const FIXED_LINE_OR_MOBILE: u8 = 3;
const OTHER: u8 = 4;
const KINDS: u8 = 5;

/// Where the metadata comes from.
struct Origin {
    crate_version: String,
    checksum: String,
    metadata_version: String,
    metadata: Vec<u8>,
}

/// Writes the table, or with `check` only compares it with the committed one.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), Box<dyn Error>> {
    let origin = origin(root)?;
    let regions = proto::regions(&origin.metadata)?;
    let (table, packed) = Table::of(&regions)?.bytes(&origin)?;
    let page = include_str!("ranges.md")
        .replace("{size}", &table.len().to_string())
        .replace("{packed_size}", &packed.len().to_string())
        .replace("{metadata_version}", &origin.metadata_version)
        .replace("{crate_version}", &origin.crate_version)
        .replace("{checksum}", &origin.checksum);
    let examples = examples(&regions)?;
    let files = [(TABLE, &*table), (PACKED, &*packed), (PAGE, page.as_bytes()), (EXAMPLES, examples.as_bytes())];
    for (path, bytes) in files {
        let path = root.join(path);
        if check {
            if fs::read(&path)? != bytes {
                return Err(format!("{} is not what `cargo xtask phone-metadata` writes", path.display()).into());
            }
        } else {
            fs::write(&path, bytes)?;
        }
    }
    if !check {
        println!("{TABLE}: {} bytes, packed {}, libphonenumber {}", table.len(), packed.len(), origin.metadata_version);
    }
    Ok(())
}

/// Every example of every region and kind, one a line: region, kind in libphonenumber's words, calling code,
/// national number.
fn examples(regions: &[Region]) -> Result<String, Box<dyn Error>> {
    const OTHERS: [&str; 8] =
        ["PREMIUM_RATE", "TOLL_FREE", "SHARED_COST", "VOIP", "PERSONAL_NUMBER", "PAGER", "UAN", "VOICEMAIL"];
    let mut lines = Vec::new();
    for region in regions {
        let kinds = [("FIXED_LINE", &region.fixed_line), ("MOBILE", &region.mobile)];
        for (kind, description) in kinds.into_iter().chain(OTHERS.into_iter().zip(&region.others)) {
            if let Some(example) = &description.example {
                lines.push(serde_json::to_string(&[
                    &region.id,
                    kind,
                    &region.calling_code.to_string(),
                    example.as_str(),
                ])?);
            }
        }
    }
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}

/// Asks cargo where the source lies, so that its lock file and its checksum decide what is read.
fn origin(root: &Path) -> Result<Origin, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output =
        Command::new(cargo).args(["metadata", "--format-version", "1", "--locked"]).current_dir(root).output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata: no packages")?;
    let found: Vec<_> = packages.iter().filter(|package| package["name"] == SOURCE).collect();
    let [package] = found[..] else { return Err(format!("{SOURCE} must be locked in exactly one version").into()) };
    let text = |name: &str| package[name].as_str().ok_or_else(|| format!("cargo metadata: no {name}"));
    let crate_version = text("version")?.to_owned();
    let folder = PathBuf::from(text("manifest_path")?);
    let folder = folder.parent().ok_or("cargo metadata: manifest_path")?;

    let lock = fs::read_to_string(root.join("Cargo.lock"))?;
    let checksum = lock
        .split("[[package]]")
        .find(|entry| entry.contains(&format!("\nname = \"{SOURCE}\"\n")))
        .and_then(|entry| entry.split_once("\nchecksum = \""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(checksum, _)| checksum.to_owned())
        .ok_or_else(|| format!("Cargo.lock: no checksum of {SOURCE}"))?;

    let readme = fs::read_to_string(folder.join("Readme.md"))?;
    let metadata_version = readme
        .split_once("metadata version:** `v")
        .and_then(|(_, rest)| rest.split_once('`'))
        .map(|(version, _)| version.to_owned())
        .ok_or_else(|| format!("{SOURCE}: its Readme.md does not name the metadata's version"))?;
    let metadata = fs::read(folder.join("src/generated/metadata/metadata.bin"))?;
    Ok(Origin { crate_version, checksum, metadata_version, metadata })
}

/// What is done to a number that begins with a prefix: `literal`, then its digits from `from` to `to`, then those from
/// `resume` on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Action {
    literal: String,
    from: u8,
    to: u8,
    resume: u8,
}

impl Action {
    /// By libphonenumber's rules: without a transformation, or where its group took no part, the match goes away; otherwise
    /// the transformation with its one group takes the place of the match.
    fn of(slots: &Slots, end: usize, groups: usize, transform: Option<&str>) -> Result<Self, String> {
        let end = u8::try_from(end).map_err(|_| "a prefix of over 255 digits")?;
        let group = [slots[2 * groups % 6], slots[(2 * groups + 1) % 6]];
        let Some(transform) = transform.filter(|_| groups > 0 && group[0] != 0xFF) else {
            return Ok(Self { literal: String::new(), from: end, to: end, resume: end });
        };
        let (literal, number) = transform.split_once('$').ok_or("a transformation without a group")?;
        if number != groups.to_string() || literal.len() > 4 || !literal.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("the transformation {transform} is of an unknown form"));
        }
        let [from, to] = group;
        // Digits that are kept up to the end of the match and digits behind it are one piece.
        let (to, resume) = if to == end { (from, from) } else { (to, end) };
        Ok(Self { literal: literal.to_owned(), from, to, resume })
    }

    fn bytes(&self) -> [u8; 5] {
        let mut literal = 0xFFFFu16;
        for (place, digit) in self.literal.bytes().enumerate() {
            literal &= !(0xF << (4 * place));
            literal |= u16::from(digit - b'0') << (4 * place);
        }
        let [low, high] = literal.to_le_bytes();
        [low, high, self.from, self.to, self.resume]
    }
}

/// One calling code.
struct Code {
    code: u16,
    regions: Vec<String>,
    /// Possible lengths, by the main region.
    lengths: u16,
    /// Indices into the table's trees.
    ranges: usize,
    general: usize,
    national_prefix: usize,
    international_prefix: usize,
}

/// Everything that is written, with equal trees kept once.
struct Table {
    codes: Vec<Code>,
    trees: Vec<Vec<u8>>,
    actions: Vec<Action>,
}

impl Table {
    fn of(regions: &[Region]) -> Result<Self, String> {
        // libphonenumber's order: the main region first, the others as they come.
        let mut by_code: BTreeMap<u16, Vec<&Region>> = BTreeMap::new();
        for region in regions {
            let list = by_code.entry(region.calling_code).or_default();
            if region.main { list.insert(0, region) } else { list.push(region) }
        }
        // Tree 0 is the empty one: no prefix.
        let mut table = Self { codes: Vec::new(), trees: vec![Vec::new()], actions: Vec::new() };
        let mut known = HashMap::from([(Vec::new(), 0)]);
        for (code, regions) in by_code {
            let main = regions[0];
            let mut tree = |bytes: Vec<u8>| {
                let next = table.trees.len();
                let index = *known.entry(bytes.clone()).or_insert(next);
                if index == next {
                    table.trees.push(bytes);
                }
                index
            };
            let ranges = tree(ranges(&regions)?);
            let general = tree(general(&main.general)?);
            let national_prefix = tree(prefix(
                main.national_prefix.as_deref(),
                main.national_prefix_transform.as_deref(),
                &mut table.actions,
            )?);
            let international_prefix = tree(prefix(main.international_prefix.as_deref(), None, &mut table.actions)?);
            let regions = regions.iter().map(|region| region.id.clone()).collect();
            let lengths = lengths(&main.general)?;
            table.codes.push(Code { code, regions, lengths, ranges, general, national_prefix, international_prefix });
        }
        Ok(table)
    }

    /// The file: what it is, in words; then counts and columns, one entry for each calling code; then the trees.
    /// The table, and the table packed.
    fn bytes(&self, origin: &Origin) -> Result<(Vec<u8>, Vec<u8>), String> {
        let byte = |value: usize, what: &str| u8::try_from(value).map_err(|_| format!("more than 255 {what}"));
        let title = format!(
            "libphonenumber {} (Apache-2.0) by way of {SOURCE} {}, sha256 {}\n",
            origin.metadata_version, origin.crate_version, origin.checksum
        );
        let mut file = vec![byte(title.len(), "characters of title")?];
        file.extend(title.as_bytes());

        let mut assigned = [0u8; 128];
        for code in &self.codes {
            let slot = assigned.get_mut(usize::from(code.code / 8)).ok_or("a calling code over 999")?;
            *slot |= 1 << (code.code % 8);
        }
        file.push(byte(self.codes.len(), "calling codes")?);
        file.push(byte(self.actions.len(), "prefix rules")?);
        file.extend(assigned);
        push_split(&mut file, self.codes.iter().map(|code| code.lengths));
        // Where each code's regions begin; one more entry for where they end.
        let mut regions: Vec<u8> = Vec::new();
        for (index, code) in self.codes.iter().enumerate() {
            file.push(byte(regions.len() / 2 - index, "regions")?);
            for region in &code.regions {
                let letters = if region == WORLD { "  " } else { region };
                if letters.len() != 2 || code.regions.len() > 25 {
                    return Err(format!("the region {region} does not fit the table"));
                }
                regions.extend(letters.as_bytes());
            }
        }
        file.push(byte(regions.len() / 2 - self.codes.len(), "regions")?);
        for action in &self.actions {
            file.extend(action.bytes());
        }

        // Trees of one sort lie together: they compress better so. Offsets count from the first; 0 is the empty tree.
        let columns = [
            |code: &Code| code.ranges,
            |code: &Code| code.general,
            |code: &Code| code.national_prefix,
            |code: &Code| code.international_prefix,
        ];
        let first_place = file.len();
        let mut trees = vec![0];
        let mut offsets = HashMap::from([(0, 0)]);
        for column in columns {
            let mut places = Vec::new();
            for code in &self.codes {
                let offset = match offsets.get(&column(code)) {
                    Some(offset) => *offset,
                    None => {
                        let offset = u16::try_from(trees.len()).map_err(|_| "trees of more than 65535 bytes")?;
                        trees.extend(&self.trees[column(code)]);
                        offsets.insert(column(code), offset);
                        offset
                    }
                };
                places.push(offset);
            }
            push_split(&mut file, places.into_iter());
        }
        let names = file.len()..file.len() + regions.len();
        file.extend(regions);
        file.extend(trees);
        let packed = pack::pack(&file, first_place..names.start, names)?;
        Ok((file, packed))
    }
}

/// The low bytes of all, then the high bytes of all: neighbours resemble each other more than halves do.
fn push_split(file: &mut Vec<u8>, column: impl Iterator<Item = u16> + Clone) {
    file.extend(column.clone().map(|number| number.to_le_bytes()[0]));
    file.extend(column.map(|number| number.to_le_bytes()[1]));
}

/// Lengths as bits. Checked here, as the reader relies on it: a length that only exists within an area is never one of a
/// whole number, nor longer than all of these.
fn lengths(general: &Description) -> Result<u16, String> {
    let mut set = 0;
    for &length in &general.lengths {
        if !(SHORTEST..=LONGEST).contains(&length) {
            return Err(format!("a national number of {length} digits"));
        }
        set |= 1 << (length - SHORTEST);
    }
    let longest = general.lengths.iter().max().ok_or("a region without lengths")?;
    if general.local_lengths.iter().any(|length| general.lengths.contains(length) || length > longest) {
        return Err("a local length that is also a whole one".into());
    }
    Ok(set)
}

/// What a national number is: region and kind, by the first region that knows it.
fn ranges(regions: &[&Region]) -> Result<Vec<u8>, String> {
    const PATTERNS: usize = 12;
    const LEADING: usize = 11;
    fn descriptions(region: &Region) -> impl Iterator<Item = &Description> {
        [&region.general, &region.fixed_line, &region.mobile].into_iter().chain(&region.others)
    }
    let mut program = Program::default();
    let mut starts = Vec::new();
    for (index, region) in regions.iter().enumerate() {
        for (kind, description) in descriptions(region).enumerate() {
            if let Some(pattern) = &description.pattern {
                starts.push(program.add(pattern, index * PATTERNS + kind)?);
            }
        }
        if let Some(pattern) = &region.leading_digits {
            starts.push(program.add_prefix(pattern, index * PATTERNS + LEADING)?);
        }
    }
    // Numbers of other lengths are refused unless they are valid, so their region is never asked for.
    let of_main = &regions[0].general.lengths;
    let possible = of_main.iter().min().copied().unwrap_or(0)..=of_main.iter().max().copied().unwrap_or(0);
    let meaning = |matched: &[usize], length: usize| {
        let length = i32::try_from(length).unwrap_or(i32::MAX);
        for (index, region) in regions.iter().enumerate() {
            let fits = |kind: usize, description: &Description| {
                matched.binary_search(&(index * PATTERNS + kind)).is_ok()
                    && (description.lengths.is_empty() || description.lengths.contains(&length))
            };
            let kind = if !fits(0, &region.general) {
                UNKNOWN
            } else if region.others.iter().enumerate().any(|(at, other)| fits(3 + at, other)) {
                OTHER
            } else if fits(1, &region.fixed_line) {
                let both = region.same_mobile_and_fixed_line || fits(2, &region.mobile);
                if both { FIXED_LINE_OR_MOBILE } else { FIXED_LINE }
            } else if !region.same_mobile_and_fixed_line && fits(2, &region.mobile) {
                MOBILE
            } else {
                UNKNOWN
            };
            let leads = regions.len() > 1
                && possible.contains(&length)
                && matched.binary_search(&(index * PATTERNS + LEADING)).is_ok();
            if kind != UNKNOWN || leads {
                return u8::try_from(index).unwrap_or(u8::MAX).saturating_mul(KINDS).saturating_add(kind + 1);
            }
        }
        0
    };
    let longest = regions.iter().flat_map(|region| &region.general.lengths).max().copied().unwrap_or(0);
    let longest = usize::try_from(longest).map_err(|_| "a negative length")?;
    encode::encode(&Trie::of(&SetReading { program, starts, longest, meaning }))
}

/// Whether a national number has the general form of the region's numbers, whatever its length.
fn general(general: &Description) -> Result<Vec<u8>, String> {
    let mut program = Program::default();
    let starts = vec![program.add(general.pattern.as_deref().ok_or("a region without a general pattern")?, 0)?];
    encode::encode(&Trie::of(&SetReading { program, starts, longest: trie::LENGTHS, meaning: |_: &[usize], _| 1 }))
}

/// A national or international prefix; what to do about it is an action of the table, counted from 1.
fn prefix(pattern: Option<&str>, transform: Option<&str>, actions: &mut Vec<Action>) -> Result<Vec<u8>, String> {
    let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else { return Ok(Vec::new()) };
    let groups = pattern.matches('(').count() - pattern.matches("(?:").count();
    if groups > 2 {
        return Err(format!("the prefix {pattern} has more than two groups"));
    }
    let mut program = Program::default();
    let start = program.add(pattern, 0)?;
    let found = std::cell::RefCell::new((actions, None));
    let meaning = |slots: &Slots, end: usize| {
        let (actions, failure) = &mut *found.borrow_mut();
        match Action::of(slots, end, groups, transform) {
            Ok(action) => {
                let at = actions.iter().position(|known| *known == action).unwrap_or_else(|| {
                    actions.push(action);
                    actions.len() - 1
                });
                u8::try_from(at + 1).unwrap_or(u8::MAX)
            }
            Err(error) => {
                *failure = Some(error);
                0
            }
        }
    };
    let bytes = encode::encode(&Trie::of(&PrefixReading { program, start, meaning }))?;
    let (_, failure) = found.into_inner();
    failure.map_or(Ok(bytes), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_table_is_what_the_source_gives() -> Result<(), Box<dyn Error>> {
        run(Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no root")?, true)
    }

    /// What libphonenumber's rules make of a number, by hand, for each form of rule there is.
    #[test]
    fn prefix_rules() -> Result<(), String> {
        let plain = |count| Action { literal: String::new(), from: count, to: count, resume: count };
        let mut actions = Vec::new();
        prefix(Some("0|80?"), None, &mut actions)?;
        assert_eq!(actions, [plain(1), plain(2)]);

        // A group that takes part is kept behind the literal; what follows it up to the end of the match goes.
        let mut actions = Vec::new();
        prefix(Some("0?(?:(11)15)?"), Some("9$1"), &mut actions)?;
        actions.sort_by_key(|action| (action.literal.clone(), action.from));
        let moved = |from, to, resume| Action { literal: "9".into(), from, to, resume };
        assert_eq!(actions, [plain(0), plain(1), moved(0, 2, 4), moved(1, 3, 5)]);

        assert!(prefix(Some("0(1)"), Some("x$1"), &mut Vec::new()).is_err());
        assert!(prefix(Some("0(1)(2)(3)"), None, &mut Vec::new()).is_err());
        Ok(())
    }

    #[test]
    fn patterns_that_the_table_cannot_hold_are_refused() {
        for pattern in ["1+", "a", "1(?:2", r"\b1", "1??"] {
            assert!(Program::default().add(pattern, 0).is_err(), "{pattern}");
        }
    }
}
