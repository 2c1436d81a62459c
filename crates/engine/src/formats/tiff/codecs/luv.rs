//! SGI's logarithmic light (LogLuv, LogL), as the bytes that libtiff makes of it.

/// Rows of two bytes of luminance for each pixel (`samples` 1), or of four bytes with chroma, in planes of bytes and runs;
/// as grey, or as red, green and blue.
pub fn luv(packed: &[u8], samples: usize, width: u32, rows: u32) -> Vec<u8> {
    let (width, planes) = (width as usize, if samples == 1 { 2 } else { 4 });
    let mut made = Vec::with_capacity(width * samples * rows as usize);
    let mut rest = packed;
    for _ in 0..rows {
        let mut row = vec![0_u32; width];
        for plane in (0..planes).rev() {
            if plane_of(&mut rest, &mut row, plane * 8).is_none() {
                return made;
            }
        }
        match samples {
            1 => made.extend(row.iter().map(|&pixel| luma_of_light(luminance(pixel)))),
            _ => made.extend(row.iter().flat_map(|&pixel| color(luminance(pixel >> 16), chroma_of_32(pixel)))),
        }
    }
    made
}

fn plane_of(rest: &mut &[u8], row: &mut [u32], shift: usize) -> Option<()> {
    const RUN: u8 = 128;
    let mut at = 0;
    while at < row.len() {
        let (&head, after) = rest.split_first()?;
        let (count, used) = if head >= RUN {
            let byte = u32::from(*after.first()?);
            let count = usize::from(head) + 2 - usize::from(RUN);
            row[at..].iter_mut().take(count).for_each(|pixel| *pixel |= byte << shift);
            (count, 1)
        } else {
            let stored = after.get(..head.into())?;
            row[at..].iter_mut().zip(stored).for_each(|(pixel, &byte)| *pixel |= u32::from(byte) << shift);
            (head.into(), head.into())
        };
        *rest = &after[used..];
        at += count;
    }
    Some(())
}

/// Fifteen bits of a logarithm, and a sign.
fn luminance(code: u32) -> f32 {
    match code & 0x7fff {
        0 => 0.0,
        _ if code & 0x8000 != 0 => 0.0,
        code => ((code as f32 + 0.5) / 256.0 - 64.0).exp2(),
    }
}

fn chroma_of_32(pixel: u32) -> (f32, f32) {
    let part = |byte: u32| (byte as f32 + 0.5) / 410.0;
    (part(pixel >> 8 & 0xff), part(pixel & 0xff))
}

/// What a screen shows of a luminance.
fn luma_of_light(light: f32) -> u8 {
    // `as` clamps.
    (256.0 * light.max(0.0).sqrt()) as u8
}

fn color(light: f32, (u, v): (f32, f32)) -> [u8; 3] {
    if light <= 0.0 {
        return [0; 3];
    }
    let scale = 1.0 / (6.0 * u - 16.0 * v + 12.0);
    let (x, y) = (9.0 * u * scale, 4.0 * v * scale);
    let (x, y, z) = (x / y * light, light, (1.0 - x - y) / y * light);
    // The primaries of BT.709 with a white of equal energy.
    let red = 2.690 * x - 1.276 * y - 0.414 * z;
    let green = -1.022 * x + 1.978 * y + 0.044 * z;
    let blue = 0.061 * x - 0.224 * y + 1.163 * z;
    [red, green, blue].map(luma_of_light)
}
