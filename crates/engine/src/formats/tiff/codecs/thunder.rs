//! ThunderScan: four bits for each pixel, as runs and small differences.

/// Rows of four bits for each pixel. Every row begins anew with black.
pub fn thunder(packed: &[u8], width: u32, rows: u32) -> Vec<u8> {
    const TWO_BIT_DELTAS: [i8; 4] = [0, 1, 0, -1];
    const THREE_BIT_DELTAS: [i8; 8] = [0, 1, 2, 3, 0, -3, -2, -1];
    let row_bytes = (width as usize).div_ceil(2);
    let mut unpacked = Vec::with_capacity(row_bytes * rows as usize);
    let mut codes = packed.iter();
    for _ in 0..rows {
        let mut pixels: Vec<u8> = Vec::with_capacity(width as usize + 64);
        let mut last = 0_u8;
        while pixels.len() < width as usize {
            let Some(&code) = codes.next() else { return unpacked };
            let low = code & 0x3f;
            match code >> 6 {
                0 => pixels.extend(std::iter::repeat_n(last, low.into())),
                1 => {
                    for delta in [low >> 4 & 3, low >> 2 & 3, low & 3].into_iter().filter(|&delta| delta != 2) {
                        last = (last as i8 + TWO_BIT_DELTAS[usize::from(delta)]) as u8 & 15;
                        pixels.push(last);
                    }
                }
                2 => {
                    for delta in [low >> 3 & 7, low & 7].into_iter().filter(|&delta| delta != 4) {
                        last = (last as i8 + THREE_BIT_DELTAS[usize::from(delta)]) as u8 & 15;
                        pixels.push(last);
                    }
                }
                _ => {
                    last = low & 15;
                    pixels.push(last);
                }
            }
        }
        pixels.resize(row_bytes * 2, 0);
        unpacked.extend(pixels.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
    }
    unpacked
}
