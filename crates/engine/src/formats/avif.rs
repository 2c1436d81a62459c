//! AVIF: single pictures, grids, alpha, and the still picture of sequences.

use crate::containers::isobmff::{self, Colors, Heif, Named};
use crate::formats::{Format, Reader};
use crate::image::{self, Av1Picture, Codec, FrameRows, Header, Layout, Picture, Pixels, Planes, Profile, Rows, Size};
use crate::{Error, ReadContext};
use model::Reason;

pub const FORMAT: Format = Format {
    name: "avif",
    mime: "image/avif",
    extensions: &["avif", "avifs"],
    is_text: false,
    archive: None,
    detect: |head| isobmff::has_brand(&head.bytes, &[b"avif", b"avis"]),
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let heif = Heif::parse(bytes)?;
    let size = heif.size(heif.primary).ok_or_else(|| Error::malformed("The AVIF does not say its size."))?;
    Ok(Header {
        visible: heif.crop(heif.primary).map_or(size, |crop| crop.size),
        alpha: heif.alpha(heif.primary).is_some(),
        animated: isobmff::has_brand(bytes, &[b"avis"]),
        orientation: heif.orientation(heif.primary),
        ..Header::plain(size.width, size.height)
    })
}

fn decode(bytes: Vec<u8>, header: &Header, _: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let heif = Heif::parse(&bytes)?;
    let (primary, max) = (heif.primary, context.limits.image_pixels);
    let alpha = heif.alpha(primary).map_or(primary, |(alpha, _)| alpha);
    if !heif.is_complete(primary) || !heif.is_complete(alpha) {
        context.missing("truncated", "The file is damaged or cut off; what could be read is shown.");
    }
    let named = Named::find(&heif, primary);
    if !header.alpha && heif.crop(primary).is_none() && heif.kind(primary) == Some(*b"av01") {
        let rows = FrameRows::new(single(&heif, primary, max, named)?)?;
        let profile = profile(&heif, primary, rows.layout());
        return Ok(Picture::in_rows(rows, profile));
    }
    let mut pixels = item(&heif, primary, header.size, max, named)?;
    if let Some((alpha, premultiplied)) = heif.alpha(primary) {
        let alpha = item(&heif, alpha, header.size, max, None)?;
        pixels = pixels.with_alpha(&alpha)?;
        if premultiplied {
            pixels.unmultiply();
        }
    }
    let profile = profile(&heif, primary, pixels.layout);
    if let Some(crop) = heif.crop(primary) {
        pixels = pixels.cropped(crop)?;
    }
    Ok(Picture::whole(pixels, profile))
}

fn profile(heif: &Heif<'_>, item: u32, layout: Layout) -> Profile {
    match heif.colors(item).find(|colors| matches!(colors, Colors::Icc(_))) {
        Some(Colors::Icc(icc)) => Profile::icc(Some(icc), layout),
        _ => Named::find(heif, item)
            .map_or_else(Profile::srgb, |named| Profile::cicp(named.primaries, named.transfer, layout)),
    }
}

/// The pixels of an item: one picture, or a grid of them.
fn item(heif: &Heif<'_>, id: u32, size: Size, max: u64, named: Option<Named>) -> Result<Pixels, Error> {
    match &heif.kind(id).unwrap_or_default() {
        b"av01" => Ok(single(heif, id, max, named)?.frame()?.to_pixels()),
        b"grid" => grid(heif, id, size, max, named),
        _ => Err(Error::rejected(Reason::Unsupported, "This variant of AVIF cannot be read.")),
    }
}

fn single(heif: &Heif<'_>, id: u32, max: u64, named: Option<Named>) -> Result<Av1Picture, Error> {
    let units = heif.data(id).ok_or_else(|| Error::malformed("A part of the AVIF is missing."))?;
    image::decode_av1(&units, max, named)
}

/// Tiles of equal size, row by row; the outer ones may stick out.
fn grid(heif: &Heif<'_>, id: u32, size: Size, max: u64, named: Option<Named>) -> Result<Pixels, Error> {
    let broken = || Error::malformed("The AVIF's grid is damaged.");
    let (rows, columns) = heif.grid(id).ok_or_else(broken)?;
    let parts = heif.parts(id);
    if parts.len() != rows * columns {
        return Err(broken());
    }
    let mut whole: Option<Pixels> = None;
    for (index, &part) in parts.iter().enumerate() {
        let tile = single(heif, part, max, named)?.frame()?.to_pixels();
        let whole = whole.get_or_insert_with(|| Pixels::blank(size, tile.layout));
        let position =
            ((index % columns) as u64 * u64::from(tile.width), (index / columns) as u64 * u64::from(tile.height));
        whole.paste(&tile, position)?;
    }
    whole.ok_or_else(broken)
}
