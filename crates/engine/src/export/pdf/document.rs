//! A PDF with text layers under its recognised pages. Pages that have none are not touched.

use super::font::{LayerFont, compressed};
use super::layer::{FONT_NAME, Placement, content};
use super::layers::Layers;
use crate::formats::open_pdf;
use crate::{Error, ReadContext};
use hayro_interpret::TransformExt;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};
use model::{PageRanges, Reason};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a page has from the ones above it in the tree (ISO 32000-1, table 30).
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// How deep a tree of pages may be.
const MAX_DEPTH: usize = 64;
/// What of the catalog is about all pages, and wrong of some.
const OF_ALL_PAGES: [&[u8]; 10] = [
    b"AA",
    b"AcroForm",
    b"Dests",
    b"Names",
    b"OpenAction",
    b"Outlines",
    b"PageLabels",
    b"StructTreeRoot",
    b"Threads",
    b"MarkInfo",
];

/// The document with its layers, of all pages or those that are chosen.
pub fn searchable(
    bytes: Vec<u8>,
    mut layers: Layers<'_>,
    chosen: Option<&PageRanges>,
    context: &mut ReadContext<'_>,
) -> Result<Document, Error> {
    let bytes = Arc::new(bytes);
    let placements = placements(&bytes)?;
    let mut document = load(&bytes, context)?;
    drop(bytes);
    let pages: Vec<ObjectId> = document.page_iter().take(placements.len() + 1).collect();
    if pages.len() != placements.len() {
        return Err(damaged(format_args!("{} pages are {} to lopdf", placements.len(), pages.len())));
    }
    let is_chosen = |page: u32| chosen.is_none_or(|chosen| chosen.contains(page));
    let (mut font, font_id) = (LayerFont::default(), document.new_object_id());
    // A page that stands twice in the tree is one object, and has its words once.
    let mut done = BTreeSet::new();
    while let Some(words) = layers.next()? {
        let at = (words.page as usize).wrapping_sub(1);
        let (Some(&page), Some(placement)) = (pages.get(at), placements.get(at)) else { continue };
        if !is_chosen(words.page) || words.words.is_empty() || !done.insert(page) {
            continue;
        }
        context.progress("page", words.page, pages.len() as u32);
        let layer = compressed(Dictionary::new(), content(&words, placement, &mut font).into_bytes());
        add_layer(&mut document, page, layer.into(), font_id).map_err(damaged)?;
    }
    if !done.is_empty() {
        font.add_to(&mut document, font_id);
    }
    if chosen.is_some() {
        keep(&mut document, &pages, is_chosen)?;
    }
    Ok(document)
}

/// Where the content of each page is seen, as our reader draws it.
fn placements(bytes: &Arc<Vec<u8>>) -> Result<Vec<Placement>, Error> {
    let pdf = open_pdf(bytes.clone())?;
    let placement = |page: &hayro_interpret::hayro_syntax::page::Page<'_>| {
        let (width, height) = page.render_dimensions();
        let to_content = page.initial_transform(true).to_kurbo().inverse();
        Placement { to_content, size: (width.into(), height.into()) }
    };
    Ok(pdf.pages().iter().map(placement).collect())
}

fn load(bytes: &[u8], context: &ReadContext<'_>) -> Result<Document, Error> {
    let bound = usize::try_from(context.limits.pdf_bytes).unwrap_or(usize::MAX);
    let options = LoadOptions { max_decompressed_size: Some(bound), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(damaged)?;
    if document.trailer.has(b"Encrypt") {
        return Err(Error::rejected(
            Reason::Encrypted,
            "The PDF is encrypted in a way that it cannot be written anew.",
        ));
    }
    Ok(document)
}

fn damaged(cause: impl std::fmt::Display) -> Error {
    Error::malformed("The PDF can be read, and is damaged in a way that it cannot be written anew.").because(cause)
}

/// Puts the layer before everything else on the page: nothing that is painted depends on it, and nothing that content leaves
/// behind moves it.
fn add_layer(document: &mut Document, page: ObjectId, layer: Object, font: ObjectId) -> lopdf::Result<()> {
    let layer = document.add_object(layer);
    let mut resources =
        inherited(document, page, b"Resources").and_then(|found| dictionary(document, &found)).unwrap_or_default();
    let mut fonts = resources.get(b"Font").ok().and_then(|found| dictionary(document, found)).unwrap_or_default();
    fonts.set(FONT_NAME, font);
    resources.set("Font", fonts);
    let before = match document.get_dictionary(page)?.get(b"Contents") {
        Ok(Object::Array(parts)) => parts.clone(),
        Ok(Object::Reference(id)) => match document.get_object(*id) {
            Ok(Object::Array(parts)) => parts.clone(),
            _ => vec![Object::Reference(*id)],
        },
        _ => vec![],
    };
    let contents: Vec<Object> = std::iter::once(layer.into()).chain(before).collect();
    let page = document.get_dictionary_mut(page)?;
    page.set("Contents", contents);
    page.set("Resources", resources);
    Ok(())
}

/// A dictionary, whether it stands there or elsewhere.
fn dictionary(document: &Document, object: &Object) -> Option<Dictionary> {
    document.dereference(object).ok()?.1.as_dict().ok().cloned()
}

/// What the page has by that name, or one above it.
fn inherited(document: &Document, page: ObjectId, name: &[u8]) -> Option<Object> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..MAX_DEPTH {
        if let Ok(found) = node.get(name) {
            return Some(found.clone());
        }
        node = document.get_dictionary(node.get(b"Parent").ok()?.as_reference().ok()?).ok()?;
    }
    None
}

/// Keeps the chosen pages, in a tree of their own, and what they need. What leads to the others leads nowhere.
fn keep(document: &mut Document, pages: &[ObjectId], is_chosen: impl Fn(u32) -> bool) -> Result<(), Error> {
    let mut kept: Vec<ObjectId> =
        (1..).zip(pages).filter(|(number, _)| is_chosen(*number)).map(|(_, page)| *page).collect();
    kept.dedup();
    if kept.is_empty() {
        return Err(Error::malformed(format!(
            "The PDF has {} pages, and none of those that were asked for.",
            pages.len()
        )));
    }
    let root = document.new_object_id();
    for &page in &kept {
        let from_above: Vec<(&[u8], Object)> =
            INHERITED.iter().filter_map(|name| Some((*name, inherited(document, page, name)?))).collect();
        let page = document.get_dictionary_mut(page).map_err(damaged)?;
        from_above.into_iter().for_each(|(name, value)| page.set(name, value));
        page.set("Parent", root);
    }
    // A document may have very many pages, and one of them may stand in two places.
    let all_kept: BTreeSet<ObjectId> = kept.iter().copied().collect();
    for page in pages.iter().filter(|page| !all_kept.contains(*page)) {
        document.objects.remove(page);
    }
    let kids: Vec<Object> = kept.iter().map(|&page| page.into()).collect();
    let tree = lopdf::dictionary! { "Type" => "Pages", "Count" => kids.len() as i64, "Kids" => kids };
    document.objects.insert(root, tree.into());
    let catalog = document.catalog_mut().map_err(damaged)?;
    OF_ALL_PAGES.iter().for_each(|name| drop(catalog.remove(name)));
    catalog.set("Pages", root);
    document.prune_objects();
    Ok(())
}
