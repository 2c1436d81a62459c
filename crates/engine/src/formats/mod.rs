//! Every format the engine reads, one file each. A new one is a file and a line in [`FORMATS`].

mod avif;
mod bmp;
mod code;
mod csv;
mod doc;
mod docx;
mod epub;
mod gif;
mod heic;
mod html;
mod ico;
mod jp2;
mod jpeg;
mod json;
mod jsonl;
mod mail;
mod md;
mod odf;
mod ole_encrypted;
mod pdf;
mod png;
mod ppt;
mod pptx;
mod qoi;
mod rtf;
mod svg;
mod tiff;
mod toml;
mod tsv;
mod txt;
mod webp;
mod xls;
mod xlsb;
mod xlsx;
mod xml;
mod yaml;

pub(crate) use epub::cover_of_book;

use crate::image::GrayPage;
use crate::{Error, Head, Job, Output, Source, TextSink};

/// One format: how it is called, known and read.
pub struct Format {
    /// The short name kept in the database and shown to people.
    pub name: &'static str,
    /// The media type its bytes are served with.
    pub mime: &'static str,
    /// Extensions that are usual for it, lower case, the preferred one first.
    pub extensions: &'static [&'static str],
    /// True when the content is of this format. Looks at bytes; among text formats the extension may help.
    pub detect: fn(&Head<'_>) -> bool,
    /// How it is read.
    pub reader: Reader,
}

/// The kinds of content.
#[derive(Clone, Copy)]
pub enum Reader {
    /// Makes `job.presets` of a picture and writes each with [`Output::put_image`].
    Image(fn(&mut dyn Source, &mut Job<'_>, &mut Output<'_>) -> Result<(), Error>),
    /// Gives a document's text to the sink.
    Document(fn(&mut dyn Source, &mut Job<'_>, &mut TextSink) -> Result<(), Error>),
    /// A document that is drawn page by page.
    Pages {
        /// Gives its text to the sink.
        text: fn(&mut dyn Source, &mut Job<'_>, &mut TextSink) -> Result<(), Error>,
        /// Draws one page, counted from 1, with so many dots per inch.
        draw: fn(&mut dyn Source, &mut Job<'_>, u32, u32) -> Result<GrayPage, Error>,
        /// Makes `job.presets` of its first page, as of a picture.
        images: fn(&mut dyn Source, &mut Job<'_>, &mut Output<'_>) -> Result<(), Error>,
    },
}

/// Alphabetical. Where several detect a content, `identify` chooses.
pub static FORMATS: &[Format] = &[
    avif::FORMAT,
    bmp::FORMAT,
    code::FORMAT,
    csv::FORMAT,
    doc::FORMAT,
    docx::FORMAT,
    mail::EML,
    epub::FORMAT,
    gif::FORMAT,
    heic::FORMAT,
    html::FORMAT,
    ico::FORMAT,
    jp2::FORMAT,
    jpeg::FORMAT,
    json::FORMAT,
    jsonl::FORMAT,
    md::FORMAT,
    mail::MSG,
    odf::ODP,
    odf::ODS,
    odf::ODT,
    ole_encrypted::FORMAT,
    pdf::FORMAT,
    png::FORMAT,
    ppt::FORMAT,
    pptx::FORMAT,
    qoi::FORMAT,
    rtf::FORMAT,
    svg::FORMAT,
    tiff::FORMAT,
    toml::FORMAT,
    tsv::FORMAT,
    txt::FORMAT,
    webp::FORMAT,
    xls::FORMAT,
    xlsb::FORMAT,
    xlsx::FORMAT,
    xml::FORMAT,
    yaml::FORMAT,
];
