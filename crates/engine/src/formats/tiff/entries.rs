//! The first directory of a TIFF, read and changed without the decoder: for what it refuses to look at, or takes wrong.

use super::colors::Colors;
use super::decoder::{Tiff, damaged, open, unsupported};
use crate::Error;
use crate::formats::jpeg;
use crate::image::Orientation;
use std::ops::Range;
use tiff::ColorType;
use tiff::decoder::ChunkType;
use tiff::tags::{CompressionMethod, Tag};

const SHORT: u16 = 3;

/// An entry of the directory.
struct Entry {
    tag: u16,
    /// Where it is.
    at: usize,
    /// How many numbers it has.
    count: usize,
    /// The value, if it is one number.
    value: u32,
}

/// How numbers are stored.
#[derive(Clone, Copy)]
struct Numbers<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Numbers of eight bytes say where things are.
    big: bool,
}

impl Numbers<'_> {
    fn u16(self, offset: usize) -> Option<u16> {
        let pair = *self.bytes.get(offset..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    }

    fn u32(self, offset: usize) -> Option<u32> {
        let word = *self.bytes.get(offset..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) })
    }

    fn u64(self, offset: usize) -> Option<u64> {
        let long = *self.bytes.get(offset..)?.first_chunk()?;
        Some(if self.little { u64::from_le_bytes(long) } else { u64::from_be_bytes(long) })
    }

    fn entry(self, at: usize) -> Option<Entry> {
        let count = if self.big { self.u64(at + 4)? as usize } else { self.u32(at + 4)? as usize };
        let value_offset = value_of(at, self.big);
        let value =
            if self.u16(at + 2)? == SHORT { u32::from(self.u16(value_offset)?) } else { self.u32(value_offset)? };
        Some(Entry { tag: self.u16(at)?, at, count, value })
    }
}

/// The value comes after the tag, its type and its count.
fn value_of(entry: usize, big: bool) -> usize {
    entry + if big { 12 } else { 8 }
}

fn numbers(bytes: &[u8]) -> Option<Numbers<'_>> {
    let (little, big) = match bytes.get(..4)? {
        b"II*\0" => (true, false),
        b"MM\0*" => (false, false),
        b"II+\0" => (true, true),
        b"MM\0+" => (false, true),
        _ => return None,
    };
    Some(Numbers { bytes, little, big })
}

/// The entries of the first directory.
fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    let file = numbers(bytes)?;
    let (count, first, entry_bytes) = if file.big {
        let directory = usize::try_from(file.u64(8)?).ok()?;
        (usize::try_from(file.u64(directory)?).ok()?, directory + 8, 20)
    } else {
        let directory = file.u32(4)? as usize;
        (usize::from(file.u16(directory)?), directory + 2, 12)
    };
    // More than fit into the usual TIFF are an attempt to fill the memory.
    let indices = 0..count.min(u16::MAX.into());
    Some(indices.map_while(|index| file.entry(first + index * entry_bytes)).collect())
}

/// Before TIFF had JPEG as it has now (TIFF 6.0, section 22), whole JPEG files were put inside, which other readers
/// show as they are. Here is one, with its orientation.
pub fn jpeg_inside(bytes: &[u8]) -> Result<Option<(&[u8], Orientation)>, Error> {
    const OLD_JPEG: u32 = 6;
    const JPEG_INTERCHANGE_FORMAT: Tag = Tag::Unknown(513);
    let entries = entries(bytes).unwrap_or_default();
    let entry = |tag: Tag| entries.iter().find(|entry| entry.tag == tag.to_u16());
    let number = |tag: Tag| entry(tag).map(|entry| entry.value);
    if number(Tag::Compression) != Some(OLD_JPEG) {
        return Ok(None);
    }
    let rest = number(JPEG_INTERCHANGE_FORMAT).and_then(|start| bytes.get(start as usize..));
    let Some(jpeg) = rest.filter(|jpeg| jpeg.starts_with(b"\xff\xd8\xff")) else { return Ok(None) };
    // It may be the head of strips that each begin anew, or a small copy.
    let strips = entry(Tag::StripOffsets).map_or(1, |entry| entry.count);
    let size = jpeg::frame(jpeg).map(|(size, _)| size).ok_or_else(damaged)?;
    if strips > 1 || Some(size.width) < number(Tag::ImageWidth) || Some(size.height) < number(Tag::ImageLength) {
        return Err(unsupported());
    }
    Ok(Some((jpeg, Orientation::from_exif(number(Tag::Orientation).unwrap_or(1)))))
}

