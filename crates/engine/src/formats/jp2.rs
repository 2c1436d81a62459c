//! JPEG 2000, in its container or as a bare codestream.

use crate::image::{self, Codec, Decoding, Header, Layout, Picture, Pixels, Profile, Size};
use crate::{Error, Format, Job, Reader};
use hayro_jpeg2000::{ColorSpace, DecodeError, DecodeSettings, DecoderContext, Image};
use model::Reason;

pub const FORMAT: Format = Format {
    name: "jp2",
    mime: "image/jp2",
    extensions: &["jp2", "j2k", "jpf", "jpx", "j2c"],
    detect: |head| head.starts_with(b"\0\0\0\x0cjP  \r\n\x87\n") || head.starts_with(b"\xff\x4f\xff\x51"),
    reader: Reader::Image(|input, job, output| image::make_presets(&CODEC, input, job, output)),
};

const CODEC: Codec = Codec { header, decode, frames: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let image = Image::new(bytes, &DecodeSettings::default())?;
    Ok(Header { alpha: image.has_alpha(), decoding: Decoding::Whole, ..Header::plain(image.width(), image.height()) })
}

fn decode(bytes: &[u8], header: &Header, needed: Size, _: &mut Job<'_>) -> Result<Picture<'static>, Error> {
    // Wavelets come in halves; the decoder takes the smallest that covers this.
    let enough = |needed: u32| needed.saturating_mul(3) / 2;
    let target_resolution = Some((enough(needed.width), enough(needed.height)));
    let image = Image::new(bytes, &DecodeSettings { target_resolution, ..Default::default() })?;
    let (width, height) = (image.width(), image.height());
    let (alpha, space) = (image.has_alpha(), image.color_space().clone());
    let mut context = DecoderContext::default();
    let data = image.decode(&mut context)?.data_u8();
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
    let _ = header;
    Ok(Picture::whole(Pixels { width, height, layout, data }, profile))
}

impl From<DecodeError> for Error {
    fn from(_: DecodeError) -> Self {
        Self::malformed("The JPEG 2000 picture is damaged or cut off.")
    }
}
