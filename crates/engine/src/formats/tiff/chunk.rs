//! The pixels of a strip or tile.

use super::codecs::{self, FaxOptions};
use super::compression::Compression;
use super::luma::Luma;
use super::page::Page;
use super::predictor::Predictor;
use super::refusals::{damaged, unsupported};
use super::samples::Measured;
use crate::Error;
use crate::image::{Layout, Pixels, Profile, Size, webp_decode};
use model::Reason;

/// The pixels of a strip or tile, and how many of its rows are there.
pub struct Chunk {
    pub pixels: Pixels,
    pub rows: u32,
}

impl Chunk {
    /// Nothing of it is there.
    pub fn missing() -> Self {
        Self { pixels: Pixels { width: 0, height: 0, layout: Layout::Gray, data: vec![] }, rows: 0 }
    }
}

/// Which strip or tile.
#[derive(Clone, Copy)]
pub struct Place {
    /// From the top.
    pub band: u32,
    /// From the left.
    pub column: u32,
}

/// What comes out of a decoder.
enum Unpacked {
    /// Samples of a byte each.
    Bytes(Vec<u8>),
    /// Samples as they are stored, lowest byte first.
    Stored(Vec<u8>),
}

impl Page {
    /// Looks at all samples if nobody knows their range before.
    pub fn find_range(&mut self, file: &[u8]) -> Result<(), Error> {
        let made_by_decoder = matches!(self.compression, Compression::Luv | Compression::Pixar);
        if !self.samples.have_any_range() || made_by_decoder {
            return Ok(());
        }
        let mut measured = Measured::default();
        for (band, column) in
            (0..self.grid.bands()).flat_map(|band| (0..self.grid.columns()).map(move |column| (band, column)))
        {
            for plane in 0..self.grid.planes {
                if let Unpacked::Stored(data) = self.unpack(file, plane, Place { band, column })? {
                    measured.add(self.samples.numbers(&data));
                }
            }
        }
        self.range = measured.range(self.samples)?;
        Ok(())
    }

    /// The pixels of a strip or tile, as far as they are there.
    pub fn chunk(&self, file: &[u8], place: Place) -> Result<Chunk, Error> {
        let size = self.size_of(place);
        let planes = 0..self.grid.planes;
        if self.colors.has_palette() {
            let (values, rows) = interleaved(planes.map(|plane| self.values(file, plane, place)), size)?;
            let data = self.colors.in_palette(&self.palette, &values, self.samples.bits);
            return Ok(Chunk { pixels: pixels(size, self.layout(), data)?, rows });
        }
        let (samples, rows) = interleaved(planes.map(|plane| self.bytes(file, plane, place)), size)?;
        let made = match self.colors.opacity_of_inks(&samples, size) {
            Some(opacity) => {
                let inks = pixels(size, Layout::Cmyk, self.colors.pixels(samples))?;
                Profile::icc(self.icc.as_deref(), Layout::Cmyk).to_srgb(inks).with_alpha(&opacity)?
            }
            None => pixels(size, self.layout(), self.colors.pixels(samples))?,
        };
        Ok(Chunk { pixels: made, rows })
    }

    fn size_of(&self, place: Place) -> Size {
        Size { width: self.grid.chunk.width, height: self.grid.stored_rows(place.band) }
    }

    /// Samples in a row of a strip or tile.
    fn row_samples(&self) -> usize {
        self.grid.chunk.width as usize * self.samples_of_chunk()
    }

    /// Samples of a byte each, filled up with zeros, and how many rows are there.
    fn bytes(&self, file: &[u8], plane: usize, place: Place) -> Result<(Vec<u8>, u32), Error> {
        let (size, row_samples) = (self.size_of(place), self.row_samples());
        match (self.unpack(file, plane, place)?, self.colors.shared_luma()) {
            (Unpacked::Bytes(mut data), _) => {
                let rows = fill_up(&mut data, row_samples, size.height);
                Ok((data, rows))
            }
            (Unpacked::Stored(data), Some(luma)) => Ok(spread(luma, data, size)),
            (Unpacked::Stored(mut data), None) => {
                let rows = fill_up(&mut data, self.samples.row_bytes(row_samples), size.height);
                Ok((self.samples.to_bytes(data, row_samples, self.range), rows))
            }
        }
    }

