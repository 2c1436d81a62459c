//! The fingerprint of a picture: its dominant colour, a placeholder (ThumbHash), and a perceptual hash by which pictures that look
//! alike are found. All of it from a few thousand pixels, so that it costs next to nothing.

use super::{Layout, Pixels, Size, compositing, resize};
use crate::Error;
use model::Facts;
use std::f32::consts::PI;

/// Longest side of what is looked at for colours.
const SIDE: u32 = 64;
/// Side of the grey square that is hashed, and of the corner of its frequencies that is kept.
const HASHED_SIDE: usize = 32;
const KEPT_SIDE: usize = 8;

/// Notes what these pixels, upright and in sRGB, look like.
pub fn note(upright: &Pixels, facts: &mut Facts) -> Result<(), Error> {
    let long = upright.width.max(upright.height).max(SIDE);
    let side = |side: u32| ((side * SIDE + long / 2) / long).max(1);
    let small = rgba(&resize::pixels(upright, Size { width: side(upright.width), height: side(upright.height) })?);
    facts.dominant_color = dominant_color(&small).map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}"));
    facts.thumb_hash =
        Some(hex(&thumbhash::rgba_to_thumb_hash(small.width as usize, small.height as usize, &small.data)));
    let square = Size { width: HASHED_SIDE as u32, height: HASHED_SIDE as u32 };
    facts.perceptual_hash = Some(format!("{:016x}", perceptual_hash(&gray(&resize::pixels(upright, square)?))));
    Ok(())
}

/// The mean of the commonest of 512 kinds of colour, or nothing when everything is transparent.
fn dominant_color(pixels: &Pixels) -> Option<[u8; 3]> {
    let mut kinds = [[0_u32; 4]; 512];
    for &[red, green, blue, alpha] in pixels.data.as_chunks::<4>().0 {
        let bits = |color: u8| usize::from(color >> 5);
        let kind = &mut kinds[bits(red) << 6 | bits(green) << 3 | bits(blue)];
        let weight = u32::from(alpha);
        for (sum, color) in kind.iter_mut().zip([red, green, blue, 1]) {
            *sum += u32::from(color) * weight;
        }
    }
    let [red, green, blue, weight] = *kinds.iter().max_by_key(|kind| kind[3])?;
    (weight > 0).then(|| [red, green, blue].map(|sum| ((sum + weight / 2) / weight) as u8))
}

/// A bit for each low frequency (DCT) of a grey picture: whether it is above their median. What remains of a picture
/// when it is made smaller, compressed, or slightly brighter are these. The very lowest, its brightness, is left out
/// of the median, as it dwarfs the rest.
fn perceptual_hash(gray: &[f32]) -> u64 {
    let cosines: Vec<[f32; HASHED_SIDE]> = (0..KEPT_SIDE)
        .map(|k| std::array::from_fn(|x| (PI * k as f32 * (2 * x + 1) as f32 / (2 * HASHED_SIDE) as f32).cos()))
        .collect();
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let mut frequencies = vec![];
    for down in &cosines {
        for across in &cosines {
            let rows: [f32; HASHED_SIDE] =
                std::array::from_fn(|y| dot(&gray[y * HASHED_SIDE..(y + 1) * HASHED_SIDE], across));
            frequencies.push(dot(&rows, down));
        }
    }
    let mut sorted = frequencies[1..].to_vec();
    sorted.sort_by(f32::total_cmp);
    let median = sorted[sorted.len() / 2];
    frequencies.iter().fold(0, |hash, &frequency| hash << 1 | u64::from(frequency > median))
}

fn gray(pixels: &Pixels) -> Vec<f32> {
    let luma = |pixel: &[u8]| match *pixel {
        [red, green, blue] => 0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue),
        _ => f32::from(pixel[0]),
    };
    compositing::on_white(pixels, luma)
}

fn rgba(pixels: &Pixels) -> Pixels {
    let full = |pixel: &[u8]| match *pixel {
        [red, green, blue, alpha] => [red, green, blue, alpha],
        [red, green, blue] => [red, green, blue, 255],
        _ => [pixel[0], pixel[0], pixel[0], 255],
    };
    let data = pixels.data.chunks_exact(pixels.layout.channels()).flat_map(full).collect();
    Pixels { width: pixels.width, height: pixels.height, layout: Layout::Rgba, data }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
