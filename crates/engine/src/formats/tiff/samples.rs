//! Samples of any size and kind as they come out of a strip or tile, lowest byte first, brought to one byte each.

use super::refusals::unsupported;
use crate::Error;

/// What samples are.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Samples {
    pub kind: SampleKind,
    pub bits: u32,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SampleKind {
    Float,
    Signed,
    Unsigned,
}

/// Which numbers are black and white.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Range {
    /// The smallest and the largest that the bits allow.
    Bits,
    /// 0 and 255, whatever the bits allow.
    Bytes,
    /// 0 and 1.
    Unit,
}

impl Samples {
    pub fn of(format: u64, bits: u32) -> Result<Self, Error> {
        let kind = match format {
            // 4 is "undefined".
            1 | 4 => SampleKind::Unsigned,
            2 => SampleKind::Signed,
            3 => SampleKind::Float,
            _ => return Err(unsupported("samples that are complex numbers")),
        };
        let is_known = match kind {
            SampleKind::Float => matches!(bits, 16 | 24 | 32 | 64),
            _ => (1..=32).contains(&bits) || bits == 64,
        };
        if is_known { Ok(Self { kind, bits }) } else { Err(unsupported("samples of this size")) }
    }

    /// Bytes of a row of so many.
    pub fn row_bytes(self, samples: usize) -> usize {
        (samples * self.bits as usize).div_ceil(8)
    }

    /// True when their range is not known before they have been looked at.
    pub fn have_any_range(self) -> bool {
        self.kind == SampleKind::Float || self.bits >= 32
    }

    /// Every sample as a byte that fills the range. Rows of so many samples begin with a byte.
    pub fn to_bytes(self, data: Vec<u8>, row_samples: usize, range: Range) -> Vec<u8> {
        if self.kind == SampleKind::Float || range != Range::Bits {
            let factor = if range == Range::Unit { 255.0 } else { 1.0 };
            // `as` clamps, and makes 0 of what is not a number.
            return self.numbers(&data).map(|number| (number * factor).round() as u8).collect();
        }
        let signed = self.kind == SampleKind::Signed;
        // What is less than nothing is black, and what is more is as bright as it is without the sign.
        let top = |byte: u8| if signed { (byte as i8).max(0) as u8 } else { byte };
        match self.bits {
            8 if !signed => data,
            bits if bits.is_multiple_of(8) => {
                let bytes = bits as usize / 8;
                data.chunks_exact(bytes).map(|sample| top(sample[bytes - 1])).collect()
            }
            bits if bits < 8 => {
                let max = (1_u16 << bits) - 1;
                let shades: [u8; 256] = std::array::from_fn(|value| ((value as u16 & max) * 255 / max) as u8);
                self.small(&data, row_samples).map(|value| shades[usize::from(value)]).collect()
            }
            bits => self.packed(&data, row_samples).map(|value| top((value >> (bits - 8)) as u8)).collect(),
        }
    }

    /// Every sample as it is stored, of which the highest 16 bits are kept.
    pub fn to_values(self, data: &[u8], row_samples: usize) -> Vec<u16> {
        match self.bits {
            8 => data.iter().map(|&byte| byte.into()).collect(),
            16 => data.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect(),
            bits if bits < 16 => self.packed(data, row_samples).map(|value| value as u16).collect(),
            _ => vec![],
        }
    }

