//! Every limit on untrusted bytes, with its default.

use serde::{Deserialize, Serialize};

/// Bounds the engine keeps. Each has a test that trips it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Pixels of an image that is decoded whole.
    pub image_pixels: u64,
    /// Pixels of an image that is decoded scaled down (JPEG).
    pub image_pixels_scaled: u64,
    /// Pixels on one side of an image.
    pub image_side: u32,
    /// Pixels of all frames of an animation that is made smaller; the rest of it is left out, with a warning. A frame
    /// counts as at least 10,000.
    pub animation_pixels: u64,
    /// Pixels of the picture of one page that text is recognised in; a larger page is drawn smaller.
    pub page_pixels: u64,
    /// Entries of an archive.
    pub archive_entries: u32,
    /// Bytes of an archive, unpacked, in all.
    pub archive_bytes: u64,
    /// Bytes of one part of an archive, unpacked.
    pub archive_part_bytes: u64,
    /// Unpacked bytes per packed byte, after the first MiB.
    pub archive_ratio: u64,
    /// Streams and storages of a compound file (Office before 2007, Outlook messages).
    pub compound_entries: u32,
    /// Nesting of XML elements.
    pub xml_depth: u32,
    /// Nesting of JSON values.
    pub json_depth: u32,
    /// Pages of a PDF, and of a scan that is a picture of several.
    pub pdf_pages: u32,
    /// Bytes of all decoded streams of a PDF.
    pub pdf_bytes: u64,
    /// Bytes of a document read whole into memory (PDF, image); larger ones are refused.
    pub whole_file_bytes: u64,
    /// Bytes of extracted text; the rest is cut, with a warning.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            image_pixels: 50_000_000,
            image_pixels_scaled: 100_000_000,
            image_side: 16_384,
            animation_pixels: 250_000_000,
            page_pixels: 16_000_000,
            archive_entries: 2_000,
            archive_bytes: 200 << 20,
            archive_part_bytes: 64 << 20,
            archive_ratio: 200,
            compound_entries: 65_536,
            xml_depth: 256,
            json_depth: 128,
            pdf_pages: 2_000,
            pdf_bytes: 256 << 20,
            whole_file_bytes: 200 << 20,
            text_bytes: 10 << 20,
        }
    }
}
