//! Fax: Group 3 in one and two dimensions, Group 4, and the runs of TIFF itself (TIFF 6.0, sections 10 and 11).

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

/// What the file says of its fax data.
#[derive(Clone, Copy)]
pub struct FaxOptions {
    /// `Compression`.
    pub method: u16,
    /// `T4Options`.
    pub group_3: u64,
}

/// Runs of TIFF.
pub const RUNS: u16 = 2;
pub const GROUP_3: u16 = 3;
pub const GROUP_4: u16 = 4;
/// Runs whose rows begin at even bytes.
pub const RUNS_OF_WORDS: u16 = 32_771;

/// Rows of one bit for each pixel, in which black is 1.
pub fn fax(packed: &[u8], options: FaxOptions, width: u32, rows: u32) -> Vec<u8> {
    const TWO_DIMENSIONS: u64 = 1;
    let encoding = match options.method {
        GROUP_4 => EncodingMode::Group4,
        GROUP_3 if options.group_3 & TWO_DIMENSIONS != 0 => EncodingMode::Group3_2D,
        _ => EncodingMode::Group3_1D,
    };
    let is_runs = matches!(options.method, RUNS | RUNS_OF_WORDS);
    let settings = DecodeSettings {
        columns: width,
        rows,
        end_of_block: !is_runs,
        end_of_line: false,
        rows_are_byte_aligned: is_runs,
        encoding,
        strict: false,
    };
    let mut made = Rows { width, rows: rows as usize, data: vec![] };
    if options.method == RUNS_OF_WORDS {
        words(packed, settings, &mut made);
        return made.data;
    }
    // What came before an error is in `made`.
    let _ = hayro_ccitt::decode(packed, &mut made, &mut DecoderContext::new(settings));
    made.data
}

/// Row by row, since each begins at an even byte.
fn words(packed: &[u8], settings: DecodeSettings, made: &mut Rows) {
    let mut decoder = DecoderContext::new(DecodeSettings { rows: 1, ..settings });
    let mut at = 0_usize;
    while made.is_wanting() && at < packed.len() {
        match hayro_ccitt::decode(&packed[at..], made, &mut decoder) {
            Ok(used) if used > 0 => at += used.next_multiple_of(2),
            _ => break,
        }
    }
}

struct Rows {
    width: u32,
    rows: usize,
    data: Vec<u8>,
}

impl Rows {
    fn row_bytes(&self) -> usize {
        (self.width as usize).div_ceil(8)
    }

    fn is_wanting(&self) -> bool {
        self.data.len() < self.rows * self.row_bytes()
    }
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        if !self.is_wanting() {
            return;
        }
        let start = self.data.len();
        self.data.resize(start + self.row_bytes(), 0);
        let row = &mut self.data[start..];
        for black in changes.chunks(2) {
            let end = black.get(1).copied().unwrap_or(self.width).min(self.width) as usize;
            set_bits(row, (black[0] as usize).min(end), end);
        }
    }
}

fn set_bits(row: &mut [u8], start: usize, end: usize) {
    if start == end {
        return;
    }
    let (first, last) = (start / 8, (end - 1) / 8);
    let (head, tail) = (0xff_u8 >> (start % 8), 0xff_u8 << (7 - (end - 1) % 8));
    if first == last {
        row[first] |= head & tail;
        return;
    }
    row[first] |= head;
    row[first + 1..last].fill(0xff);
    row[last] |= tail;
}
