//! Builds, assembles, inspects and tests weapp-opendata.
mod phone_metadata;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no root")?;
    phone_metadata::run(root, std::env::args().any(|argument| argument == "--check"))
}
