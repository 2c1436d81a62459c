//! OpenDocument texts.

use super::{Pages, read_odf};
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "odt",
    mime: "application/vnd.oasis.opendocument.text",
    extensions: &["odt", "ott"],
    detect: |head| head.has_type("opendocument.text"),
    reader: Reader::Document(|input, job, sink| read_odf(input, job, sink, Pages::None)),
};
