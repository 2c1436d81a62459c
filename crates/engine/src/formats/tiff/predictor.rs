//! Samples stored as differences from their neighbours (TIFF 6.0, section 14, and Adobe's Technical Note 3).

use super::refusals::unsupported;
use crate::Error;

/// How samples are stored.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Predictor {
    None,
    /// As differences from the pixel before.
    Differences,
    /// As differences between the bytes of a row, highest bytes first.
    Floats,
}

impl Predictor {
    pub fn of(number: u64) -> Result<Self, Error> {
        match number {
            0 | 1 => Ok(Self::None),
            2 => Ok(Self::Differences),
            3 => Ok(Self::Floats),
            _ => Err(unsupported("an unknown way to store differences")),
        }
    }

    /// Makes samples, lowest byte first, of rows of so many bytes. `samples` is how many a pixel has.
    pub fn undo(self, data: &mut [u8], row_bytes: usize, bits: u32, samples: usize) -> Result<(), Error> {
        let rows = data.chunks_exact_mut(row_bytes);
        match (self, bits) {
            (Self::None, _) => {}
            (Self::Differences, 8) => rows.for_each(|row| {
                for at in samples..row.len() {
                    row[at] = row[at].wrapping_add(row[at - samples]);
                }
            }),
            (Self::Differences, 16) => rows.for_each(|row| {
                add_up(row, samples, |one, other| {
                    u16::from_le_bytes(one).wrapping_add(u16::from_le_bytes(other)).to_le_bytes()
                });
            }),
            (Self::Differences, 32) => rows.for_each(|row| {
                add_up(row, samples, |one, other| {
                    u32::from_le_bytes(one).wrapping_add(u32::from_le_bytes(other)).to_le_bytes()
                });
            }),
            (Self::Differences, 64) => rows.for_each(|row| {
                add_up(row, samples, |one, other| {
                    u64::from_le_bytes(one).wrapping_add(u64::from_le_bytes(other)).to_le_bytes()
                });
            }),
            (Self::Floats, 16 | 24 | 32 | 64) => rows.for_each(|row| floats(row, bits as usize / 8, samples)),
            _ => return Err(unsupported("differences of samples of this size")),
        }
        Ok(())
    }
}

fn add_up<const BYTES: usize>(row: &mut [u8], samples: usize, add: fn([u8; BYTES], [u8; BYTES]) -> [u8; BYTES]) {
    let row = row.as_chunks_mut::<BYTES>().0;
    for at in samples..row.len() {
        row[at] = add(row[at], row[at - samples]);
    }
}

fn floats(row: &mut [u8], bytes: usize, samples: usize) {
    for at in samples..row.len() {
        row[at] = row[at].wrapping_add(row[at - samples]);
    }
    let planes = row.to_vec();
    let count = planes.len() / bytes;
    for (index, float) in row.chunks_exact_mut(bytes).enumerate() {
        for (byte, place) in float.iter_mut().enumerate() {
            *place = planes[(bytes - 1 - byte) * count + index];
        }
    }
}
