//! The bytes of one part of a child's output, looked at by the parent.

use anyhow::Context as _;
use model::ArtifactPart;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// A text as it lies in the output. Says what is wrong.
pub(crate) fn text(part: &ArtifactPart, output: &File, most_bytes: u64) -> Result<String, &'static str> {
    if part.size_bytes > most_bytes {
        return Err("is larger than a text may be");
    }
    let mut bytes = vec![0; part.size_bytes as usize];
    output.read_exact_at(&mut bytes, part.offset).map_err(|_| "cannot be read")?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8")
}

/// A text that has been looked at, for whoever works with it.
pub(crate) fn read_text(part: &ArtifactPart, output: &File) -> anyhow::Result<String> {
    let mut bytes = vec![0; part.size_bytes as usize];
    output.read_exact_at(&mut bytes, part.offset).with_context(|| format!("reading {}", part.name))?;
    String::from_utf8(bytes).with_context(|| format!("reading {}", part.name))
}

/// True when the part begins so, and is not much less.
pub(crate) fn begins<const N: usize>(part: &ArtifactPart, output: &File, magic: &[u8; N]) -> bool {
    let mut head = [0u8; N];
    part.size_bytes > 8 && output.read_exact_at(&mut head, part.offset).is_ok() && head == *magic
}
