//! Which reader is the newest: a content remembers the version of the one that read it, so that what a later release reads better
//! can be read again.

/// What a content without a known format counts as: a new format, or a better look at what there is, raises its version.
pub const UNKNOWN_FORMAT: &str = "unknown";

/// Formats by their short name, alphabetical, whose readers have become better since they were first released, and how often: whoever
/// makes a reader see more or other things raises its number, and all others have version 1.
pub static READER_VERSIONS: &[(&str, i32)] =
    &[("bmp", 2), ("doc", 2), ("pdf", 2), ("ppt", 2), ("tiff", 2), (UNKNOWN_FORMAT, 2), ("xls", 2)];

/// The version of the reader of a format, by its short name; none for a content that nobody knows.
pub fn reader_version(format: Option<&str>) -> i32 {
    let format = format.unwrap_or(UNKNOWN_FORMAT);
    READER_VERSIONS.iter().find(|(name, _)| *name == format).map_or(1, |(_, version)| *version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_that_nobody_has_bettered_have_the_first_version() {
        assert!(READER_VERSIONS.is_sorted_by(|one, next| one.0 < next.0));
        assert!(READER_VERSIONS.iter().all(|(_, version)| *version > 1), "a row says that there was an older one");
        assert_eq!((reader_version(Some("toml")), reader_version(Some("unheard-of"))), (1, 1));
        assert_eq!(reader_version(None), reader_version(Some(UNKNOWN_FORMAT)));
    }
}
