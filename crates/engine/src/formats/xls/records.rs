//! The records of a workbook stream ([MS-XLS] 2.1.4): a number, a length, bytes. One at a time is in memory.

use crate::Error;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// What goes on in the record before it.
pub const CONTINUE: u16 = 0x3c;

/// Reads records in their order.
pub struct Records<R> {
    input: BufReader<R>,
    /// The bytes of the record that was read last.
    pub data: Vec<u8>,
}

impl<R: Read + Seek> Records<R> {
    pub fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(64 << 10, input), data: vec![] }
    }

    /// Goes to the record at that place.
    pub fn seek(&mut self, at: u64) -> Result<(), Error> {
        self.input.seek(SeekFrom::Start(at)).map_err(Error::from)?;
        Ok(())
    }

    /// Reads the next record and gives its number; nothing at the end, or where the file is cut.
    pub fn next(&mut self) -> Result<Option<u16>, Error> {
        let mut head = [0; 4];
        if !self.fill(&mut head)? {
            return Ok(None);
        }
        self.data.clear();
        let length = u64::from(u16::from_le_bytes([head[2], head[3]]));
        (&mut self.input).take(length).read_to_end(&mut self.data)?;
        Ok(Some(u16::from_le_bytes([head[0], head[1]])))
    }

    /// Reads the next record if it continues this one.
    pub fn next_continued(&mut self) -> Result<bool, Error> {
        let is_one = self.input.fill_buf()?.first_chunk() == Some(&CONTINUE.to_le_bytes());
        Ok(is_one && self.next()?.is_some())
    }

    fn fill(&mut self, to: &mut [u8]) -> Result<bool, Error> {
        match self.input.read_exact(to) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
