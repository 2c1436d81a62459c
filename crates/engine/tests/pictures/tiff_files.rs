//! TIFFs of any kind, written sample by sample.

use flate2::{Compression, write::ZlibEncoder};
use std::io::Write;

pub const WIDTH: u32 = 40;
pub const HEIGHT: u32 = 24;
/// Rows of a strip; the last has fewer.
pub const STRIP: u32 = 10;
/// Where the first strip is in the file: after the longest header.
pub const FIRST_STRIP: u32 = 16;
/// Width and height of a tile; those at the edges stick out.
const TILE: (u32, u32) = (16, 16);
pub type Rgb = [u8; 3];
pub type Scene = fn(u32, u32) -> Rgb;
/// The samples of the pixel at a place.
type Pixel = fn(u32, u32) -> Vec<u32>;

pub const BLACK_IS_ZERO: u16 = 1;
pub const RGB: u16 = 2;
pub const PALETTE: u16 = 3;
pub const INKS: u16 = 5;
pub const LUMA: u16 = 6;

pub const NONE: u16 = 1;
pub const LZW: u16 = 5;
pub const OLD_JPEG: u16 = 6;
pub const JPEG: u16 = 7;
pub const DEFLATE: u16 = 8;

pub const UNSPECIFIED: u16 = 0;
pub const ASSOCIATED: u16 = 1;
pub const UNASSOCIATED: u16 = 2;

pub const PREDICTOR: u16 = 317;
pub const JPEG_INTERCHANGE_FORMAT: u16 = 513;
pub const YCBCR_COEFFICIENTS: u16 = 529;
pub const YCBCR_SUBSAMPLING: u16 = 530;
pub const REFERENCE_BLACK_WHITE: u16 = 532;
pub const INK_SET: u16 = 332;

/// One kind of TIFF.
#[derive(Clone)]
pub struct Kind {
    pub name: &'static str,
    pub photometric: u16,
    pub bits: u16,
    pub pixel: Pixel,
    pub floats: bool,
    pub compression: u16,
    /// Samples are stored as differences.
    pub predicted: bool,
    pub planes: bool,
    pub tiles: bool,
    pub big_endian: bool,
    pub big_tiff: bool,
    pub extra: &'static [u16],
    pub palette: Option<fn(u32) -> u16>,
    /// More entries: tag, type and values; a fraction is a numerator over 10,000.
    pub entries: &'static [(u16, u16, &'static [u32])],
    /// What it looks like on white, or nothing when it is refused.
    pub scene: Option<Scene>,
}

impl Kind {
    pub fn file(&self) -> Vec<u8> {
        self.file_of(WIDTH, &|chunk| match self.compression {
            DEFLATE => deflate(chunk),
            LZW => lzw(chunk, false),
            _ => chunk.to_vec(),
        })
    }

    /// A file of that width, its strips or tiles compressed like this.
    pub fn file_of(&self, width: u32, compress: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let samples = (self.pixel)(0, 0).len() as u32;
        let chunks = self.chunks(width).iter().map(|chunk| compress(chunk)).collect::<Vec<_>>();
        let short = |tag: u16, values: Vec<u32>| (tag, 3, values);
        let mut entries = vec![
            short(256, vec![width]),
            short(257, vec![HEIGHT]),
            short(258, vec![self.bits.into(); samples as usize]),
            short(259, vec![self.compression.into()]),
            short(262, vec![self.photometric.into()]),
            short(277, vec![samples]),
            short(284, vec![if self.planes { 2 } else { 1 }]),
            short(339, vec![if self.floats { 3 } else { 1 }; samples as usize]),
        ];
        if self.predicted {
            entries.push(short(PREDICTOR, vec![2]));
        }
        if !self.extra.is_empty() {
            entries.push(short(338, self.extra.iter().copied().map(u32::from).collect()));
        }
        if let Some(palette) = self.palette {
            entries.push(short(320, (0..3 << self.bits).map(|at| palette(at).into()).collect()));
        }
        entries.extend(self.entries.iter().map(|&(tag, kind, values)| (tag, kind, values.to_vec())));
        let mut file = vec![0; FIRST_STRIP as usize];
        let mut places = vec![];
        for chunk in &chunks {
            places.push(file.len() as u32);
            file.extend(chunk);
        }
        let lengths = chunks.iter().map(|chunk| chunk.len() as u32).collect();
        if self.tiles {
            entries.extend([(322, 3, vec![TILE.0]), (323, 3, vec![TILE.1]), (324, 4, places), (325, 4, lengths)]);
        } else {
            entries.extend([(278, 3, vec![STRIP]), (273, 4, places), (279, 4, lengths)]);
        }
        entries.sort();
        self.finish(file, &entries)
    }

