//! What is uploaded: the sample files of `tests/samples`, and files made here, as many different ones as a test wants.

use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// The sample at `kind/name`.
pub fn sample(path: &str) -> Vec<u8> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(path);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The SHA-256 of these bytes in hex, which is what a content is known by.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many bytes, in whole words of eight, that are not the same anywhere.
pub fn noise(size_bytes: usize) -> Vec<u8> {
    let mut word = 88_172_645_463_325_252u64;
    let mut next = || {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        word.to_le_bytes()
    };
    (0..size_bytes / 8).flat_map(|_| next()).collect()
}

/// A PNG of that size, different for every `seed`, with a soft pattern that survives being made smaller.
pub fn png(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let mut rows = Vec::with_capacity((height * (1 + width * 3)) as usize);
    for y in 0..height {
        rows.push(0);
        for x in 0..width {
            rows.extend([(x * 255 / width) as u8, (y * 255 / height) as u8, (seed % 256) as u8]);
        }
    }
    // Once more and exactly, because the colour alone has only 256 values.
    let text = [b"seed\0".as_slice(), seed.to_string().as_bytes()].concat();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"tEXt", text), (b"IDAT", stored(&rows)), (b"IEND", vec![])] {
        png.extend((data.len() as u32).to_be_bytes());
        let chunk = [kind.as_slice(), &data].concat();
        png.extend(&chunk);
        png.extend(crc32(&chunk).to_be_bytes());
    }
    png
}

/// A PDF of scanned pages of these widths, in points, all of them pictures of nothing. Different for every list of widths.
pub fn scan(widths: &[u32]) -> Vec<u8> {
    let kids: Vec<String> = (0..widths.len()).map(|page| format!("{} 0 R", 3 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", kids.len(), kids.join(" ")),
    ];
    for width in widths {
        let content = objects.len() + 2;
        objects.push(format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} 100] /Contents {content} 0 R >>"));
        let drawn = format!("q {width} 0 0 100 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q");
        objects.push(format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()));
    }
    let (mut pdf, mut places) = ("%PDF-1.7\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (size, start) = (objects.len() + 1, pdf.len());
    pdf.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n{places}"));
    pdf.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    pdf.into_bytes()
}

/// zlib without compression: this crate has no compressor, and a test no need of one.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = bytes.chunks(0xffff).collect();
    for (n, block) in blocks.iter().enumerate() {
        out.push(u8::from(n + 1 == blocks.len()));
        out.extend((block.len() as u16).to_le_bytes());
        out.extend((!(block.len() as u16)).to_le_bytes());
        out.extend(*block);
    }
    out.extend(adler32(bytes).to_be_bytes());
    out
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// The width and height a JPEG, PNG or WebP says it has.
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes {
        [0xff, 0xd8, ..] => jpeg_dimensions(bytes),
        [0x89, b'P', b'N', b'G', ..] => Some((be32(bytes, 16)?, be32(bytes, 20)?)),
        [b'R', b'I', b'F', b'F', ..] => webp_dimensions(bytes),
        _ => None,
    }
}

fn jpeg_dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let (marker, length) = (*bytes.get(at + 1)?, be16(bytes, at + 2)?);
        // Start of frame, but not the tables and extensions that share its range.
        if (0xc0..=0xcf).contains(&marker) && ![0xc4, 0xc8, 0xcc].contains(&marker) {
            return Some((be16(bytes, at + 7)?, be16(bytes, at + 5)?));
        }
        at += 2 + length as usize;
    }
}

fn webp_dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let at = |offset: usize| bytes.get(offset).copied().map(u32::from);
    match bytes.get(12..16)? {
        b"VP8X" => {
            Some((1 + at(24)? + (at(25)? << 8) + (at(26)? << 16), 1 + at(27)? + (at(28)? << 8) + (at(29)? << 16)))
        }
        b"VP8 " => Some(((at(26)? | at(27)? << 8) & 0x3fff, (at(28)? | at(29)? << 8) & 0x3fff)),
        b"VP8L" => {
            let bits = at(21)? | at(22)? << 8 | at(23)? << 16 | at(24)? << 24;
            Some((1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)))
        }
        _ => None,
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_pictures_differ_and_say_their_size() {
        assert_eq!(dimensions(&png(300, 200, 1)), Some((300, 200)));
        assert_ne!(png(30, 20, 1), png(30, 20, 257));
    }
}
