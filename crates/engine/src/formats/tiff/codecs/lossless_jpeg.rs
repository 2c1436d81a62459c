//! Lossless JPEG (ISO/IEC 10918-1, annex H), which libjpeg does not read: samples of 2 to 16 bits, each as the difference from
//! those around it.

use crate::Error;
use crate::formats::tiff::refusals::{damaged, unsupported};
use crate::image::Size;

const LOSSLESS_FRAME: u8 = 0xc3;

/// True for such a JPEG.
pub fn is_lossless(bytes: &[u8]) -> bool {
    segments(bytes).any(|(marker, _, _)| marker == LOSSLESS_FRAME)
}

/// Samples of 16 bits, lowest byte first, pixel by pixel, of as many rows as there are up to so many.
pub fn lossless_jpeg(bytes: &[u8], size: Size, samples: usize) -> Result<(Vec<u8>, u32), Error> {
    let mut tables: [Option<Table>; 4] = Default::default();
    let (mut frame, mut interval) = (None, 0_usize);
    for (marker, body, end) in segments(bytes) {
        match marker {
            0xc4 => Table::read_all(body, &mut tables).ok_or_else(damaged)?,
            0xdd => interval = body.first_chunk().map_or(0, |&two| u16::from_be_bytes(two).into()),
            LOSSLESS_FRAME => frame = Frame::read(body),
            0xda => {
                let frame = frame.ok_or_else(damaged)?;
                if frame.size.width != size.width || frame.components != samples {
                    return Err(unsupported("JPEG of another shape than its picture"));
                }
                let scan = Scan::read(body, &frame, interval).ok_or_else(damaged)?;
                let rows = frame.size.height.min(size.height);
                let mut bits = Bits { rest: &bytes[end..], held: 0, count: 0, used_up: 0 };
                return Ok((scan.decode(&mut bits, &tables, frame, rows).ok_or_else(damaged)?, frame.precision));
            }
            _ => {}
        }
    }
    Err(damaged())
}

#[derive(Clone, Copy)]
struct Frame {
    precision: u32,
    size: Size,
    components: usize,
}

impl Frame {
    fn read(body: &[u8]) -> Option<Self> {
        let &[precision, a, b, c, d, components] = body.first_chunk()?;
        let sampling = body.get(6..)?.chunks_exact(3).all(|component| component[1] == 0x11);
        let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
        let is_known = (2..=16).contains(&precision) && (1..=4).contains(&components) && sampling;
        is_known.then_some(Self {
            precision: precision.into(),
            size: Size { width: side(c, d), height: side(a, b) },
            components: components.into(),
        })
    }
}

struct Scan {
    /// The table of each component.
    tables: Vec<usize>,
    predictor: u8,
    shift: u32,
    /// Pixels after which everything begins anew; 0 is never.
    interval: usize,
}

impl Scan {
    fn read(body: &[u8], frame: &Frame, interval: usize) -> Option<Self> {
        let (&count, rest) = body.split_first()?;
        let components = rest.get(..2 * usize::from(count))?;
        let &[predictor, _, shift] = rest.get(components.len()..)?.first_chunk()?;
        let tables: Vec<usize> = components.chunks_exact(2).map(|one| usize::from(one[1] >> 4 & 3)).collect();
        let is_known = tables.len() == frame.components && (1..=7).contains(&predictor);
        let shift = u32::from(shift & 15);
        (is_known && shift < frame.precision).then_some(Self { tables, predictor, shift, interval })
    }

