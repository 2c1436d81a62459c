//! JPEG 2000, in its container or as a bare codestream.

use crate::containers::isobmff;
use crate::formats::{Format, Reader};
use crate::image::{self, Codec, Decoding, Header, Layout, Picture, Pixels, Profile, Size};
use crate::{Error, ReadContext};
use hayro_jpeg2000::{ColorSpace, DecodeError, DecodeSettings, DecoderContext, Image};
use model::Reason;

pub const FORMAT: Format = Format {
    name: "jp2",
    mime: "image/jp2",
    extensions: &["jp2", "j2k", "jpf", "jpx", "j2c"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"\0\0\0\x0cjP  \r\n\x87\n") || head.starts_with(b"\xff\x4f\xff\x51"),
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let image = Image::new(bytes, &DecodeSettings::default())?;
    Ok(Header { alpha: image.has_alpha(), decoding: Decoding::Whole, ..Header::plain(image.width(), image.height()) })
}

fn decode(bytes: Vec<u8>, _: &Header, needed: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    if !is_complete(&bytes) {
        context.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    // Wavelets come in halves; the decoder takes the smallest that covers this.
    let enough = |needed: u32| needed.saturating_mul(3) / 2;
    let target_resolution = Some((enough(needed.width), enough(needed.height)));
    let image = Image::new(&bytes, &DecodeSettings { target_resolution, ..Default::default() })?;
    let (width, height) = (image.width(), image.height());
    let (alpha, space) = (image.has_alpha(), image.color_space().clone());
    let mut decoder = DecoderContext::default();
    let data = image.decode(&mut decoder)?.data_u8();
    let layout = match (space.num_channels(), alpha) {
        (1, false) => Layout::Gray,
        (3, false) => Layout::Rgb,
        (1 | 3, true) => Layout::Rgba,
        (4, false) => Layout::Cmyk,
        _ => return Err(Error::rejected(Reason::Unsupported, "The picture has an unusual number of channels.")),
    };
    let data = if space.num_channels() == 1 && alpha { image::gray_alpha_to_rgba(&data) } else { data };
    if data.len() != width as usize * height as usize * layout.channels() {
        return Err(Error::rejected(Reason::Unsupported, "The picture's channels differ in size."));
    }
    let profile = match &space {
        ColorSpace::Icc { profile, .. } => Profile::icc(Some(profile), layout),
        _ => Profile::icc(None, layout),
    };
    Ok(Picture::whole(Pixels { width, height, layout, data }, profile))
}

/// The decoder makes what it can of whatever there is, and says nothing of what is not. A codestream ends with a marker of
/// its own (ISO/IEC 15444-1, A.4.4), perhaps padded.
fn is_complete(bytes: &[u8]) -> bool {
    let codestream = isobmff::box_of(bytes, b"jp2c").filter(|_| !bytes.starts_with(b"\xff\x4f")).unwrap_or(bytes);
    let end = codestream.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    codestream[..end].ends_with(b"\xff\xd9")
}

impl From<DecodeError> for Error {
    fn from(cause: DecodeError) -> Self {
        Self::malformed("The JPEG 2000 picture is damaged or cut off.").because(cause)
    }
}
