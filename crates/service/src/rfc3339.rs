//! How a time is written.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// As RFC 3339 has it; empty for years that it has no way to write.
pub fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}
