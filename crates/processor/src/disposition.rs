//! Whether a browser may show bytes, and under which name it saves them.

/// The value of Content-Disposition for a type and, if there is one, a name.
pub(crate) fn content_disposition(mime: &str, name: Option<&str>) -> String {
    let kind = if model::is_shown(mime) { "inline" } else { "attachment" };
    match name {
        Some(name) => format!("{kind}; filename=\"{}\"; filename*=UTF-8''{}", plain(name), percent(name)),
        None => kind.into(),
    }
}

/// The Content-Security-Policy for bytes a stranger sent: nothing loads, nothing runs. A browser's own reader of PDF
/// refuses to start in a sandbox, and keeps scripts away from the origin by itself.
pub(crate) fn security_policy(mime: &str) -> &'static str {
    match mime {
        "application/pdf" => "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        _ => "default-src 'none'; sandbox; frame-ancestors 'self'",
    }
}

/// For old clients: ASCII without what would end the quoted string.
fn plain(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect()
}

/// RFC 8187 `ext-value`.
fn percent(name: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => write!(encoded, "%{byte:02X}").expect("writing to a String cannot fail"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_saved_and_not_shown() {
        assert_eq!(content_disposition("text/html", None), "attachment");
        assert_eq!(content_disposition("text/plain; charset=utf-8", None), "inline");
    }

    #[test]
    fn names_cannot_break_the_header() {
        assert_eq!(
            content_disposition("image/png", Some("a\"; x=\"é\r\n.png")),
            "inline; filename=\"a_; x=____.png\"; filename*=UTF-8''a%22%3B%20x%3D%22%C3%A9%0D%0A.png"
        );
    }
}
