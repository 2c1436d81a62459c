//! What a page says outside of its content: values of form fields without an appearance, people's comments, links to
//! other places, attached files.

use super::attachments::attachment;
use crate::text::one_line;
use hayro_interpret::TransformExt;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, Rect as PdfRect, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;
use kurbo::{Point, Rect};
use model::Attachment;
use std::rc::Rc;

/// Annotations of one page that are looked at.
const MAX: usize = 5_000;

/// Flags of an annotation that is not shown: hidden, or not for viewing.
const HIDDEN: u32 = 1 << 1 | 1 << 5;

/// The annotations of one page, by what they are good for.
#[derive(Default)]
pub struct Annotations {
    /// Some are drawn on the page.
    pub are_drawn: bool,
    /// Texts that are not drawn.
    pub texts: Vec<String>,
    /// Values of form fields, and where the fields are.
    pub fields: Vec<(String, Rect)>,
    pub links: Vec<Link>,
    pub attachments: Vec<Attachment>,
}

/// A place of the page that leads to an address, in points from the page's upper left corner.
pub struct Link {
    pub target: Rc<str>,
    pub areas: Vec<Rect>,
}

impl Link {
    pub fn covers(&self, point: Point) -> bool {
        self.areas.iter().any(|area| area.contains(point))
    }
}

impl Annotations {
    pub fn read(page: &Page<'_>) -> Self {
        let mut read = Self::default();
        let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots") else { return read };
        for annotation in annotations.iter::<Dict<'_>>().take(MAX) {
            let Some(kind) = annotation.get::<Name<'_>>(b"Subtype") else { continue };
            let is_drawn = annotation.contains_key(b"AP");
            read.are_drawn |= is_drawn;
            match &*kind {
                b"Link" => read.links.extend(link(&annotation, page)),
                b"Widget" if annotation.get::<u32>(b"F").unwrap_or(0) & HIDDEN == 0 => {
                    let area = annotation.get::<PdfRect>(b"Rect").map(|area| placed(page, area));
                    read.fields.extend(field_value(&annotation).zip(area));
                }
                b"FreeText" if is_drawn => {}
                b"FreeText" | b"Text" | b"Highlight" | b"Underline" | b"StrikeOut" | b"Squiggly" | b"Caret"
                | b"Stamp" | b"Square" | b"Circle" | b"Line" | b"Polygon" | b"PolyLine" | b"Ink" => {
                    read.texts.extend(annotation.get::<PdfString<'_>>(b"Contents").and_then(|text| string(&text)));
                }
                b"FileAttachment" => {
                    read.attachments.extend(annotation.get::<Dict<'_>>(b"FS").and_then(|file| attachment(&file)));
                }
                _ => {}
            }
        }
        read
    }
}

/// The value of a form field: a text, or the choices made. Buttons have none that is for reading.
fn field_value(field: &Dict<'_>) -> Option<String> {
    let parent = field.get::<Dict<'_>>(b"Parent");
    let value = field.get::<Object<'_>>(b"V").or_else(|| parent?.get::<Object<'_>>(b"V"))?;
    match value {
        Object::String(text) => string(&text),
        Object::Array(choices) => {
            let choices: Vec<String> =
                choices.iter::<PdfString<'_>>().take(MAX).filter_map(|choice| string(&choice)).collect();
            (!choices.is_empty()).then(|| choices.join(", "))
        }
        _ => None,
    }
}

fn link(annotation: &Dict<'_>, page: &Page<'_>) -> Option<Link> {
    let action = annotation.get::<Dict<'_>>(b"A")?;
    let target = string(&action.get::<PdfString<'_>>(b"URI")?)?;
    let mut areas: Vec<Rect> = vec![];
    if let Some(corners) = annotation.get::<Array<'_>>(b"QuadPoints") {
        let corners: Vec<f64> = corners.iter::<f64>().take(8 * 64).collect();
        areas.extend(corners.as_chunks::<8>().0.iter().map(|quad| {
            let xs = [quad[0], quad[2], quad[4], quad[6]];
            let ys = [quad[1], quad[3], quad[5], quad[7]];
            let ends =
                |ends: [f64; 4]| (ends.into_iter().fold(f64::MAX, f64::min), ends.into_iter().fold(f64::MIN, f64::max));
            let ((left, right), (low, high)) = (ends(xs), ends(ys));
            placed(page, PdfRect::new(left, low, right, high)).inflate(0.5, 0.5)
        }));
    }
    if areas.is_empty() {
        areas.push(placed(page, annotation.get::<PdfRect>(b"Rect")?).inflate(0.5, 0.5));
    }
    Some(Link { target: target.into(), areas })
}

/// An area of the page, in points from its upper left corner.
fn placed(page: &Page<'_>, area: PdfRect) -> Rect {
    let transform = page.initial_transform(true).to_kurbo();
    transform.transform_rect_bbox(Rect::from_points((area.x0, area.y0), (area.x1, area.y1)))
}

fn string(text: &PdfString<'_>) -> Option<String> {
    super::document_text(text.as_bytes()).and_then(|text| one_line(&text))
}
