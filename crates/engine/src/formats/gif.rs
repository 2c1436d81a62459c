//! GIF: the first frame, or all of them.

use crate::formats::{Format, Reader};
use crate::image::{self, Animation, Codec, Header, Layout, Picture, Pixels, Profile, Size};
use crate::{Error, ReadContext};
use ::image::AnimationDecoder;
use ::image::codecs::gif::GifDecoder;
use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};
use std::io::Cursor;
use std::num::NonZeroU64;

pub const FORMAT: Format = Format {
    name: "gif",
    mime: "image/gif",
    extensions: &["gif"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: Some(frames), pages: None };

type Gif<'a> = gif::Decoder<&'a [u8]>;

fn open(bytes: &[u8]) -> Result<Gif<'_>, Error> {
    const MAX: NonZeroU64 = NonZeroU64::new(256 << 20).expect("it is not zero");
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(MemoryLimit::Bytes(MAX));
    options.allow_unknown_blocks(true);
    Ok(options.read_info(bytes)?)
}

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let mut gif = open(bytes)?;
    let (width, height) = (u32::from(gif.width()), u32::from(gif.height()));
    let first = gif.next_frame_info()?.ok_or_else(|| Error::malformed("The GIF has no picture."))?;
    // Some writers have a first frame larger than the screen; readers take its size, then.
    let right = u32::from(first.left) + u32::from(first.width);
    let bottom = u32::from(first.top) + u32::from(first.height);
    // What a frame does not cover is transparent.
    let covered = u32::from(first.width) >= width && u32::from(first.height) >= height;
    Ok(Header {
        alpha: first.transparent.is_some() || !covered,
        animated: has_second_frame(bytes),
        ..Header::plain(width.max(right), height.max(bottom))
    })
}

fn decode(bytes: Vec<u8>, header: &Header, _: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let mut gif = open(&bytes)?;
    let frame = gif.next_frame_info()?.ok_or_else(|| Error::malformed("The GIF has no picture."))?;
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    let position = (u32::from(frame.left), u32::from(frame.top));
    let layout = Layout::Rgba;
    let mut data = vec![0; width as usize * height as usize * layout.channels()];
    if let Err(cause) = gif.read_into_buffer(&mut data) {
        // What has been read before the damage is shown; nothing at all is no picture.
        if data.iter().all(|&byte| byte == 0) {
            return Err(cause.into());
        }
        context.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    let profile = Profile::icc(gif.icc_profile(), layout);
    let pixels = image::onto_canvas(Pixels { width, height, layout, data }, position, header.size)?;
    Ok(Picture::whole(pixels, profile))
}

fn frames(bytes: &[u8]) -> Result<Animation<'_>, Error> {
    Animation::of(GifDecoder::new(Cursor::new(bytes))?, |gif| Ok(gif.into_frames()))
}

/// Walks over the blocks without decoding them (GIF89a, appendix B).
fn has_second_frame(bytes: &[u8]) -> bool {
    const COLOR_TABLE: u8 = 0x80;
    let table_bytes = |flags: u8| if flags & COLOR_TABLE != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let skip_sub_blocks = |mut offset: usize| loop {
        match *bytes.get(offset)? {
            0 => return Some(offset + 1),
            length => offset += 1 + usize::from(length),
        }
    };
    let walk = || -> Option<()> {
        let mut offset = 13 + table_bytes(*bytes.get(10)?);
        let mut frames = 0;
        while frames < 2 {
            offset = match *bytes.get(offset)? {
                0x21 => skip_sub_blocks(offset + 2)?,
                0x2c => {
                    frames += 1;
                    // The descriptor, its colour table, and the byte with the code size.
                    skip_sub_blocks(offset + 11 + table_bytes(*bytes.get(offset + 9)?))?
                }
                _ => return None,
            };
        }
        Some(())
    };
    walk().is_some()
}

impl From<DecodingError> for Error {
    fn from(cause: DecodingError) -> Self {
        Self::malformed("The GIF is damaged or cut off.").because(cause)
    }
}
