//! The output descriptor: artifacts one after another, without gaps, and where each of them begins.

use crate::Error;
use model::ArtifactPart;
use std::io::{BufWriter, Write};

/// Writes artifacts and remembers their places.
pub struct Output<'a> {
    to: &'a mut dyn Write,
    offset: u64,
    parts: Vec<ArtifactPart>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(to: &'a mut dyn Write) -> Self {
        Self { to, offset: 0, parts: vec![] }
    }

    /// Writes one artifact without dimensions.
    pub fn put(&mut self, name: &str, mime: &str, bytes: &[u8]) -> Result<(), Error> {
        self.write(name, mime, bytes, None)
    }

    /// Writes one artifact that is in pieces, small ones perhaps.
    pub fn put_pieces<'p>(
        &mut self,
        name: &str,
        mime: &str,
        pieces: impl Iterator<Item = &'p [u8]>,
    ) -> Result<(), Error> {
        let mut to = BufWriter::with_capacity(64 << 10, &mut *self.to);
        let mut size_bytes = 0;
        for piece in pieces {
            to.write_all(piece).map_err(Error::Io)?;
            size_bytes += piece.len() as u64;
        }
        to.flush().map_err(Error::Io)?;
        drop(to);
        self.add(name, mime, size_bytes, None);
        Ok(())
    }

    /// Writes one image of that width and height.
    pub fn put_image(&mut self, name: &str, mime: &str, bytes: &[u8], size: (u32, u32)) -> Result<(), Error> {
        self.write(name, mime, bytes, Some(size))
    }

    pub(crate) fn finish(self) -> Result<Vec<ArtifactPart>, Error> {
        self.to.flush().map_err(Error::Io)?;
        Ok(self.parts)
    }

    fn write(&mut self, name: &str, mime: &str, bytes: &[u8], size: Option<(u32, u32)>) -> Result<(), Error> {
        // Whatever kind of error a write gives, it is the machine's and not the content's.
        self.to.write_all(bytes).map_err(Error::Io)?;
        self.add(name, mime, bytes.len() as u64, size);
        Ok(())
    }

    /// Remembers the artifact that was just written.
    fn add(&mut self, name: &str, mime: &str, size_bytes: u64, size: Option<(u32, u32)>) {
        self.parts.push(ArtifactPart {
            name: name.into(),
            mime: mime.into(),
            offset: self.offset,
            size_bytes,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
        });
        self.offset += size_bytes;
    }
}
