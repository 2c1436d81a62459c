//! The records of a workbook stream ([MS-XLS] 2.1.4): a number, a length, bytes. One at a time is in memory.

use crate::Error;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// Numbers of records ([MS-XLS] 2.3). Those that begin with `OLD` are of versions before Excel 97.
pub mod id {
    pub const BOF: u16 = 0x0809;
    pub const OLD_BOFS: [u16; 3] = [0x0009, 0x0209, 0x0409];
    pub const EOF: u16 = 0x000a;
    pub const FORMULA: u16 = 0x0006;
    pub const OLD_FORMULA: u16 = 0x0206;
    pub const OLDER_FORMULA: u16 = 0x0406;
    /// Cells of Excel 2. Its formula has the number that later ones have again.
    pub const FIRST_INTEGER: u16 = 0x0002;
    pub const FIRST_NUMBER: u16 = 0x0003;
    pub const FIRST_LABEL: u16 = 0x0004;
    pub const FIRST_BOOL_ERR: u16 = 0x0005;
    pub const STRING: u16 = 0x0207;
    pub const OLD_STRING: u16 = 0x0007;
    pub const FORMAT: u16 = 0x041e;
    pub const OLD_FORMAT: u16 = 0x001e;
    pub const DATE_1904: u16 = 0x0022;
    pub const FILE_PASS: u16 = 0x002f;
    /// What goes on in the record before it.
    pub const CONTINUE: u16 = 0x003c;
    pub const CODE_PAGE: u16 = 0x0042;
    pub const BOUND_SHEET: u16 = 0x0085;
    /// The name of a sheet that follows, in Excel 4.
    pub const SHEET_HEADER: u16 = 0x008f;
    pub const MUL_RK: u16 = 0x00bd;
    pub const RICH_STRING: u16 = 0x00d6;
    pub const XF: u16 = 0x00e0;
    pub const THIRD_XF: u16 = 0x0243;
    pub const FOURTH_XF: u16 = 0x0443;
    pub const SHARED_STRINGS: u16 = 0x00fc;
    pub const LABEL_SST: u16 = 0x00fd;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOL_ERR: u16 = 0x0205;
    pub const RK: u16 = 0x027e;
}

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
    pub fn seek(&mut self, offset: u64) -> Result<(), Error> {
        self.input.seek(SeekFrom::Start(offset)).map_err(Error::from)?;
        Ok(())
    }

    /// Where the next record begins.
    pub fn position(&mut self) -> Result<u64, Error> {
        Ok(self.input.stream_position()?)
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
        let is_one = self.input.fill_buf()?.first_chunk() == Some(&id::CONTINUE.to_le_bytes());
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
