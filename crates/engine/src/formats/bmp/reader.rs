//! BMP: bitmaps of Windows and OS/2, compressed or not, also from the clipboard, and pictures that are a bitmap by name alone.

use super::header::{Bitmap, Storage, damaged, unsupported};
use super::pixels;
use crate::formats::{Format, Reader, jpeg, png};
use crate::image::{Codec, Header, Picture, Profile, Size};
use crate::{Error, Head, ReadContext};

pub const FORMAT: Format = Format {
    name: "bmp",
    mime: "image/bmp",
    extensions: &["bmp", "dib"],
    is_text: false,
    archive: None,
    detect,
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

fn detect(head: &Head<'_>) -> bool {
    // The clipboard's have no magic of their own, only a header of 40 bytes and one plane.
    let from_clipboard =
        || head.starts_with(b"\x28\0\0\0") && head.bytes.get(12..14) == Some(&[1, 0]) && head.is_named(&["dib", "bmp"]);
    let list = || head.starts_with(b"BA") && head.bytes.get(14..16) == Some(b"BM");
    head.starts_with(b"BM") || list() || from_clipboard()
}

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let bitmap = Bitmap::of(bytes)?;
    match bitmap.storage {
        Storage::Inside => (inside(bytes, &bitmap)?.header)(&bytes[bitmap.data.clone()]),
        Storage::Plain { masks } => {
            let alpha = pixels::have_opacity(&bitmap, bytes, masks[3]);
            Ok(Header { alpha, ..Header::plain(bitmap.size.width, bitmap.size.height) })
        }
        Storage::Runs => Ok(Header::plain(bitmap.size.width, bitmap.size.height)),
    }
}

fn decode(bytes: Vec<u8>, header: &Header, needed: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let bitmap = Bitmap::of(&bytes)?;
    let (pixels, rows) = match bitmap.storage {
        Storage::Inside => {
            let codec = inside(&bytes, &bitmap)?;
            return (codec.decode)(bytes[bitmap.data].to_vec(), header, needed, context);
        }
        Storage::Plain { masks } => pixels::plain(&bitmap, &bytes, masks, header.alpha),
        Storage::Runs => pixels::in_runs(&bitmap, &bytes),
    };
    if rows == 0 {
        return Err(damaged());
    }
    if rows < bitmap.size.height {
        context.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    // A colour profile inside is what libvips and ImageMagick leave out, too.
    Ok(Picture::whole(pixels, Profile::srgb()))
}

/// What reads the picture that is in the place of the pixels: printers are sent such.
fn inside(bytes: &[u8], bitmap: &Bitmap) -> Result<&'static Codec, Error> {
    match &bytes[bitmap.data.clone()] {
        [0xff, 0xd8, ..] => Ok(&jpeg::CODEC),
        [0x89, b'P', b'N', b'G', ..] => Ok(&png::CODEC),
        _ => Err(unsupported()),
    }
}
