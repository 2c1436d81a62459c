//! What is measured: lists of presets, and the files each is for.

use crate::files::{File, Kind};
use anyhow::{Context, Result};
use model::Preset;

/// One list of presets.
pub struct Set {
    /// Its name in the report.
    pub name: &'static str,
    /// The presets made in one go.
    pub presets: &'static [&'static str],
    /// The files it is measured on.
    pub takes: fn(&File) -> bool,
    /// The peers that can read those files.
    pub peers: &'static [&'static str],
    /// Our encoder spends more time on fewer bytes.
    pub smallest: bool,
}

const SHARPS: &[&str] = &["sharp033", "sharp-newest"];
const UPLOAD: &[&str] = &["ai-chat", "thumbnail"];
const ALL: &[&str] = &["ai-chat", "ai-vision", "preview", "thumbnail"];

fn usual(file: &File) -> bool {
    matches!(file.kind, Kind::Photo | Kind::Screenshot)
}

/// Every set.
pub static SETS: &[Set] = &[
    Set { name: "upload_set", presets: UPLOAD, takes: usual, peers: SHARPS, smallest: false },
    Set { name: "all_presets", presets: ALL, takes: usual, peers: SHARPS, smallest: false },
    Set { name: "thumbnail", presets: &["thumbnail"], takes: usual, peers: SHARPS, smallest: false },
    Set { name: "smallest", presets: UPLOAD, takes: usual, peers: SHARPS, smallest: true },
    Set {
        name: "avif",
        presets: UPLOAD,
        takes: |file| matches!(file.kind, Kind::Avif),
        peers: SHARPS,
        smallest: false,
    },
    // sharp's own builds read no HEIC.
    Set { name: "heic", presets: UPLOAD, takes: |file| matches!(file.kind, Kind::Heic), peers: &[], smallest: false },
];

/// The sets of these names in that order, or all.
pub fn named(names: &[String]) -> Result<Vec<&'static Set>> {
    let find =
        |name: &String| SETS.iter().find(|set| set.name == *name).with_context(|| format!("there is no set {name}"));
    if names.is_empty() { Ok(SETS.iter().collect()) } else { names.iter().map(find).collect() }
}

impl Set {
    /// Its rows.
    pub fn rows(&self) -> impl Iterator<Item = &'static Preset> {
        self.presets.iter().map(|name| Preset::named(name).expect("a set lists presets that exist"))
    }
}