    /// Samples as the numbers that are stored, filled up with zeros, and how many rows are there.
    fn values(&self, file: &[u8], plane: usize, place: Place) -> Result<(Vec<u16>, u32), Error> {
        let (Unpacked::Bytes(mut data) | Unpacked::Stored(mut data)) = self.unpack(file, plane, place)?;
        let row_samples = self.row_samples();
        let rows = fill_up(&mut data, self.samples.row_bytes(row_samples), self.size_of(place).height);
        Ok((self.samples.to_values(&data, row_samples), rows))
    }

    /// What is there of a strip or tile; a damage is its end. An error is something that is not read at all.
    fn unpack(&self, file: &[u8], plane: usize, place: Place) -> Result<Unpacked, Error> {
        if let Some(jpeg) = &self.old_jpeg {
            return all_or_nothing(codecs::jpeg(jpeg, self.jpeg_colors, self.grid.size, self.colors.samples, true));
        }
        let index = self.grid.index(plane, place.band, place.column);
        let Some(packed) = self.grid.place(index).and_then(|place| file.get(place)) else {
            return Ok(Unpacked::Stored(vec![]));
        };
        let (first, wanted) = (self.unpack_bytes(packed, place)?, self.bytes_of(place));
        let missing = |unpacked: &Unpacked| match unpacked {
            Unpacked::Stored(data) => data.len() < wanted,
            Unpacked::Bytes(_) => false,
        };
        // Counts of bytes are wrong more often than the bytes are.
        match self.grid.rest(index).filter(|rest| missing(&first) && rest.len() > packed.len()) {
            Some(rest) => self.unpack_bytes(&file[rest], place),
            None => Ok(first),
        }
    }

    /// Bytes of the samples of a strip or tile, as they are stored.
    fn bytes_of(&self, place: Place) -> usize {
        let size = self.size_of(place);
        match self.colors.shared_luma() {
            Some(luma) => luma.packed_bytes(size),
            None => self.samples.row_bytes(self.row_samples()) * size.height as usize,
        }
    }

    fn unpack_bytes(&self, packed: &[u8], place: Place) -> Result<Unpacked, Error> {
        let turned: Vec<u8>;
        let packed = if self.low_bit_first {
            turned = packed.iter().map(|byte| byte.reverse_bits()).collect();
            &turned
        } else {
            packed
        };
        let (size, samples, bytes) = (self.size_of(place), self.samples_of_chunk(), self.bytes_of(place));
        let (width, rows) = (size.width, size.height);
        let mut data = match self.compression {
            Compression::None => packed[..bytes.min(packed.len())].to_vec(),
            Compression::Deflate => codecs::deflate(packed, bytes),
            Compression::Lzma => codecs::lzma(packed, bytes),
            Compression::Lzw => codecs::lzw(packed, bytes),
            Compression::PackBits => codecs::pack_bits(packed, bytes),
            Compression::Zstd => codecs::zstd(packed, bytes),
            Compression::Fax(method) => codecs::fax(packed, FaxOptions { method, group_3: self.group_3 }, width, rows),
            Compression::Next => codecs::next(packed, width, rows),
            Compression::Thunder => codecs::thunder(packed, width, rows),
            Compression::Luv => return Ok(Unpacked::Bytes(codecs::luv(packed, samples, width, rows))),
            Compression::Pixar => {
                let made = codecs::pixar(packed, self.samples.bits, samples, width, rows, self.little);
                return made.map(Unpacked::Stored).ok_or_else(|| unsupported("samples of this size"));
            }
            Compression::Webp => return webp(packed, size, samples),
            Compression::Jpeg | Compression::OldJpeg => return self.jpeg(packed, size),
        };
        self.bring_in_order(&mut data)?;
        Ok(Unpacked::Stored(data))
    }

