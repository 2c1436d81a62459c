//! OpenDocument spreadsheets: every sheet a page.

use super::{Pages, read_odf};
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "ods",
    mime: "application/vnd.oasis.opendocument.spreadsheet",
    extensions: &["ods", "ots"],
    detect: |head| head.has_type("opendocument.spreadsheet"),
    reader: Reader::Document(|input, job, sink| read_odf(input, job, sink, Pages::Sheets)),
};
