//! Archives and checksums, opened for damage and closed again.

use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// More of a part is not looked at.
const MAX_BYTES: u64 = 1 << 20;

/// The parts of an archive, none when it is none or has none.
pub fn unzip(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = vec![];
    for index in 0..archive.len() {
        let file = archive.by_index(index).ok()?;
        let (name, mut content) = (file.name().ok()?.into_owned(), vec![]);
        file.take(MAX_BYTES).read_to_end(&mut content).ok()?;
        parts.push((name, content));
    }
    (!parts.is_empty()).then_some(parts)
}

/// An archive of these parts.
pub fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for (name, content) in parts {
        // A name that stands twice is refused; the part before stays as it is.
        if archive.start_file(name.as_str(), SimpleFileOptions::default()).is_ok() {
            archive.write_all(content).unwrap();
        }
    }
    archive.finish().unwrap().into_inner()
}

/// Makes the checksum of every chunk right, where the bytes are a PNG.
pub fn mend_png(bytes: &mut [u8]) {
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return;
    }
    let mut offset = 8;
    while let Some(head) = bytes.get(offset..offset + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = offset + 8 + length;
        if bytes.len() < end + 4 {
            return;
        }
        let sum = crc32(&bytes[offset + 4..end]).to_be_bytes();
        bytes[end..end + 4].copy_from_slice(&sum);
        offset = end + 4;
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn a_mended_png_has_the_checksums_it_had() {
    let whole = crate::samples::ours().into_iter().find(|sample| sample.name == "image/corners.png").unwrap().bytes;
    let mut mended = whole.clone();
    mended[29..33].fill(0);
    mend_png(&mut mended);
    assert_eq!(mended, whole);
}
