//! The output descriptor: artifacts one after another, without gaps, and where each of them begins.

use crate::Error;
use model::{ArtifactPart, PageArtifact};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;

/// Where artifacts go: empty at first, and what was written can be read again.
pub trait Target: Write {
    /// Fills `bytes` with what was written from `offset` on.
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()>;
}

impl Target for File {
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(self, bytes, offset)
    }
}

impl Target for Vec<u8> {
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let written = usize::try_from(offset).ok().and_then(|start| self.get(start..)?.get(..bytes.len()));
        bytes.copy_from_slice(written.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// Writes artifacts and remembers where they are.
pub struct Output<'a> {
    to: BufWriter<&'a mut dyn Target>,
    /// Where the open artifact begins, and how much there is of it.
    offset: u64,
    size_bytes: u64,
    parts: Vec<ArtifactPart>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(to: &'a mut dyn Target) -> Self {
        Self { to: BufWriter::with_capacity(64 << 10, to), offset: 0, size_bytes: 0, parts: vec![] }
    }

    /// Writes one artifact without dimensions.
    pub fn put(&mut self, name: &str, mime: &str, bytes: &[u8]) -> Result<(), Error> {
        self.write(bytes)?;
        self.end(name, mime, None);
        Ok(())
    }

    /// Writes more of an artifact, the next one where none is open.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        // Whatever kind of error a write gives, it is the machine's and not the content's.
        self.to.write_all(bytes).map_err(Error::Io)?;
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Names the artifact that was written.
    pub fn end(&mut self, name: &str, mime: &str, size: Option<(u32, u32)>) {
        self.parts.push(ArtifactPart {
            name: name.into(),
            mime: mime.into(),
            offset: self.offset,
            size_bytes: self.size_bytes,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
        });
        self.offset += std::mem::take(&mut self.size_bytes);
    }

    /// Where the open artifact begins, or the next one.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Fills `bytes` with what was written from that offset on.
    pub fn read_back(&mut self, bytes: &mut [u8], offset: u64) -> Result<(), Error> {
        self.to.flush().map_err(Error::Io)?;
        self.to.get_ref().read_exact_at(bytes, offset).map_err(Error::Io)
    }

    /// Writes one of the artifacts that somebody sees pages by, as JSON.
    pub fn put_json(&mut self, artifact: PageArtifact, value: &impl Serialize) -> Result<(), Error> {
        let bytes = serde_json::to_vec(value).map_err(|error| Error::Io(error.into()))?;
        self.put(&artifact.name(), artifact.mime(), &bytes)
    }

    /// Writes one image of that width and height.
    pub fn put_image(&mut self, name: &str, mime: &str, bytes: &[u8], size: (u32, u32)) -> Result<(), Error> {
        self.write(bytes)?;
        self.end(name, mime, Some(size));
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Vec<ArtifactPart>, Error> {
        self.to.flush().map_err(Error::Io)?;
        Ok(self.parts)
    }
}