    /// Samples of less than a byte, highest bit first.
    fn small(self, data: &[u8], row_samples: usize) -> impl Iterator<Item = u8> + '_ {
        let bits = self.bits as usize;
        let mask = 0xff_u8 >> (8 - bits);
        data.chunks_exact(self.row_bytes(row_samples)).flat_map(move |row| {
            let byte = move |at: usize| u16::from(row.get(at).copied().unwrap_or_default());
            let at = move |index: usize| index * bits;
            (0..row_samples).map(move |index| {
                let pair = byte(at(index) / 8) << 8 | byte(at(index) / 8 + 1);
                (pair >> (16 - bits - at(index) % 8)) as u8 & mask
            })
        })
    }

    /// Samples that do not fill bytes, highest bit first.
    fn packed(self, data: &[u8], row_samples: usize) -> impl Iterator<Item = u32> + '_ {
        let bits = self.bits as usize;
        data.chunks_exact(self.row_bytes(row_samples)).flat_map(move |row| {
            (0..row_samples).map(move |index| {
                let (first, last) = (index * bits / 8, (index * bits + bits - 1) / 8);
                let held = row[first..=last].iter().fold(0_u64, |held, &byte| held << 8 | u64::from(byte));
                let behind = (last + 1) * 8 - (index * bits + bits);
                (held >> behind & ((1 << bits) - 1)) as u32
            })
        })
    }

    /// Samples of whole bytes as numbers.
    pub fn numbers(self, data: &[u8]) -> Box<dyn Iterator<Item = f64> + '_> {
        let (two, four, eight) = (data.as_chunks::<2>().0, data.as_chunks::<4>().0, data.as_chunks::<8>().0);
        match (self.kind, self.bits) {
            (SampleKind::Float, 16) => Box::new(two.iter().map(|&bytes| half(u16::from_le_bytes(bytes)).into())),
            (SampleKind::Float, 24) => {
                let three = data.as_chunks::<3>().0;
                Box::new(three.iter().map(|&[a, b, c]| short_float(u32::from_le_bytes([a, b, c, 0])).into()))
            }
            (SampleKind::Float, 32) => Box::new(four.iter().map(|&bytes| f32::from_le_bytes(bytes).into())),
            (SampleKind::Float, _) => Box::new(eight.iter().map(|&bytes| f64::from_le_bytes(bytes))),
            (SampleKind::Signed, 32) => Box::new(four.iter().map(|&bytes| i32::from_le_bytes(bytes).into())),
            (SampleKind::Unsigned, 32) => Box::new(four.iter().map(|&bytes| u32::from_le_bytes(bytes).into())),
            (SampleKind::Signed, _) => Box::new(eight.iter().map(|&bytes| i64::from_le_bytes(bytes) as f64)),
            (SampleKind::Unsigned, _) => Box::new(eight.iter().map(|&bytes| u64::from_le_bytes(bytes) as f64)),
        }
    }
}

/// What the numbers of a picture are like, for those whose range is not known.
#[derive(Default)]
pub struct Measured {
    count: usize,
    beyond_one: usize,
    beyond_byte: usize,
    largest: f64,
}

impl Measured {
    pub fn add(&mut self, numbers: impl Iterator<Item = f64>) {
        for number in numbers.filter(|number| number.is_finite()) {
            self.count += 1;
            self.beyond_one += usize::from(!(0.0..=1.0).contains(&number));
            self.beyond_byte += usize::from(!(0.0..=255.0).contains(&number));
            self.largest = self.largest.max(number);
        }
    }

    /// The range of the picture. Real numbers from 0 to 1 are shades, with a few beyond in photos of high range, and whole
    /// ones that use their highest bits. Others are heights of a landscape and the like, which would be a white or a black
    /// picture.
    pub fn range(&self, samples: Samples) -> Result<Range, Error> {
        let full = 2_f64.powi(samples.bits as i32 - i32::from(samples.kind == SampleKind::Signed));
        match samples.kind {
            SampleKind::Float if self.beyond_one <= self.count / 4 => Ok(Range::Unit),
            SampleKind::Signed | SampleKind::Unsigned if self.largest >= full / 256.0 => Ok(Range::Bits),
            _ if self.beyond_byte == 0 => Ok(Range::Bytes),
            _ => Err(unsupported("numbers that are no shades")),
        }
    }
}

/// IEEE 754 of 16 bits.
fn half(bits: u16) -> f32 {
    small_float(bits.into(), 5, 10)
}

/// Of 24 bits, with an exponent of 7.
fn short_float(bits: u32) -> f32 {
    small_float(bits, 7, 16)
}

fn small_float(bits: u32, exponent_bits: u32, fraction_bits: u32) -> f32 {
    let exponent = bits >> fraction_bits & ((1 << exponent_bits) - 1);
    let fraction = (bits & ((1 << fraction_bits) - 1)) as f32 / (1 << fraction_bits) as f32;
    let bias = (1 << (exponent_bits - 1)) - 1;
    let value = match exponent {
        0 => fraction * 2_f32.powi(1 - bias),
        most if most == (1 << exponent_bits) - 1 => {
            if fraction == 0.0 {
                f32::INFINITY
            } else {
                f32::NAN
            }
        }
        exponent => (1.0 + fraction) * 2_f32.powi(exponent as i32 - bias),
    };
    if bits >> (exponent_bits + fraction_bits) & 1 == 1 { -value } else { value }
}
