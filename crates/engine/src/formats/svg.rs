//! SVG: drawn at the size that is needed. It reaches nothing outside of itself: no files, no network, one font.

use super::{jpeg, png};
use crate::formats::{Format, Reader};
use crate::image::{Codec, Decoding, Header, Layout, Picture, Pixels, Profile, Size};
use crate::{Error, Head, ReadContext};
use model::Reason;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Group, ImageHrefResolver, ImageKind, Node, Options, Tree, fontdb};
use std::sync::Arc;

pub const FORMAT: Format = Format {
    name: "svg",
    mime: "image/svg+xml",
    extensions: &["svg"],
    is_text: true,
    archive: None,
    detect: |head| is_svg(head),
    reader: Reader::Image(CODEC),
};

const CODEC: Codec = Codec { header, decode, frames: None, pages: None };

/// The sandbox opens no files, so that the one font comes with the program.
static FONT: &[u8] = include_bytes!("../../assets/DejaVuSans.ttf");
const FONT_FAMILY: &str = "DejaVu Sans";

/// True when the first element is `svg`.
fn is_svg(head: &Head<'_>) -> bool {
    let Ok(mut rest) = str::from_utf8(head.bytes.utf8_chunks().next().map_or(b"", |chunk| chunk.valid().as_bytes()))
    else {
        return false;
    };
    rest = rest.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!DOCTYPE") => return rest.starts_with("<!DOCTYPE svg"),
            _ => break,
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    let name = rest.strip_prefix('<').map(|rest| rest.strip_prefix("svg:").unwrap_or(rest));
    name.and_then(|name| name.strip_prefix("svg"))
        .is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '>', '/']))
}

/// Takes the drawing apart. Pictures inside of it may have so many pixels each; larger ones are left out.
fn parse(bytes: &[u8], max_pixels: u64) -> Result<Tree, Error> {
    refuse_entities(bytes)?;
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    fonts.set_sans_serif_family(FONT_FAMILY);
    fonts.set_serif_family(FONT_FAMILY);
    fonts.set_monospace_family(FONT_FAMILY);
    fonts.set_cursive_family(FONT_FAMILY);
    fonts.set_fantasy_family(FONT_FAMILY);
    let options = Options {
        fontdb: Arc::new(fonts),
        font_family: FONT_FAMILY.into(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |_, data, _| embedded(data, max_pixels)),
            // A path or an address: nothing outside of the file is ever reached.
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_data(bytes, &options).map_err(|cause| Error::malformed("The SVG is damaged.").because(cause))
}

/// A picture inside of the drawing, if its header promises that it is small enough to be decoded.
fn embedded(data: Arc<Vec<u8>>, max_pixels: u64) -> Option<ImageKind> {
    type Kind = fn(Arc<Vec<u8>>) -> ImageKind;
    let kinds: [(_, Kind); 2] = [(jpeg::CODEC, ImageKind::JPEG), (png::CODEC, ImageKind::PNG)];
    kinds.into_iter().find_map(|(codec, kind)| {
        let header = (codec.header)(&data).ok()?;
        (header.size.pixels() <= max_pixels).then(|| kind(data.clone()))
    })
}

/// A plain document type is common in SVG and harmless; one that declares entities is where bombs live.
fn refuse_entities(bytes: &[u8]) -> Result<(), Error> {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    if has(b"<!ENTITY") {
        return Err(Error::rejected(Reason::XmlEntities, "The SVG declares XML entities, which are not read."));
    }
    Ok(())
}

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let size = parse(bytes, 0)?.size();
    let side = |side: f32| (side.ceil() as u32).max(1);
    Ok(Header { alpha: true, decoding: Decoding::Scaled, ..Header::plain(side(size.width()), side(size.height())) })
}

fn decode(bytes: Vec<u8>, _: &Header, needed: Size, context: &mut ReadContext<'_>) -> Result<Picture, Error> {
    let tree = parse(&bytes, context.limits.image_pixels)?;
    let Size { width, height } = needed;
    let mut pixmap = Pixmap::new(width, height).ok_or_else(|| Error::malformed("The SVG has no size."))?;
    let scale = (width as f32 / tree.size().width(), height as f32 / tree.size().height());
    check_layers(tree.root(), scale, needed, context.limits.image_pixels)?;
    resvg::render(&tree, Transform::from_scale(scale.0, scale.1), &mut pixmap.as_mut());
    let mut pixels = Pixels { width, height, layout: Layout::Rgba, data: pixmap.take() };
    pixels.unmultiply();
    Ok(Picture::whole(pixels, Profile::srgb()))
}

/// Groups with opacity, masks or filters are drawn on layers of their own, as large as what they hold, which may lie
/// far outside of the picture. All layers that are open at the same time must keep the limit.
fn check_layers(group: &Group, scale: (f32, f32), canvas: Size, pixels_left: u64) -> Result<(), Error> {
    let mut left = pixels_left;
    if group.should_isolate() {
        let layer = group.abs_layer_bounding_box();
        // The renderer goes no further than five times the picture.
        let side = |side: f32, scale: f32, canvas: u32| f64::from(side * scale).min(5.0 * f64::from(canvas));
        let pixels = side(layer.width(), scale.0, canvas.width) * side(layer.height(), scale.1, canvas.height);
        left = left.checked_sub(pixels as u64).ok_or_else(|| {
            Error::rejected(Reason::TooManyPixels, "The SVG has layers with more pixels than are drawn.")
        })?;
    }
    group.children().iter().try_for_each(|child| match child {
        Node::Group(group) => check_layers(group, scale, canvas, left),
        _ => Ok(()),
    })
}
