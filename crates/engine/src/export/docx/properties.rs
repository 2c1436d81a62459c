//! What a Word document says of itself.

use super::text::clean;
use quick_xml::escape::escape;

/// What is known of a document that is written.
pub struct Properties<'a> {
    /// Its title.
    pub title: Option<&'a str>,
    /// Who wrote it.
    pub author: Option<&'a str>,
}

impl Properties<'_> {
    /// The part `docProps/core.xml`. docx-rs's own says `unknown` and 1970 where nothing is known.
    pub fn core_properties(&self) -> Vec<u8> {
        let element = |name: &str, value: Option<&str>| {
            value.map(|value| format!("<dc:{name}>{}</dc:{name}>", escape(clean(value)))).unwrap_or_default()
        };
        let (title, creator) = (element("title", self.title), element("creator", self.author));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
             <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\">{title}{creator}</cp:coreProperties>"
        )
        .into_bytes()
    }
}
