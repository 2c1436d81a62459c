//! A PDF of a picture, as large as its pixels are at the resolution that pages are drawn in, with its text layer.

use super::font::{LayerFont, compressed};
use super::layer::{FONT_NAME, Placement, content};
use super::layers::Layers;
use crate::formats::Format;
use crate::image::{Codec, Header, Jpeg, Layout, Orientation, Pixels, encode_jpeg, shown};
use crate::{Error, ReadContext};
use kurbo::Affine;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use model::{OCR_DPI, PageRanges};

/// Formats of photos: what is decoded of them is written as JPEG, of others without loss.
const PHOTOS: [&str; 5] = ["avif", "heic", "jp2", "jpeg", "webp"];
/// Nobody sees the difference to the decoded photo.
const QUALITY: u8 = 92;
const POINTS_PER_INCH: f64 = 72.0;

/// The document of one page.
pub fn searchable(
    bytes: Vec<u8>,
    (format, codec): (&Format, &Codec),
    mut layers: Layers<'_>,
    chosen: Option<&PageRanges>,
    context: &mut ReadContext<'_>,
) -> Result<Document, Error> {
    if chosen.is_some_and(|chosen| !chosen.contains(1)) {
        return Err(Error::malformed("A picture has one page."));
    }
    let header = (codec.header)(&bytes)?;
    header.check(context.limits)?;
    let upright = header.upright();
    let points = |pixels: u32| f64::from(pixels) / f64::from(OCR_DPI) * POINTS_PER_INCH;
    let size = (points(upright.width), points(upright.height));

    let mut document = Document::with_version("1.5");
    let (image, orientation) = match is_embeddable(format, &bytes) {
        Some(layout) => (embedded(bytes, &header, layout), header.orientation),
        None => (decoded(bytes, (format, codec), &header, context)?, Orientation::default()),
    };
    let image = document.add_object(image);
    let [a, b, c, d, e, f] = matrix(orientation, size);
    let mut drawing = format!("q {a:.3} {b:.3} {c:.3} {d:.3} {e:.3} {f:.3} cm /Picture Do Q\n");
    let mut resources = dictionary! { "XObject" => dictionary! { "Picture" => image } };
    if let Some(words) = layers.next()?.filter(|words| !words.words.is_empty()) {
        let (mut font, font_id) = (LayerFont::default(), document.new_object_id());
        let placement = Placement { to_content: Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, size.1]), size };
        drawing.insert_str(0, &content(&words, &placement, &mut font));
        font.add_to(&mut document, font_id);
        resources.set("Font", dictionary! { FONT_NAME => font_id });
    }
    let drawing = document.add_object(compressed(Dictionary::new(), drawing.into_bytes()));
    let tree = document.new_object_id();
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => drawing, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), Object::Real(size.0 as f32), Object::Real(size.1 as f32)],
    });
    document.objects.insert(tree, dictionary! { "Type" => "Pages", "Count" => 1, "Kids" => vec![page.into()] }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    Ok(document)
}

/// The colours of a JPEG that a PDF takes as it is: grey or three, without a profile that says they are others.
fn is_embeddable(format: &Format, bytes: &[u8]) -> Option<Layout> {
    if format.name != "jpeg" || memchr::memmem::find(bytes, b"ICC_PROFILE\0").is_some() {
        return None;
    }
    let layout = Jpeg::open(bytes).ok()?.layout();
    matches!(layout, Layout::Gray | Layout::Rgb).then_some(layout)
}

fn embedded(bytes: Vec<u8>, header: &Header, layout: Layout) -> Stream {
    let mut dictionary = image_dictionary((header.size.width, header.size.height), layout);
    dictionary.set("Filter", "DCTDecode");
    Stream::new(dictionary, bytes).with_compression(false)
}

/// What a browser shows of it, upright and on white.
fn decoded(
    bytes: Vec<u8>,
    (format, codec): (&Format, &Codec),
    header: &Header,
    context: &mut ReadContext<'_>,
) -> Result<Stream, Error> {
    let pixels = shown(bytes, header, codec, context)?;
    let mut dictionary = image_dictionary((pixels.width, pixels.height), pixels.layout);
    if PHOTOS.contains(&format.name) {
        dictionary.set("Filter", "DCTDecode");
        return Ok(Stream::new(dictionary, encode_jpeg(&pixels, QUALITY)?).with_compression(false));
    }
    let Pixels { data, .. } = pixels;
    Ok(compressed(dictionary, data))
}

fn image_dictionary((width, height): (u32, u32), layout: Layout) -> Dictionary {
    let colors = if layout == Layout::Gray { "DeviceGray" } else { "DeviceRGB" };
    dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => height, "ColorSpace" => colors,
        "BitsPerComponent" => 8,
    }
}

/// How an image, which fills a unit square as it is stored, fills the page as it is seen.
fn matrix(orientation: Orientation, (width, height): (f64, f64)) -> [f64; 6] {
    match orientation.exif() {
        2 => [-width, 0.0, 0.0, height, width, 0.0],
        3 => [-width, 0.0, 0.0, -height, width, height],
        4 => [width, 0.0, 0.0, -height, 0.0, height],
        5 => [0.0, -height, -width, 0.0, width, height],
        6 => [0.0, -height, width, 0.0, 0.0, height],
        7 => [0.0, height, width, 0.0, 0.0, 0.0],
        8 => [0.0, height, -width, 0.0, width, 0.0],
        _ => [width, 0.0, 0.0, height, 0.0, 0.0],
    }
}
