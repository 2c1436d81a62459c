//! Files far larger than memory may be: text streams by.

use model::{Limits, Outcome, Request, Task};
use std::io::{Read, Result, Seek, SeekFrom};

/// A file of a gigabyte that repeats one line and remembers how much of it was read.
struct Endless {
    at: u64,
    read: u64,
}

const SIZE: u64 = 1 << 30;
const LINE: &[u8] = b"abc,def\n";

impl Read for Endless {
    fn read(&mut self, to: &mut [u8]) -> Result<usize> {
        let count = to.len().min((SIZE - self.at) as usize);
        for (offset, byte) in to[..count].iter_mut().enumerate() {
            *byte = LINE[((self.at + offset as u64) % LINE.len() as u64) as usize];
        }
        self.at += count as u64;
        self.read += count as u64;
        Ok(count)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(offset) => SIZE.saturating_add_signed(offset),
            SeekFrom::Current(offset) => self.at.saturating_add_signed(offset),
        };
        Ok(self.at)
    }
}

#[test]
fn a_gigabyte_of_csv_is_read_only_as_far_as_its_text_is_kept() {
    let request = Request { task: Task::ExtractText, extension: Some("csv".into()), limits: Limits::default() };
    let mut file = Endless { at: 0, read: 0 };
    let mut output = vec![];
    let report = engine::run(&request, &mut file, &mut output, &|_| ());
    assert_eq!(report.outcome, Outcome::Partial);
    assert_eq!(report.warnings[0].code, "text-cut");
    assert_eq!(report.artifacts[0].size_bytes, 10 << 20);
    assert!(file.read < 11 << 20, "{} bytes were read", file.read);
}
