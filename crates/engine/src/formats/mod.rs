//! Every format the engine reads, one file or folder each. A new one is that file and a line in the list.

mod avif;
mod bmp;
mod code;
mod csv;
mod doc;
mod docx;
mod epub;
mod format;
mod gif;
mod heic;
mod html;
mod ico;
mod jp2;
mod jpeg;
mod json;
mod mail;
mod odf;
mod office_encrypted;
mod office_xml;
mod pdf;
mod plain;
mod png;
mod ppt;
mod pptx;
mod qoi;
mod rtf;
mod svg;
mod tiff;
mod unread;
mod webp;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

pub use format::{ArchiveFormat, Format, ReadAttachments, Reader, TakeAttachment};
pub use pdf::open_pdf;
pub use unread::known_unread;

/// Every format. Where several detect a content, `identify` chooses.
pub fn all() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().chain(plain::FORMATS)
}

/// The short name of every format: what a report may say.
pub fn format_names() -> impl Iterator<Item = &'static str> {
    all().map(|format| format.name)
}

/// The media type of the format that an extension, in lower case, belongs to.
pub fn mime_of(extension: &str) -> Option<&'static str> {
    all().find(|format| format.extensions.contains(&extension)).map(|format| format.mime)
}

/// The media type that the first bytes of a zip archive look like.
pub fn mime_of_archive(head: &[u8]) -> Option<&'static str> {
    let is_in_head = |marker: &[u8]| head.windows(marker.len()).any(|window| window == marker);
    all()
        .find(|format| format.archive.as_ref().and_then(|archive| archive.marker).is_some_and(is_in_head))
        .map(|format| format.mime)
}

/// Alphabetical; [`plain`] has those that take one row.
static FORMATS: &[Format] = &[
    avif::FORMAT,
    bmp::FORMAT,
    code::FORMAT,
    csv::FORMAT,
    doc::FORMAT,
    docx::FORMAT,
    mail::EML,
    epub::FORMAT,
    office_xml::WORKBOOK,
    odf::FLAT,
    gif::FORMAT,
    heic::FORMAT,
    html::FORMAT,
    ico::FORMAT,
    jp2::FORMAT,
    jpeg::FORMAT,
    json::FORMAT,
    mail::MBOX,
    mail::MSG,
    odf::ODP,
    odf::ODS,
    odf::ODT,
    office_encrypted::FORMAT,
    pdf::FORMAT,
    png::FORMAT,
    ppt::FORMAT,
    pptx::FORMAT,
    qoi::FORMAT,
    rtf::FORMAT,
    svg::FORMAT,
    tiff::FORMAT,
    webp::FORMAT,
    office_xml::DOCUMENT,
    xls::FORMAT,
    xlsb::FORMAT,
    xlsx::FORMAT,
    xml::FORMAT,
];
