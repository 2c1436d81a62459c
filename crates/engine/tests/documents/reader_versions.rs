//! Whoever makes a reader read otherwise raises its version (`READER_VERSIONS` in `model`), so that people can have files read again that
//! the older one has read. What each sample read as is kept in `readings.txt`, a line each: path, format, version, fingerprint.

use crate::support::extract;
use model::{UNKNOWN_FORMAT, reader_version};
use std::collections::BTreeMap;
use std::path::Path;

/// What a sample was read as, by which version of its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    format: String,
    version: i32,
    fingerprint: String,
}

#[test]
fn a_reader_that_reads_otherwise_has_another_version() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = here.join("tests/documents/readings.txt");
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let kept: BTreeMap<&str, Reading> = kept.lines().filter_map(parse).collect();
    let mut found = BTreeMap::new();
    let samples = here.join("../../tests/samples");
    for path in files(&samples) {
        let name = path.strip_prefix(&samples).unwrap().to_str().unwrap().to_owned();
        found.insert(name, read(&path));
    }
    assert!(found.len() > 90, "only {} samples were read", found.len());
    let mut silent = vec![];
    for (name, now) in &found {
        let Some(before) = kept.get(name.as_str()) else { continue };
        let is_same = (&before.format, &before.fingerprint) == (&now.format, &now.fingerprint);
        // Its earlier format is what it stands under in people's tables.
        if !is_same && reader_version(Some(&before.format)) <= before.version {
            silent.push(format!("{name} ({})", before.format));
        }
    }
    assert!(
        silent.is_empty(),
        "these are read otherwise than before by the same version of their readers: raise it in READER_VERSIONS: {silent:?}"
    );
    let lines: String = found.iter().map(|(name, now)| line(name, now, kept.get(name.as_str()))).collect();
    if std::env::var_os("UPDATE_READINGS").is_some() {
        std::fs::write(&file, &lines).unwrap();
    }
    let is_written = std::fs::read_to_string(&file).unwrap_or_default() == lines;
    assert!(is_written, "samples are new, or read better: write {} with UPDATE_READINGS=1", file.display());
}

fn read(path: &Path) -> Reading {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    let made = extract(&std::fs::read(path).expect("a sample"), &extension);
    let format = made.report.format.clone().unwrap_or_else(|| UNKNOWN_FORMAT.into());
    let said = format!("{}\n{}\n{}", made.report.outcome.code(), made.plain, made.markdown);
    Reading { version: reader_version(Some(&format)), format, fingerprint: format!("{:016x}", fnv(said.as_bytes())) }
}

/// The line to keep. What is read as before keeps the version that it was first read so by.
fn line(name: &str, now: &Reading, kept: Option<&Reading>) -> String {
    let same = kept.filter(|kept| (&kept.format, &kept.fingerprint) == (&now.format, &now.fingerprint));
    let Reading { format, version, fingerprint } = same.unwrap_or(now);
    format!("{name}\t{format}\t{version}\t{fingerprint}\n")
}

fn parse(line: &str) -> Option<(&str, Reading)> {
    let [name, format, version, fingerprint] = line.split('\t').collect::<Vec<_>>()[..] else { return None };
    let reading =
        Reading { format: format.into(), version: version.parse().ok()?, fingerprint: fingerprint.to_owned() };
    Some((name, reading))
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).expect("the samples") {
        let path = entry.expect("a sample").path();
        if path.is_dir() { found.append(&mut files(&path)) } else { found.push(path) }
    }
    found
}

/// FNV-1a, 64 bits: the same on every machine and for ever.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
