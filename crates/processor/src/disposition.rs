//! Whether a browser may show bytes, and what they may do there.

/// The value of Content-Disposition for a type. It has no name: one content may have many, and web knows whose is asked for.
pub(crate) fn content_disposition(mime: &str) -> &'static str {
    if model::is_inline_safe(mime) { "inline" } else { "attachment" }
}

/// The Content-Security-Policy for bytes a stranger sent: nothing loads, nothing runs. A browser's own reader of PDF
/// refuses to start in a sandbox, and keeps scripts away from the origin by itself.
pub(crate) fn security_policy(mime: &str) -> &'static str {
    match mime {
        "application/pdf" => "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        _ => "default-src 'none'; sandbox; frame-ancestors 'self'",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_saved_and_not_shown() {
        assert_eq!(content_disposition("text/html"), "attachment");
        assert_eq!(content_disposition("text/plain; charset=utf-8"), "inline");
    }
}