    fn decode(&self, bits: &mut Bits<'_>, tables: &[Option<Table>; 4], frame: Frame, rows: u32) -> Option<Vec<u8>> {
        let tables: Vec<&Table> = self.tables.iter().map(|&index| tables[index].as_ref()).collect::<Option<_>>()?;
        let (width, samples) = (frame.size.width as usize, frame.components);
        let middle = 1_i32 << (frame.precision - self.shift - 1);
        let mut above = vec![middle; width * samples];
        let mut made = vec![];
        let mut is_first_row = true;
        for row in 0..rows as usize {
            // Everything begins anew at a row, if anywhere.
            if self.interval > 0 && row > 0 && (row * width).is_multiple_of(self.interval) {
                bits.restart();
                is_first_row = true;
            }
            let mut current = vec![0; width * samples];
            for at in 0..width * samples {
                let predicted = match (at < samples, is_first_row) {
                    (true, true) => middle,
                    (true, false) => above[at],
                    (false, true) => current[at - samples],
                    (false, false) => self.predict(current[at - samples], above[at], above[at - samples]),
                };
                current[at] = (predicted + tables[at % samples].difference(bits)?) & 0xffff;
            }
            is_first_row = false;
            if bits.used_up > 4 {
                break;
            }
            made.extend(current.iter().flat_map(|&sample| ((sample << self.shift) as u16).to_le_bytes()));
            above = current;
        }
        (!made.is_empty()).then_some(made)
    }

    fn predict(&self, left: i32, above: i32, corner: i32) -> i32 {
        match self.predictor {
            1 => left,
            2 => above,
            3 => corner,
            4 => left + above - corner,
            5 => left + ((above - corner) >> 1),
            6 => above + ((left - corner) >> 1),
            _ => (left + above) >> 1,
        }
    }
}

/// A Huffman table (annex C): for each length the first code, and the values behind it.
struct Table {
    counts: [u8; 16],
    values: Vec<u8>,
}

impl Table {
    fn read_all(mut body: &[u8], tables: &mut [Option<Self>; 4]) -> Option<()> {
        while let Some((&which, rest)) = body.split_first() {
            let counts = *rest.first_chunk::<16>()?;
            let codes: usize = counts.iter().map(|&count| usize::from(count)).sum();
            let values = rest.get(16..16 + codes)?.to_vec();
            tables[usize::from(which & 3)] = Some(Self { counts, values });
            body = &rest[16 + codes..];
        }
        Some(())
    }

    fn difference(&self, bits: &mut Bits<'_>) -> Option<i32> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_usize);
        for &count in &self.counts {
            code = code << 1 | bits.take(1);
            if code.wrapping_sub(first) < u32::from(count) {
                return Some(match *self.values.get(index + (code - first) as usize)? {
                    0 => 0,
                    16 => 32_768,
                    length @ 1..16 => {
                        let value = bits.take(length.into()) as i32;
                        if value < 1 << (length - 1) { value - (1 << length) + 1 } else { value }
                    }
                    _ => return None,
                });
            }
            index += usize::from(count);
            first = (first + u32::from(count)) << 1;
        }
        None
    }
}

/// Bits of the data, in which a marker is the end.
struct Bits<'a> {
    rest: &'a [u8],
    held: u32,
    count: u32,
    /// Bytes that were wanted behind the end.
    used_up: u32,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> u32 {
        while self.count < count {
            let byte = match self.rest {
                [0xff, 0, rest @ ..] => (0xff, rest),
                [0xff, ..] | [] => {
                    self.used_up += 1;
                    (0, self.rest)
                }
                [byte, rest @ ..] => (*byte, rest),
            };
            self.rest = byte.1;
            self.held = self.held << 8 | u32::from(byte.0);
            self.count += 8;
        }
        self.count -= count;
        self.held >> self.count & ((1 << count) - 1)
    }

    /// Goes on behind the next marker.
    fn restart(&mut self) {
        (self.held, self.count) = (0, 0);
        let marker = self.rest.windows(2).position(|pair| pair[0] == 0xff && (0xd0..=0xd7).contains(&pair[1]));
        self.rest = marker.map_or(&[], |marker| &self.rest[marker + 2..]);
    }
}

/// Marker, body and end of every segment up to the first scan.
fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8], usize)> {
    let mut at = 2;
    std::iter::from_fn(move || {
        let &[0xff, marker, high, low] = bytes.get(at..)?.first_chunk()? else { return None };
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let body = bytes.get(at + 4..end)?;
        at = if marker == 0xda { bytes.len() } else { end };
        Some((marker, body, end))
    })
}
