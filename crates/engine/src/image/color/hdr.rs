//! High dynamic range on an ordinary screen.
//!
//! PQ and HLG (ITU-R BT.2100) reach far beyond the white of paper, and shown as they are stored they look nearly
//! black. The curves here put the white of BT.2408, 203 candelas, near the top and roll off what is brighter.

/// BT.2408's white for graphics and paper.
const WHITE_NITS: f32 = 203.0;
/// What HLG is mastered for.
const HLG_PEAK_NITS: f32 = 1000.0;

/// A table from coded samples to sRGB's, for transfer characteristics that need one (ITU-T H.273, table 3).
pub fn tone_curve(transfer: u8) -> Option<Box<[u8; 256]>> {
    let nits: fn(f32) -> f32 = match transfer {
        16 => pq_nits,
        18 => hlg_nits,
        _ => return None,
    };
    let to_byte = |code: usize| {
        let light = roll_off(nits(code as f32 / 255.0) / WHITE_NITS);
        (srgb(light) * 255.0).round() as u8
    };
    Some(Box::new(std::array::from_fn(to_byte)))
}

/// SMPTE ST 2084.
fn pq_nits(code: f32) -> f32 {
    const M1: f32 = 2610.0 / 16384.0;
    const M2: f32 = 2523.0 / 4096.0 * 128.0;
    const C1: f32 = 3424.0 / 4096.0;
    const C2: f32 = 2413.0 / 4096.0 * 32.0;
    const C3: f32 = 2392.0 / 4096.0 * 32.0;
    let power = code.powf(1.0 / M2);
    10_000.0 * ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1)
}

/// BT.2100 HLG, with its system gamma of 1.2 taken per channel.
fn hlg_nits(code: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    const B: f32 = 0.284_668_92;
    const C: f32 = 0.559_910_7;
    let scene = if code <= 0.5 { code * code / 3.0 } else { (((code - C) / A).exp() + B) / 12.0 };
    HLG_PEAK_NITS * scene.powf(1.2)
}

/// Straight up to a knee, then ever flatter towards 1.
fn roll_off(light: f32) -> f32 {
    const KNEE: f32 = 0.7;
    if light <= KNEE { light } else { 1.0 - (1.0 - KNEE) * (-(light - KNEE) / (1.0 - KNEE)).exp() }
}

fn srgb(light: f32) -> f32 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}
