//! NeXT's method: two bits for each pixel, as runs and parts of rows on white.

/// Rows of two bits for each pixel.
pub fn next(packed: &[u8], width: u32, rows: u32) -> Vec<u8> {
    let row_bytes = (width as usize).div_ceil(4);
    let mut unpacked = Vec::with_capacity(row_bytes * rows as usize);
    let mut rest = packed;
    for _ in 0..rows {
        match row(&mut rest, row_bytes, width as usize) {
            Some(row) => unpacked.extend(row),
            None => break,
        }
    }
    unpacked
}

fn row(rest: &mut &[u8], row_bytes: usize, width: usize) -> Option<Vec<u8>> {
    const LITERAL_ROW: u8 = 0;
    const LITERAL_SPAN: u8 = 0x40;
    let mut row = vec![0xff; row_bytes];
    match take(rest)? {
        LITERAL_ROW => row.copy_from_slice(take_some(rest, row_bytes)?),
        LITERAL_SPAN => {
            let [a, b, c, d] = *take_some(rest, 4)?.first_chunk()?;
            let (start, count) = (u16::from_be_bytes([a, b]).into(), u16::from_be_bytes([c, d]).into());
            let stored = take_some(rest, count)?;
            row.get_mut(start..start + count)?.copy_from_slice(stored);
        }
        first => {
            let mut run = first;
            let mut at = 0_usize;
            loop {
                let (gray, count) = (run >> 6, usize::from(run & 0x3f));
                for pixel in at..(at + count).min(width) {
                    let shift = 6 - pixel % 4 * 2;
                    row[pixel / 4] = row[pixel / 4] & !(3 << shift) | gray << shift;
                }
                at += count;
                if at >= width {
                    break;
                }
                run = take(rest)?;
            }
        }
    }
    Some(row)
}

fn take(rest: &mut &[u8]) -> Option<u8> {
    let (&first, after) = rest.split_first()?;
    *rest = after;
    Some(first)
}

fn take_some<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (some, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(some)
}
