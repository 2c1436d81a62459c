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

/// The document, of the pages that are chosen: most pictures have one.
pub fn searchable(
    mut bytes: Vec<u8>,
    (format, codec): (&Format, &Codec),
    mut layers: Layers<'_>,
    chosen: Option<&PageRanges>,
    context: &mut ReadContext<'_>,
) -> Result<Document, Error> {
    let count = codec.count_pages(&bytes).min(context.limits.pdf_pages);
    let mut pages = (1..=count).filter(|&page| chosen.is_none_or(|chosen| chosen.contains(page))).peekable();
    if pages.peek().is_none() {
        return Err(Error::malformed(match count {
            1 => "A picture has one page.",
            _ => "The picture has none of these pages.",
        }));
    }
    let mut document = Document::with_version("1.5");
    let (tree, font_id, mut font) = (document.new_object_id(), document.new_object_id(), LayerFont::default());
    let (mut kids, mut has_words, mut layer) = (vec![], false, layers.next()?);
    while let Some(page) = pages.next() {
        let header = codec.header_of_page(&bytes, page)?;
        header.check(context.limits)?;
        // The last page may have the file itself.
        let file = if pages.peek().is_some() { bytes.clone() } else { std::mem::take(&mut bytes) };
        while layer.as_ref().is_some_and(|layer| layer.page < page) {
            layer = layers.next()?;
        }
        let words = match layer.take_if(|layer| layer.page == page) {
            Some(words) => {
                layer = layers.next()?;
                Some(words).filter(|words| !words.words.is_empty())
            }
            None => None,
        };

        let upright = header.upright();
        let points = |pixels: u32| f64::from(pixels) / f64::from(OCR_DPI) * POINTS_PER_INCH;
        let size = (points(upright.width), points(upright.height));
        let (image, orientation) = match is_embeddable(format, &file) {
            Some(layout) => (embedded(file, &header, layout), header.orientation),
            None => (decoded(file, format, (codec, page), &header, context)?, Orientation::default()),
        };
        let image = document.add_object(image);
        let [a, b, c, d, e, f] = matrix(orientation, size);
        let mut drawing = format!("q {a:.3} {b:.3} {c:.3} {d:.3} {e:.3} {f:.3} cm /Picture Do Q\n");
        let mut resources = dictionary! { "XObject" => dictionary! { "Picture" => image } };
        if let Some(words) = words {
            let placement = Placement { to_content: Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, size.1]), size };
            drawing.insert_str(0, &content(&words, &placement, &mut font));
            resources.set("Font", dictionary! { FONT_NAME => font_id });
            has_words = true;
        }
        let drawing = document.add_object(compressed(Dictionary::new(), drawing.into_bytes()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => drawing, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), Object::Real(size.0 as f32), Object::Real(size.1 as f32)],
        });
        kids.push(Object::from(page));
    }
    if has_words {
        font.add_to(&mut document, font_id);
    }
    let count = kids.len() as i64;
    document.objects.insert(tree, dictionary! { "Type" => "Pages", "Count" => count, "Kids" => kids }.into());
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
    format: &Format,
    page: (&Codec, u32),
    header: &Header,
    context: &mut ReadContext<'_>,
) -> Result<Stream, Error> {
    let pixels = shown(bytes, page, header, context)?;
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
