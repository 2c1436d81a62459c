//! Parameters of lists and searches as interfaces send them: an empty one is no restriction.

use crate::error::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// The parameter's text; interfaces send empty ones for "all".
pub fn given(parameter: &Option<String>) -> Option<&str> {
    parameter.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// The parameter as the id of a person or drive.
pub fn id(parameter: &Option<String>) -> Result<Option<Uuid>, Error> {
    let wrong = |_| Error::invalid("invalid-id", "people and drives are named by their ids");
    given(parameter).map(|text| Uuid::parse_str(text).map_err(wrong)).transpose()
}

/// The parameter as a time.
pub fn time(parameter: &Option<String>) -> Result<Option<OffsetDateTime>, Error> {
    let wrong = |_| Error::invalid("invalid-time", "a time looks like 2026-01-31T00:00:00Z");
    given(parameter).map(|text| OffsetDateTime::parse(text, &Rfc3339).map_err(wrong)).transpose()
}
