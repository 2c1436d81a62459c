//! The methods that know nothing of pixels. Each gives what there is before a damage, and never more than was asked for.

use flate2::{Decompress, FlushDecompress, Status};
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use std::io::Read;
use weezl::{BitOrder, LzwStatus, decode};

/// Memory for the window of one zstd frame and of one LZMA stream.
const WINDOW_KIB: u32 = 64 << 10;

/// LZW as it is since TIFF 6.0 (section 13), or as it was: lowest bit first, and longer codes one code later.
pub fn lzw(packed: &[u8], bytes: usize) -> Vec<u8> {
    // A stream begins with the code that clears the table, 256 in nine bits.
    let mut decoder = match packed {
        [0, second, ..] if second & 1 == 1 => decode::Decoder::new(BitOrder::Lsb, 8),
        _ => decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
    };
    let mut unpacked = vec![0; bytes];
    let (mut from, mut filled) = (0, 0);
    while filled < bytes {
        let step = decoder.decode_bytes(&packed[from..], &mut unpacked[filled..]);
        from += step.consumed_in;
        filled += step.consumed_out;
        let goes_on = matches!(step.status, Ok(LzwStatus::Ok)) && step.consumed_in + step.consumed_out > 0;
        if !goes_on {
            break;
        }
    }
    unpacked.truncate(filled);
    unpacked
}

pub fn deflate(packed: &[u8], bytes: usize) -> Vec<u8> {
    let mut decoder = Decompress::new(true);
    let mut unpacked = vec![0; bytes];
    loop {
        let (from, filled) = (decoder.total_in() as usize, decoder.total_out() as usize);
        let step = decoder.decompress(&packed[from..], &mut unpacked[filled..], FlushDecompress::None);
        let moved = decoder.total_in() as usize > from || decoder.total_out() as usize > filled;
        let is_full = decoder.total_out() as usize == bytes;
        if is_full || !moved || !matches!(step, Ok(Status::Ok | Status::BufError)) {
            break;
        }
    }
    unpacked.truncate(decoder.total_out() as usize);
    unpacked
}

pub fn zstd(packed: &[u8], bytes: usize) -> Vec<u8> {
    match StreamingDecoder::new(packed) {
        Ok(decoder) => read_some(decoder, bytes),
        Err(_) => vec![],
    }
}

/// An `xz` stream.
pub fn lzma(packed: &[u8], bytes: usize) -> Vec<u8> {
    read_some(XzReader::new_mem_limit(packed, false, WINDOW_KIB), bytes)
}

/// Runs and bytes as they are (TIFF 6.0, section 9).
pub fn pack_bits(packed: &[u8], bytes: usize) -> Vec<u8> {
    let mut unpacked = Vec::with_capacity(bytes);
    let mut rest = packed;
    while let Some((&head, after)) = rest.split_first().filter(|_| unpacked.len() < bytes) {
        let room = bytes - unpacked.len();
        rest = match head as i8 {
            -128 => after,
            count if count >= 0 => {
                let run = (count as usize + 1).min(after.len());
                unpacked.extend_from_slice(&after[..run.min(room)]);
                &after[run..]
            }
            count => {
                let Some((&byte, after)) = after.split_first() else { break };
                unpacked.extend(std::iter::repeat_n(byte, (1 - isize::from(count)) as usize).take(room));
                after
            }
        };
    }
    unpacked
}

fn read_some(mut reader: impl Read, bytes: usize) -> Vec<u8> {
    let mut unpacked = vec![0; bytes];
    let mut filled = 0;
    while filled < bytes {
        match reader.read(&mut unpacked[filled..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => filled += more,
        }
    }
    unpacked.truncate(filled);
    unpacked
}