    /// The pixels of strips or tiles, plane by plane or together, as they are before compression.
    fn chunks(&self, width: u32) -> Vec<Vec<u8>> {
        let samples = (self.pixel)(0, 0).len();
        let step = if self.planes { 1 } else { samples };
        let planes = (0..samples).step_by(step).map(|first| first..first + step);
        let (across, down) = if self.tiles { TILE } else { (width, STRIP) };
        let mut chunks = vec![];
        for plane in planes {
            for top in (0..HEIGHT).step_by(down as usize) {
                for left in (0..width).step_by(across as usize) {
                    let bottom = if self.tiles { top + down } else { HEIGHT.min(top + down) };
                    // What sticks out repeats the edge.
                    let pixel =
                        |x: u32, y: u32| (self.pixel)(x.min(WIDTH - 1), y.min(HEIGHT - 1))[plane.clone()].to_vec();
                    let row = |y: u32| self.row((left..left + across).map(|x| pixel(x, y)).collect());
                    chunks.push((top..bottom).flat_map(row).collect());
                }
            }
        }
        chunks
    }

    fn row(&self, mut pixels: Vec<Vec<u32>>) -> Vec<u8> {
        if self.predicted {
            for at in (1..pixels.len()).rev() {
                let before = pixels[at - 1].clone();
                pixels[at].iter_mut().zip(before).for_each(|(sample, before)| *sample = sample.wrapping_sub(before));
            }
        }
        let samples = pixels.concat();
        match self.bits {
            8 => samples.into_iter().map(|sample| sample as u8).collect(),
            16 => samples.into_iter().flat_map(|sample| self.short(sample as u16)).collect(),
            32 => samples.into_iter().flat_map(|sample| self.long(sample)).collect(),
            bits => {
                let bit = |sample: u32| (0..bits).rev().map(move |at| sample >> at & 1 == 1);
                let row: Vec<bool> = samples.into_iter().flat_map(bit).collect();
                row.chunks(8).map(byte).collect()
            }
        }
    }

    /// The file with its directory, and the header that says where it is.
    fn finish(&self, mut file: Vec<u8>, entries: &[(u16, u16, Vec<u32>)]) -> Vec<u8> {
        let mut directory =
            if self.big_tiff { self.word(entries.len()) } else { self.short(entries.len() as u16).into() };
        for (tag, kind, values) in entries {
            let bytes: Vec<u8> = match kind {
                3 => values.iter().flat_map(|&value| self.short(value as u16)).collect(),
                5 => values.iter().flat_map(|&value| [self.long(value), self.long(10_000)].concat()).collect(),
                _ => values.iter().flat_map(|&value| self.long(value)).collect(),
            };
            let room = self.word(0).len();
            let value = if bytes.len() > room { self.word(file.len()) } else { bytes.clone() };
            if bytes.len() > room {
                file.extend(bytes);
            }
            directory.extend([self.short(*tag), self.short(*kind)].concat());
            directory.extend(self.word(values.len()));
            directory.extend(value.into_iter().chain(std::iter::repeat(0)).take(room));
        }
        directory.extend(self.word(0));
        let order = if self.big_endian { b"MM" } else { b"II" };
        let version =
            if self.big_tiff { [self.short(43), self.short(8), self.short(0)].concat() } else { self.short(42).into() };
        let header = [&order[..], &version, &self.word(file.len())].concat();
        file[..header.len()].copy_from_slice(&header);
        file.extend(directory);
        file
    }

    fn short(&self, value: u16) -> [u8; 2] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn long(&self, value: u32) -> [u8; 4] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    /// A count, or a place in the file.
    fn word(&self, value: usize) -> Vec<u8> {
        match (self.big_tiff, self.big_endian) {
            (false, _) => self.long(value as u32).into(),
            (true, false) => (value as u64).to_le_bytes().into(),
            (true, true) => (value as u64).to_be_bytes().into(),
        }
    }
}

fn deflate(chunk: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(vec![], Compression::default());
    encoder.write_all(chunk).expect("compressed");
    encoder.finish().expect("compressed")
}

/// Codes of 9 bits: the bytes as they are, and the table cleared before it would need longer ones.
pub fn lzw(chunk: &[u8], lowest_bit_first: bool) -> Vec<u8> {
    const CLEAR: u16 = 256;
    const END: u16 = 257;
    let mut codes = vec![];
    for bytes in chunk.chunks(200) {
        codes.push(CLEAR);
        codes.extend(bytes.iter().copied().map(u16::from));
    }
    codes.push(END);
    let bit = |code: u16| (0..9).map(move |at| code >> if lowest_bit_first { at } else { 8 - at } & 1 == 1);
    let bits: Vec<bool> = codes.into_iter().flat_map(bit).collect();
    let turned = |byte: u8| if lowest_bit_first { byte.reverse_bits() } else { byte };
    bits.chunks(8).map(|bits| turned(byte(bits))).collect()
}

/// Eight bits, or fewer, from the highest.
fn byte(bits: &[bool]) -> u8 {
    bits.iter().zip((0..8).rev()).map(|(&bit, at)| u8::from(bit) << at).sum()
}
