//! The Range header (RFC 9110, section 14), one range at a time.

use std::ops::Range;

/// What a Range header asks of `size_bytes` bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RequestedRange {
    /// Everything: there is no header, it is not understood, or it asks for several ranges, which one may ignore.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that are not there.
    Unsatisfiable,
}

/// Reads the header.
pub(crate) fn parse(header: Option<&str>, size_bytes: u64) -> RequestedRange {
    let Some((first, last)) =
        header.and_then(|value| value.strip_prefix("bytes=")).and_then(|value| value.split_once('-'))
    else {
        return RequestedRange::Whole;
    };
    let number = |text: &str| {
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (start, end) = match (number(first.trim()), number(last.trim())) {
        (Some(start), Some(last)) if start <= last => (start, last.saturating_add(1).min(size_bytes)),
        (Some(start), None) if last.trim().is_empty() => (start, size_bytes),
        (None, Some(suffix)) if first.trim().is_empty() => (size_bytes - suffix.min(size_bytes), size_bytes),
        _ => return RequestedRange::Whole,
    };
    if start < end { RequestedRange::Part(start..end) } else { RequestedRange::Unsatisfiable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        for (header, asked) in [
            ("bytes=0-4", RequestedRange::Part(0..5)),
            ("bytes=5-", RequestedRange::Part(5..10)),
            ("bytes=-3", RequestedRange::Part(7..10)),
            ("bytes=-99", RequestedRange::Part(0..10)),
            ("bytes=9-99999999999999999999999", RequestedRange::Part(9..10)),
            ("bytes=10-", RequestedRange::Unsatisfiable),
            ("bytes=-0", RequestedRange::Unsatisfiable),
            ("bytes=5-4", RequestedRange::Whole),
            ("bytes=0-1,3-4", RequestedRange::Whole),
            ("bytes=+1-2", RequestedRange::Whole),
            ("bytes=-", RequestedRange::Whole),
            ("lines=1-2", RequestedRange::Whole),
        ] {
            assert_eq!(parse(Some(header), 10), asked, "{header}");
        }
        assert_eq!(parse(None, 10), RequestedRange::Whole);
        assert_eq!(parse(Some("bytes=0-"), 0), RequestedRange::Unsatisfiable);
    }
}
