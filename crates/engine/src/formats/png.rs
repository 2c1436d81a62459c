//! PNG and APNG, of which the first image is shown or all of them: every colour type and depth, interlaced or not.

use crate::formats::{Format, Reader};
use crate::image::{self, Animation, Codec, Header, Layout, Picture, Pixels, Profile, Rows, Size};
use crate::{Error, ReadContext};
use ::image::AnimationDecoder;
use ::image::codecs::png::PngDecoder;
use model::Reason;
use png::{BitDepth, ColorType, Decoder, DecodingError, Info, InterlaceInfo, Limits, Transformations};
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "png",
    mime: "image/png",
    extensions: &["png", "apng"],
    is_text: false,
    archive: None,
    detect: |head| head.starts_with(b"\x89PNG\r\n\x1a\n"),
    reader: Reader::Image(CODEC),
};

pub(super) const CODEC: Codec = Codec { header, decode, frames: Some(frames), pages: None };

/// Memory for rows and metadata, which the decoder would otherwise take as the file demands.
const DECODER_BYTES: usize = 64 << 20;

type Png<Bytes> = png::Reader<Cursor<Bytes>>;

fn open<Bytes: AsRef<[u8]>>(bytes: Bytes) -> Result<Png<Bytes>, Error> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: DECODER_BYTES });
    decoder.set_ignore_text_chunk(true);
    // Palettes and bits become 8-bit samples; 16 bits lose the half that nobody sees.
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    Ok(decoder.read_info()?)
}

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let png = open(bytes)?;
    let info = png.info();
    Ok(Header {
        alpha: matches!(png.output_color_type().0, ColorType::Rgba | ColorType::GrayscaleAlpha),
        animated: info.animation_control.is_some_and(|animation| animation.num_frames > 1),
        orientation: info.exif_metadata.as_deref().map(image::orientation_of).unwrap_or_default(),
        ..Header::plain(info.width, info.height)
    })
}

fn decode(bytes: Vec<u8>, _: &Header, _: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let mut png = open(bytes)?;
    let Info { width, height, interlaced, .. } = *png.info();
    let (color, depth) = png.output_color_type();
    if depth != BitDepth::Eight {
        return Err(Error::rejected(Reason::Unsupported, "The PNG has samples of an unknown size."));
    }
    let layout = match color {
        ColorType::Grayscale => Layout::Gray,
        ColorType::GrayscaleAlpha | ColorType::Rgba => Layout::Rgba,
        ColorType::Rgb | ColorType::Indexed => Layout::Rgb,
    };
    let profile = profile(png.info(), layout);
    if !interlaced && color != ColorType::GrayscaleAlpha {
        let rows = InOrder { png, size: Size { width, height }, layout, read: 0, complete: true };
        return Ok(Picture::in_rows(rows, profile));
    }
    let stride = width as usize * color.samples();
    let mut data = vec![0; stride * height as usize];
    if let Err(cause) = read_rows(&mut png, &mut data, stride) {
        // What has been read before the damage is shown; nothing at all is no picture.
        if data.iter().all(|&byte| byte == 0) {
            return Err(cause.into());
        }
        context.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    let data = if color == ColorType::GrayscaleAlpha { image::gray_alpha_to_rgba(&data) } else { data };
    Ok(Picture::whole(Pixels { width, height, layout, data }, profile))
}

/// The rows of a PNG that stores them from top to bottom.
struct InOrder {
    png: Png<Vec<u8>>,
    size: Size,
    layout: Layout,
    read: u32,
    complete: bool,
}

impl Rows for InOrder {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self) -> Layout {
        self.layout
    }

    /// What follows the damage is left as it is; damage before the first row leaves no picture.
    fn read(&mut self, rows: &mut [u8]) -> Result<(), Error> {
        for row in rows.chunks_exact_mut(self.size.width as usize * self.layout.channels()) {
            if self.complete {
                match self.png.read_row(row) {
                    Ok(_) => self.read += 1,
                    Err(cause) if self.read == 0 => return Err(cause.into()),
                    Err(_) => self.complete = false,
                }
            }
        }
        Ok(())
    }

    fn damaged_from(&self) -> Option<u32> {
        (!self.complete).then_some(self.read)
    }
}

fn read_rows(png: &mut Png<Vec<u8>>, data: &mut [u8], stride: usize) -> Result<(), DecodingError> {
    let bits_per_pixel = (png.output_color_type().0.samples() * 8) as u8;
    if png.info().interlaced {
        while let Some(row) = png.next_interlaced_row()? {
            if let InterlaceInfo::Adam7(pass) = row.interlace() {
                png::expand_interlaced_row(data, stride, row.data(), pass, bits_per_pixel);
            }
        }
    } else {
        for row in data.chunks_exact_mut(stride) {
            png.read_row(row)?;
        }
    }
    Ok(())
}

fn frames(bytes: &[u8]) -> Result<Animation<'_>, Error> {
    Animation::of(PngDecoder::new(Cursor::new(bytes))?, |png| Ok(png.apng()?.into_frames()))
}

/// Code points win over a profile, and a profile is not looked at in a file that says it is sRGB.
fn profile(info: &Info<'_>, layout: Layout) -> Profile {
    match (&info.coding_independent_code_points, info.srgb, &info.icc_profile) {
        (Some(points), ..) => Profile::cicp(points.color_primaries, points.transfer_function, layout),
        (None, None, Some(icc)) => Profile::icc(Some(icc), layout),
        _ => Profile::srgb(),
    }
}

impl From<DecodingError> for Error {
    fn from(cause: DecodingError) -> Self {
        let refusal = match &cause {
            DecodingError::LimitsExceeded => {
                Self::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
            }
            _ => Self::malformed("The PNG is damaged or cut off."),
        };
        refusal.because(cause)
    }
}
