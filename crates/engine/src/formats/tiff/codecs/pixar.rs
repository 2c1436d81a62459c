//! Pixar's logarithmic samples: codes of eleven bits, as differences between pixels, deflated.

use super::packed::deflate;
use std::sync::LazyLock;

const CODES: usize = 2048;

/// What the codes stand for, from 0 to 1 and beyond: even steps, then even ratios.
static LIGHT: LazyLock<[f64; CODES]> = LazyLock::new(|| {
    const ONE: f64 = 1250.0;
    const RATIO: f64 = 1.004;
    let even = (1.0 / RATIO.ln()).floor();
    let rate = 1.0 / even;
    let scale = (-rate * ONE).exp();
    let step = scale * rate * std::f64::consts::E;
    std::array::from_fn(|code| {
        let code = code as f64;
        if code < even { code * step } else { scale * (rate * code).exp() }
    })
});

/// Rows of samples of a byte, or of two, lowest first.
pub fn pixar(packed: &[u8], bits: u32, samples: usize, width: u32, rows: u32, little: bool) -> Option<Vec<u8>> {
    if !matches!(bits, 8 | 16) {
        return None;
    }
    let row_samples = width as usize * samples;
    let codes = deflate(packed, row_samples * rows as usize * 2);
    let max = if bits == 8 { 255.0 } else { 65_535.0 };
    let mut made = vec![];
    for row in codes.chunks_exact(row_samples * 2) {
        let mut last = vec![0_u16; samples];
        for (index, &pair) in row.as_chunks::<2>().0.iter().enumerate() {
            let difference = if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
            let code = &mut last[index % samples];
            *code = code.wrapping_add(difference) & (CODES as u16 - 1);
            // `as` clamps.
            let light = LIGHT[usize::from(*code)] * max + 0.5;
            match bits {
                8 => made.push(light as u8),
                _ => made.extend((light as u16).to_le_bytes()),
            }
        }
    }
    Some(made)
}
