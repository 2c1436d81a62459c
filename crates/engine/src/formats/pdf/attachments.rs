//! Files inside of a PDF: their names, sizes and types. They are listed, not opened.

use super::document_text;
use super::names::{Budget, values};
use crate::text::one_line;
use hayro_interpret::hayro_syntax::object::{Dict, Name, Number, Object, Stream, String as PdfString};
use model::Attachment;

/// The files that belong to the whole document.
pub fn embedded_files(catalog: &Dict<'_>) -> Vec<Attachment> {
    let tree = catalog.get::<Dict<'_>>(b"Names").and_then(|names| names.get::<Dict<'_>>(b"EmbeddedFiles"));
    let Some(tree) = tree else { return vec![] };
    let values = values(&tree, &mut Budget::default());
    values.into_iter().filter_map(Object::into_dict).filter_map(|file| attachment(&file)).collect()
}

/// The file that a file specification holds, unless it only points to one elsewhere.
pub fn attachment(specification: &Dict<'_>) -> Option<Attachment> {
    let embedded = specification.get::<Dict<'_>>(b"EF")?;
    let stream = embedded.get::<Stream<'_>>(b"UF").or_else(|| embedded.get::<Stream<'_>>(b"F"))?;
    let name = |key: &[u8]| {
        let name = specification.get::<PdfString<'_>>(key)?;
        document_text(name.as_bytes()).and_then(|name| one_line(&name))
    };
    let parameters = stream.dict().get::<Dict<'_>>(b"Params");
    let size = parameters.and_then(|parameters| parameters.get::<Number>(b"Size")).map(|size| size.as_i64());
    let size = size.and_then(|size| u64::try_from(size).ok());
    let as_it_is = || stream.filters().is_empty().then(|| stream.raw_data().len() as u64);
    let mime = stream.dict().get::<Name<'_>>(b"Subtype");
    Some(Attachment {
        name: name(b"UF").or_else(|| name(b"F")).unwrap_or_else(|| "unnamed".into()),
        size_bytes: size.or_else(as_it_is),
        mime: mime.and_then(|mime| one_line(mime.as_str())).filter(|mime| mime.contains('/')),
    })
}
