//! OpenDocument presentations: every slide a page.

use super::{Pages, read_odf};
use crate::{Format, Reader};

pub const FORMAT: Format = Format {
    name: "odp",
    mime: "application/vnd.oasis.opendocument.presentation",
    extensions: &["odp", "otp"],
    detect: |head| head.has_type("opendocument.presentation"),
    reader: Reader::Document(|input, job, sink| read_odf(input, job, sink, Pages::Slides)),
};