    /// Lowest byte first, and no differences.
    fn bring_in_order(&self, data: &mut [u8]) -> Result<(), Error> {
        let bits = self.samples.bits;
        // Differences of real numbers have an order of their own.
        if !self.little && self.predictor != Predictor::Floats && bits > 8 && bits.is_multiple_of(8) {
            data.chunks_exact_mut(bits as usize / 8).for_each(<[u8]>::reverse);
        }
        if self.colors.shared_luma().is_some() && self.predictor != Predictor::None {
            return Err(unsupported("differences of chroma that pixels share"));
        }
        self.predictor.undo(data, self.samples.row_bytes(self.row_samples()), bits, self.samples_of_chunk())
    }

    fn jpeg(&self, packed: &[u8], size: Size) -> Result<Unpacked, Error> {
        let bytes = codecs::with_tables(self.jpeg_tables.as_deref(), packed);
        let samples = self.samples_of_chunk();
        if !codecs::is_lossless(&bytes) {
            return all_or_nothing(codecs::jpeg(&bytes, self.jpeg_colors, size, samples, false));
        }
        let (data, precision) = codecs::lossless_jpeg(&bytes, size, samples)?;
        Ok(Unpacked::Bytes(
            data.as_chunks()
                .0
                .iter()
                .map(|&pair| (u32::from(u16::from_le_bytes(pair)) << 16 >> (precision + 8)) as u8)
                .collect(),
        ))
    }
}

/// What is damaged is not there; what is refused is refused.
fn all_or_nothing(decoded: Result<Vec<u8>, Error>) -> Result<Unpacked, Error> {
    match decoded {
        Err(Error::Rejected(rejection)) if rejection.reason == Reason::Malformed => Ok(Unpacked::Bytes(vec![])),
        decoded => decoded.map(Unpacked::Bytes),
    }
}

fn webp(packed: &[u8], size: Size, samples: usize) -> Result<Unpacked, Error> {
    let Ok((decoded, true)) = webp_decode(packed) else { return Ok(Unpacked::Bytes(vec![])) };
    if decoded.width != size.width || decoded.height < size.height {
        return Err(unsupported("WebP of another shape than its picture"));
    }
    let made = match (decoded.layout, samples) {
        (Layout::Rgb, 3) | (Layout::Rgba, 4) => decoded.data,
        (Layout::Rgba, 3) => decoded.without_alpha().data,
        _ => decoded.data.as_chunks::<3>().0.iter().flat_map(|&[red, green, blue]| [red, green, blue, 255]).collect(),
    };
    Ok(Unpacked::Bytes(made))
}

fn spread(luma: &Luma, mut packed: Vec<u8>, size: Size) -> (Vec<u8>, u32) {
    let units = fill_up(&mut packed, luma.row_of_units(size.width), size.height.div_ceil(luma.shared.1));
    (luma.spread(&packed, size), (units * luma.shared.1).min(size.height))
}

/// Makes so many rows of it, and says how many were there.
fn fill_up(data: &mut Vec<u8>, row_bytes: usize, rows: u32) -> u32 {
    let there = data.len() / row_bytes;
    data.resize(row_bytes * rows as usize, 0);
    (there as u32).min(rows)
}

fn pixels(Size { width, height }: Size, layout: Layout, data: Vec<u8>) -> Result<Pixels, Error> {
    if data.len() != width as usize * height as usize * layout.channels() {
        return Err(damaged());
    }
    Ok(Pixels { width, height, layout, data })
}

/// Planes, one after another, as pixels, and how many rows are there in all of them.
fn interleaved<Sample: Copy>(
    planes: impl Iterator<Item = Result<(Vec<Sample>, u32), Error>>,
    size: Size,
) -> Result<(Vec<Sample>, u32), Error> {
    let (mut planes, rows): (Vec<_>, Vec<_>) = planes.collect::<Result<Vec<_>, Error>>()?.into_iter().unzip();
    let samples = match planes.len() {
        1 => planes.remove(0),
        _ => (0..size.pixels() as usize).flat_map(|index| planes.iter().map(move |plane| plane[index])).collect(),
    };
    Ok((samples, rows.into_iter().fold(size.height, u32::min)))
}
