//! What is damaged: the files of `tests/samples`, and those of a folder beside.

use std::path::{Path, PathBuf};

/// Larger files of a corpus are left out: a case should take milliseconds.
const MAX_BYTES: u64 = 1 << 20;

/// One content, and what its name says it is.
#[derive(Debug, Clone)]
pub struct Sample {
    pub name: String,
    pub extension: Option<String>,
    pub bytes: Vec<u8>,
}

impl Sample {
    /// The file at that path.
    pub fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        Self { name: path.display().to_string(), extension, bytes }
    }
}

/// Every file of `tests/samples`.
pub fn ours() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let mut samples = of(&folder);
    for sample in &mut samples {
        let name = Path::new(&sample.name).strip_prefix(&folder).unwrap().display().to_string();
        sample.name = name;
    }
    assert!(samples.len() > 80, "only {} samples were found", samples.len());
    samples
}

/// Every file below that folder that is not too large, always in the same order.
pub fn of(folder: &Path) -> Vec<Sample> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::<PathBuf>::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let entry = entry.unwrap();
            match entry.metadata().unwrap() {
                metadata if metadata.is_dir() => folders.push(entry.path()),
                metadata if metadata.len() <= MAX_BYTES => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    files.iter().map(|path| Sample::read(path)).collect()
}
