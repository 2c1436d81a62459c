//! WebP: lossy and lossless, with alpha, and the first frame of animations, or all of them.

use crate::formats::{Format, Reader};
use crate::image::{self, Animation, Codec, FrameRows, Header, Layout, Picture, Pixels, Profile, Size, WebpPlanes};
use crate::{Error, ReadContext};
use ::image::AnimationDecoder;
use ::image::codecs::webp::WebPDecoder;
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "webp",
    mime: "image/webp",
    extensions: &["webp"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"RIFF") && head.bytes.get(8..12) == Some(b"WEBP"),
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: Some(frames), pages: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let features = image::webp_features(bytes)?;
    let exif = chunks(container(bytes)).find(|&(name, _)| name == *b"EXIF");
    Ok(Header {
        alpha: features.alpha,
        animated: features.animated,
        orientation: exif.map(|(_, body)| image::orientation_of(body)).unwrap_or_default(),
        ..Header::plain(features.size.width, features.size.height)
    })
}

fn decode(bytes: Vec<u8>, header: &Header, _: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let icc = chunks(container(&bytes)).find(|&(name, _)| name == *b"ICCP");
    let profile = |layout| Profile::icc(icc.map(|(_, body)| body), layout);
    let features = image::webp_features(&bytes)?;
    let (picture, complete) = if features.lossy && !features.alpha {
        let (planes, complete) = WebpPlanes::decode(&bytes)?;
        (Picture::in_rows(FrameRows::new(planes)?, profile(Layout::Rgb)), complete)
    } else {
        let (pixels, complete) = match header.animated {
            true => first_frame(&bytes, header.size)?,
            false => image::webp_decode(&bytes)?,
        };
        let profile = profile(pixels.layout);
        (Picture::whole(pixels, profile), complete)
    };
    if !complete {
        context.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    Ok(picture)
}

/// The first frame on its transparent canvas. A frame's chunk has a header of 16 bytes, with the place in units of
/// two pixels, and then the chunks of a still picture.
fn first_frame(bytes: &[u8], canvas: Size) -> Result<(Pixels, bool), Error> {
    let frame = chunks(container(bytes)).find(|&(name, _)| name == *b"ANMF").map(|(_, body)| body);
    let broken = || Error::malformed("The animation has no first frame.");
    let (header, frame) = frame.and_then(|frame| frame.split_at_checked(16)).ok_or_else(broken)?;
    let number = |offset: usize| u32::from_le_bytes([header[offset], header[offset + 1], header[offset + 2], 0]);
    let (left, top) = (number(0) * 2, number(3) * 2);
    let (part, complete) = image::webp_decode(frame)?;
    Ok((image::onto_canvas(part, (left, top), canvas)?, complete))
}

fn frames(bytes: &[u8]) -> Result<Animation<'_>, Error> {
    Animation::of(WebPDecoder::new(Cursor::new(bytes))?, |webp| Ok(webp.into_frames()))
}

/// What follows `RIFF`, the size and `WEBP`.
fn container(bytes: &[u8]) -> &[u8] {
    bytes.get(12..).unwrap_or_default()
}

/// Name and body of every chunk; a cut one ends where the file does.
fn chunks(container: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = container;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let body = &after[..length.min(after.len())];
        rest = after.get(length + length % 2..).unwrap_or_default();
        Some((*name, body))
    })
}