/// Makes the decoder give the samples as they are stored: it takes them all for shades of grey then. What they mean is
/// [`super::colors`]' part, because the decoder refuses palettes, and drops samples it has no use for before it
/// adds up the differences between pixels, which mixes the channels.
pub fn give_all_samples(bytes: &mut [u8], compression: CompressionMethod) -> Result<(), Error> {
    const BLACK_IS_ZERO: u16 = 1;
    const NO_PREDICTOR: u16 = 1;
    set(bytes, Tag::PhotometricInterpretation, BLACK_IS_ZERO)?;
    // Elsewhere the entry means nothing (TIFF 6.0, section 14), and the decoder does not know that.
    if !matches!(compression, CompressionMethod::LZW | CompressionMethod::Deflate | CompressionMethod::OldDeflate) {
        set(bytes, Tag::Predictor, NO_PREDICTOR)?;
    }
    // A directory that the decoder and we read differently would bring its colours back.
    match open(&*bytes)?.colortype()? {
        ColorType::Gray(_) | ColorType::Multiband { .. } => Ok(()),
        _ => Err(damaged()),
    }
}

/// Makes an entry that is one number a short number, and another.
fn set(bytes: &mut [u8], tag: Tag, value: u16) -> Result<(), Error> {
    let file = numbers(bytes).ok_or_else(damaged)?;
    let (little, big) = (file.little, file.big);
    let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    for entry in entries(bytes).unwrap_or_default().into_iter().filter(|entry| entry.tag == tag.to_u16()) {
        for (at, number) in [(entry.at + 2, SHORT), (value_of(entry.at, big), value)] {
            bytes.get_mut(at..at + 2).ok_or_else(damaged)?.copy_from_slice(&short(number));
        }
    }
    Ok(())
}

/// How strips and tiles are compressed.
pub fn compression(tiff: &mut Tiff<&[u8]>) -> Result<CompressionMethod, Error> {
    let stored = tiff.find_tag_unsigned(Tag::Compression)?;
    Ok(stored.map_or(CompressionMethod::None, CompressionMethod::from_u16_exhaustive))
}

/// What the decoder reads without complaint, and wrong.
pub fn refuse_what_is_taken_wrong(bytes: &[u8], tiff: &mut Tiff<&[u8]>, colors: &Colors) -> Result<(), Error> {
    const PLANES: u16 = 2;
    let in_planes = tiff.find_tag_unsigned(Tag::PlanarConfiguration)? == Some(PLANES);
    let (width, height) = tiff.chunk_dimensions();
    // It counts the tiles of all planes as those of one, and writes beyond the last row of each.
    let in_tiles = tiff.get_chunk_type() == ChunkType::Tile;
    if in_planes && in_tiles && !tiff.dimensions()?.1.is_multiple_of(height) {
        return Err(unsupported());
    }
    let samples = if in_planes { 1 } else { colors.samples };
    let is_right: &dyn Fn(&[u8]) -> bool = match compression(tiff)? {
        // Before TIFF 6.0 LZW had its bits the other way round, and began with its code to clear the table in 9 of them.
        CompressionMethod::LZW => &|chunk| !matches!(chunk, [0, second, ..] if second & 1 == 1),
        // It takes the pixels of a JPEG of another shape for those of the strip or tile.
        CompressionMethod::ModernJPEG => {
            &|chunk| jpeg::frame(chunk).is_none_or(|(jpeg, components)| jpeg.width == width && components == samples)
        }
        _ => return Ok(()),
    };
    let mut chunks = chunks(tiff, bytes.len())?.into_iter();
    if chunks.all(|chunk| bytes.get(chunk).is_none_or(is_right)) { Ok(()) } else { Err(unsupported()) }
}

/// Where the strips or tiles are.
fn chunks(tiff: &mut Tiff<&[u8]>, file: usize) -> Result<Vec<Range<usize>>, Error> {
    let (starts, lengths) = match tiff.get_chunk_type() {
        ChunkType::Strip => (Tag::StripOffsets, Tag::StripByteCounts),
        ChunkType::Tile => (Tag::TileOffsets, Tag::TileByteCounts),
    };
    let (starts, lengths) = (tiff.get_tag_u64_vec(starts)?, tiff.get_tag_u64_vec(lengths)?);
    let chunk =
        |(start, length): (u64, u64)| start as usize..(start as usize).saturating_add(length as usize).min(file);
    Ok(starts.into_iter().zip(lengths).map(chunk).collect())
}

/// Fax machines send the lowest bit first (`FillOrder` 2), and the decoder knows only the other order.
pub fn turn_bits(bytes: &mut [u8]) -> Result<(), Error> {
    let mut tiff = open(&*bytes)?;
    if tiff.find_tag_unsigned::<u16>(Tag::FillOrder)? != Some(2) {
        return Ok(());
    }
    for chunk in chunks(&mut tiff, bytes.len())? {
        let chunk = bytes.get_mut(chunk).ok_or_else(damaged)?;
        chunk.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
    Ok(())
}
