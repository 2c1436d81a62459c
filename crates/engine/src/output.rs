//! The output descriptor: artifacts one after another, without gaps, and where each of them begins.

use crate::Error;
use model::ArtifactPart;
use std::io::Write;

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
        self.parts.push(ArtifactPart {
            name: name.into(),
            mime: mime.into(),
            offset: self.offset,
            size_bytes: bytes.len() as u64,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
        });
        self.offset += bytes.len() as u64;
        Ok(())
    }
}
