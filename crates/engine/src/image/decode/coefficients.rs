//! The coefficients of a progressive JPEG in half of the room. All of them are in memory before the first row of pixels can be
//! made, and libjpeg takes two bytes for each, while nearly all fit into one. It asks its memory manager for the rows it works
//! on, and that is a table of functions: ours keep what is not worked on packed, and let go of what has become pixels.

use super::libjpeg_errors::Failure;
use mozjpeg_sys::*;
use std::panic::resume_unwind;

const COEFFICIENTS: usize = 64;
/// One coefficient in so many may need a second byte; a row with more of them is kept as it is.
const ESCAPED: usize = 16;

/// The arrays of one picture, one for each component. libjpeg's `client_data` points here.
#[derive(Default)]
pub struct Coefficients(Vec<*mut Array>);

/// Rows of blocks.
struct Array {
    blocks: usize,
    packed: Vec<Row>,
    /// The rows that are worked on: the first one's number, and how many.
    open: (usize, usize),
    written: bool,
    unpacked: Vec<JBLOCK>,
    pointers: Vec<JBLOCKROW>,
}

enum Row {
    /// All zero, or not needed any more.
    Blank,
    /// The low bytes; the DC of every block; and the place and value of each other coefficient that does not fit.
    Narrow { bytes: Box<[[i8; COEFFICIENTS]]>, dc: Box<[JCOEF]>, escaped: Box<[(u32, JCOEF)]> },
    /// As it is.
    Wide(Box<[JBLOCK]>),
}

impl Coefficients {
    /// Has libjpeg come here for its arrays.
    ///
    /// # Safety
    /// `info` is a decompressor that has read a header and asked for no array yet, and `this` stays where it is for as long
    /// as `info` is used.
    pub unsafe fn keep(this: *mut Self, info: &mut jpeg_decompress_struct) {
        // SAFETY: The memory manager was made with `info`, and nobody else refers to it.
        let memory = unsafe { &mut *info.common.mem };
        info.common.client_data = this.cast();
        memory.request_virt_barray = Some(request);
        memory.access_virt_barray = Some(access);
    }
}

impl Drop for Coefficients {
    fn drop(&mut self) {
        for array in self.0.drain(..) {
            // SAFETY: It came from `Box::into_raw` in `request`, and libjpeg is done with it.
            drop(unsafe { Box::from_raw(array) });
        }
    }
}

impl Array {
    fn new(blocks: usize, rows: usize, max_open: usize) -> Self {
        let packed = std::iter::repeat_with(|| Row::Blank).take(rows).collect();
        let mut unpacked = vec![[0; COEFFICIENTS]; blocks * max_open];
        let pointers = unpacked.chunks_exact_mut(blocks.max(1)).map(<[JBLOCK]>::as_mut_ptr).collect();
        Self { blocks, packed, open: (0, 0), written: false, unpacked, pointers }
    }

    /// Unpacks these rows, which stay until others are asked for.
    fn open(&mut self, first: usize, count: usize, to_write: bool) -> Option<JBLOCKARRAY> {
        if first + count > self.packed.len() || count > self.pointers.len() {
            return None;
        }
        if self.open != (first, count) {
            self.close();
            // Scans write. The pass that makes pixels does not, and never goes back.
            if !to_write {
                self.packed[..first]
                    .iter_mut()
                    .rev()
                    .take_while(|row| !row.is_blank())
                    .for_each(|row| *row = Row::Blank);
            }
            for (row, blocks) in self.packed[first..][..count].iter().zip(self.unpacked.chunks_exact_mut(self.blocks)) {
                row.unpack(blocks);
            }
            self.open = (first, count);
        }
        self.written |= to_write;
        Some(self.pointers.as_mut_ptr())
    }

    fn close(&mut self) {
        let (first, count) = self.open;
        if std::mem::take(&mut self.written) {
            for (row, blocks) in self.packed[first..][..count].iter_mut().zip(self.unpacked.chunks_exact(self.blocks)) {
                *row = Row::pack(blocks);
            }
        }
    }
}

impl Row {
    fn is_blank(&self) -> bool {
        matches!(self, Self::Blank)
    }

