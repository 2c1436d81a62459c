//! What a bitmap's headers say: there are eight of them, which grew one out of the other.

use crate::Error;
use crate::image::Size;
use model::Reason;
use std::ops::Range;

const FILE_HEADER_BYTES: usize = 14;
/// Before it, OS/2's first: sides of two bytes, and palettes of three bytes a colour.
const CORE_HEADER_BYTES: usize = 12;
const INFO_HEADER_BYTES: usize = 40;
/// OS/2's second, which means something else by some ways to compress.
const OS2_HEADER_BYTES: usize = 64;
/// With masks for red, green and blue, and for opacity.
const MASKS_BYTES: usize = 52;
const FOUR_MASKS_BYTES: usize = 56;

/// A bitmap as its headers announce it.
pub struct Bitmap {
    pub size: Size,
    /// The first row is the topmost.
    pub top_down: bool,
    /// Bits of a pixel.
    pub bits: u32,
    pub storage: Storage,
    /// Red, green and blue of the colours that have numbers.
    pub palette: Vec<[u8; 3]>,
    /// Where the pixels are.
    pub data: Range<usize>,
}

/// How pixels are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Storage {
    /// A picture of another format.
    Inside,
    /// Numbers of colours, or bits of red, green, blue and opacity, one after another.
    Plain {
        /// Which bits of a pixel are its red, green, blue and opacity.
        masks: [u32; 4],
    },
    /// Runs of numbers of 4 or 8 bits, or of colours of 24.
    Runs,
}

impl Bitmap {
    pub fn of(file: &[u8]) -> Result<Self, Error> {
        Self::read(file).ok_or_else(damaged)?
    }

    /// Nothing when the headers are not all there.
    fn read(file: &[u8]) -> Option<Result<Self, Error>> {
        let numbers = Numbers(file);
        // A list of bitmaps begins with one more header, and what lies on the clipboard has none.
        let start = match file.get(..2)? {
            b"BA" => 2 * FILE_HEADER_BYTES,
            b"BM" => FILE_HEADER_BYTES,
            _ => 0,
        };
        let header = numbers.u32(start)? as usize;
        let is_core = header == CORE_HEADER_BYTES;
        let (width, height, bits) = if is_core {
            let side = |at| numbers.u16(at).map(i32::from);
            (side(start + 4)?, side(start + 6)?, numbers.u16(start + 10)?)
        } else {
            let side = |at| numbers.u32(at).map(|side| side as i32);
            (side(start + 4)?, side(start + 8)?, numbers.u16(start + 14)?)
        };
        // OS/2's second header may end anywhere, and what is not there is zero.
        let field = |at: usize| if at + 4 <= header && !is_core { numbers.u32(start + at) } else { Some(0) };
        let method = field(16)?;
        let mut masks_behind = 0;
        let storage = match (method, bits) {
            (0, _) => Storage::Plain { masks: usual_masks(bits, header) },
            (1, 8) | (2, 4) => Storage::Runs,
            (4, 24) if header <= OS2_HEADER_BYTES => Storage::Runs,
            (3 | 6, 16 | 32) => {
                let count = if method == 6 || header >= FOUR_MASKS_BYTES { 4 } else { 3 };
                masks_behind = if header < MASKS_BYTES { count * 4 } else { 0 };
                let mut masks = [0; 4];
                for (index, mask) in masks.iter_mut().enumerate().take(count) {
                    *mask = numbers.u32(start + INFO_HEADER_BYTES + index * 4)?;
                }
                Storage::Plain { masks }
            }
            (4 | 5, _) => Storage::Inside,
            _ => return Some(Err(unsupported())),
        };
        if !matches!(bits, 1 | 2 | 4 | 8 | 16 | 24 | 32) && storage != Storage::Inside {
            return Some(Err(unsupported()));
        }
        let (Ok(width), height) = (u32::try_from(width), height.unsigned_abs()) else { return None };
        let palette_start = start + header + masks_behind;
        let said = if start > 0 { Some(numbers.u32(start - 4)? as usize) } else { None };
        let palette = palette(file, bits, palette_start, is_core, field(32)?, said);
        let data_start = said.filter(|&said| said >= start + header).unwrap_or(palette_start + palette.bytes);
        Some(Ok(Self {
            size: Size { width, height },
            top_down: !is_core && numbers.u32(start + 8)? as i32 <= 0,
            bits: bits.into(),
            storage,
            palette: palette.colors,
            data: data_start.min(file.len())..file.len(),
        }))
    }
}

/// Colours, and the bytes they take.
struct Palette {
    colors: Vec<[u8; 3]>,
    bytes: usize,
}

/// The palette at a place; `said` is where the file says that the pixels begin.
fn palette(file: &[u8], bits: u16, at: usize, is_core: bool, used: u32, said: Option<usize>) -> Palette {
    if bits > 8 {
        let used = (used as usize).min(256);
        return Palette { colors: vec![], bytes: used * 4 };
    }
    let entry = if is_core { 3 } else { 4 };
    let most = 1_usize << bits;
    let count = if used == 0 { most } else { (used as usize).min(256) };
    // It may be shorter than it says, and end where the pixels begin.
    let end = said.filter(|&said| said > at).map_or(file.len(), |said| said.min(file.len()));
    let stored = file.get(at..end).unwrap_or_default().chunks_exact(entry).take(count);
    let colors: Vec<[u8; 3]> = stored.map(|color| [color[2], color[1], color[0]]).collect();
    Palette { bytes: count * entry, colors }
}

/// Those of pixels that are stored without any. In the usual header nothing is said of the last byte, and many writers keep
/// the opacity there; later headers could say so, and do not.
fn usual_masks(bits: u16, header: usize) -> [u32; 4] {
    match bits {
        16 => [0x7c00, 0x3e0, 0x1f, 0],
        32 if header == INFO_HEADER_BYTES => [0xff_0000, 0xff00, 0xff, 0xff00_0000],
        _ => [0xff_0000, 0xff00, 0xff, 0],
    }
}

pub fn damaged() -> Error {
    Error::malformed("The picture is damaged or cut off.")
}

pub fn unsupported() -> Error {
    Error::rejected(Reason::Unsupported, "This variant of bitmap cannot be read.")
}

/// Numbers in a file, lowest byte first.
#[derive(Clone, Copy)]
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn u16(self, at: usize) -> Option<u16> {
        self.0.get(at..)?.first_chunk().map(|&two| u16::from_le_bytes(two))
    }

    fn u32(self, at: usize) -> Option<u32> {
        self.0.get(at..)?.first_chunk().map(|&four| u32::from_le_bytes(four))
    }
}