    fn pack(blocks: &[JBLOCK]) -> Self {
        let max = blocks.len() * COEFFICIENTS / ESCAPED;
        let mut escaped = vec![];
        let low = |(at, block): (usize, &JBLOCK)| {
            let bytes = block.map(|coefficient| coefficient as i8);
            let differ =
                block.iter().zip(&bytes).skip(1).fold(0, |all, (whole, byte)| all | (whole ^ i16::from(*byte)));
            if differ != 0 && escaped.len() <= max {
                let all = block.iter().enumerate().skip(1).filter(|(_, whole)| i8::try_from(**whole).is_err());
                escaped.extend(all.map(|(index, &whole)| ((at * COEFFICIENTS + index) as u32, whole)));
            }
            bytes
        };
        let bytes = blocks.iter().enumerate().map(low).collect();
        if escaped.len() > max {
            return Self::Wide(blocks.into());
        }
        Self::Narrow { bytes, dc: blocks.iter().map(|block| block[0]).collect(), escaped: escaped.into() }
    }

    fn unpack(&self, blocks: &mut [JBLOCK]) {
        match self {
            Self::Blank => blocks.fill([0; COEFFICIENTS]),
            Self::Wide(stored) => blocks.copy_from_slice(stored),
            Self::Narrow { bytes, dc, escaped } => {
                for ((block, bytes), &dc) in blocks.iter_mut().zip(bytes).zip(dc) {
                    *block = bytes.map(i16::from);
                    block[0] = dc;
                }
                let all = blocks.as_flattened_mut();
                escaped.iter().for_each(|&(at, whole)| all[at as usize] = whole);
            }
        }
    }
}

/// In the place of libjpeg's own function.
unsafe extern "C-unwind" fn request(
    info: &mut jpeg_common_struct,
    _pool: i32,
    _zeroed: boolean,
    blocks: JDIMENSION,
    rows: JDIMENSION,
    max_open: JDIMENSION,
) -> *mut jvirt_barray_control {
    let array = Box::into_raw(Box::new(Array::new(blocks as usize, rows as usize, max_open as usize)));
    // SAFETY: `keep` has put it there.
    unsafe { (*info.client_data.cast::<Coefficients>()).0.push(array) };
    array.cast()
}

/// In the place of libjpeg's own function.
unsafe extern "C-unwind" fn access(
    _info: &mut jpeg_common_struct,
    array: *mut jvirt_barray_control,
    first: JDIMENSION,
    count: JDIMENSION,
    to_write: boolean,
) -> JBLOCKARRAY {
    // SAFETY: All arrays are from `request`, and libjpeg works on one set of rows of each at a time.
    let array = unsafe { &mut *array.cast::<Array>() };
    array
        .open(first as usize, count as usize, to_write != 0)
        // As libjpeg's own does it, through frames that are made for it.
        .unwrap_or_else(|| resume_unwind(Box::new(Failure(JERR_BAD_VIRTUAL_ACCESS))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind of row, over and over, comes back as it was.
    #[test]
    fn what_is_packed_comes_back() {
        let value = |row: usize, at: usize| match row % 4 {
            0 => (at * 7 % 255) as i16 - 127,
            // A few that need two bytes, and first ones that all do.
            1 if at.is_multiple_of(64) || at.is_multiple_of(301) => 1000 - (at % 2000) as i16,
            1 => (at % 3) as i16 - 1,
            2 => (at as i16).wrapping_mul(977),
            _ => 0,
        };
        let (blocks, rows) = (5, 8);
        let mut array = Array::new(blocks, rows, 2);
        for _ in 0..2 {
            for first in (0..rows).step_by(2) {
                array.open(first, 2, true).expect("rows");
                for (number, row) in array.unpacked.chunks_exact_mut(blocks).enumerate() {
                    let row = row.as_flattened_mut();
                    row.iter_mut().enumerate().for_each(|(at, found)| *found = value(first + number, at));
                }
            }
        }
        for first in (0..rows).step_by(2) {
            array.open(first, 2, false).expect("rows");
            for (number, row) in array.unpacked.chunks_exact(blocks).enumerate() {
                let expected = (0..blocks * 64).map(|at| value(first + number, at));
                assert!(row.as_flattened().iter().copied().eq(expected), "row {}", first + number);
            }
        }
        assert!(array.packed[..rows - 2].iter().all(Row::is_blank), "what was shown is let go of");
        assert!(matches!(array.packed[rows - 2], Row::Wide(_)) && array.open(rows - 1, 2, false).is_none());
    }
}
