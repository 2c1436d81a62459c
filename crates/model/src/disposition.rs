//! What a browser may do with a stranger's bytes: whether it shows or saves them, under which name, and what they may load
//! there (RFC 6266 and RFC 8187, Content Security Policy).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Types that browsers show without running anything of theirs in our origin. HTML, SVG and XML are not among them.
static INLINE_SAFE: &[&str] = &[
    "application/json",
    "application/pdf",
    "audio/aac",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
    "video/webm",
];

/// What a browser does with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// It shows it in place.
    Inline,
    /// It saves it.
    Attachment,
}

/// True if a browser may show bytes of this media type (parameters such as `charset` do not matter) in place, and false if
/// it is to save them.
pub fn is_inline_safe(mime: &str) -> bool {
    INLINE_SAFE.contains(&mime.split(';').next().unwrap_or_default().trim_end())
}

/// The type under which a browser may show bytes of that type; nothing when it is to save them. Text of any sort is shown as
/// plain text: Markdown and source code read well that way. Text that means something to a browser is not shown at all.
pub fn inline_type(mime: &str) -> Option<&str> {
    const MEANT_FOR_BROWSERS: [&str; 5] = ["text/css", "text/html", "text/javascript", "text/xml", "text/xsl"];
    let is_plain = mime.starts_with("text/") && !MEANT_FOR_BROWSERS.contains(&mime);
    Some(if is_plain { "text/plain" } else { mime }).filter(|mime| is_inline_safe(mime))
}

/// The Content-Security-Policy of bytes that a stranger sent: scripts, forms and everything else are off, and the page has an
/// origin of its own. Browsers show PDF with a viewer that does not work in a sandbox, and keep scripts away from the origin by
/// themselves; the type is fixed and not sniffed, so nothing but that viewer ever reads the bytes.
pub fn security_policy(mime: &str) -> &'static str {
    match mime {
        "application/pdf" => "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'",
        _ => {
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; frame-ancestors 'self'"
        }
    }
}

impl Disposition {
    /// What browsers do with bytes that are sent under this type.
    pub fn of(mime: &str) -> Self {
        if is_inline_safe(mime) { Self::Inline } else { Self::Attachment }
    }

    /// The word that stands for it in Content-Disposition, which is a value of the header without a name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Attachment => "attachment",
        }
    }

    /// The value of Content-Disposition with a file's name in it twice: in ASCII for old clients, in UTF-8 by RFC 8187 for the
    /// rest. Nothing but graphic ASCII and spaces is left, so that it fits into a header whatever the name.
    pub fn with_name(self, name: &str) -> String {
        let is_safe = |c: char| c == ' ' || (c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%'));
        let plain: String = name.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
        let encoded = utf8_percent_encode(name, NOT_ATTR_CHAR);
        format!("{}; filename=\"{plain}\"; filename*=UTF-8''{encoded}", self.as_str())
    }
}

/// All but `attr-char` (RFC 8187, section 3.2.1).
const NOT_ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_saved_and_not_shown() {
        for mime in
            ["text/html", "image/svg+xml", "application/xml", "application/octet-stream", "text/html;image/png", ""]
        {
            assert!(!is_inline_safe(mime), "{mime}");
            assert_eq!(Disposition::of(mime).as_str(), "attachment");
        }
        for mime in ["text/html", "text/css", "image/svg+xml", "application/octet-stream", ""] {
            assert_eq!(inline_type(mime), None, "{mime}");
        }
        for mime in ["image/png", "text/plain; charset=utf-8", "text/plain ;charset=utf-8"] {
            assert!(is_inline_safe(mime), "{mime}");
            assert_eq!(Disposition::of(mime).as_str(), "inline");
        }
        assert_eq!(inline_type("text/markdown"), Some("text/plain"));
    }

    #[test]
    fn names_cannot_leave_their_header() {
        assert_eq!(Disposition::Inline.with_name("a.png"), "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
        assert_eq!(
            Disposition::Attachment.with_name("a\"; x=\u{fc}\r\n.png"),
            "attachment; filename=\"a_; x=___.png\"; filename*=UTF-8''a%22%3B%20x%3D%C3%BC%0D%0A.png"
        );
    }

    #[test]
    fn a_pdf_gets_a_policy_its_viewer_works_under() {
        assert!(!security_policy("application/pdf").contains("sandbox"));
        assert!(security_policy("image/png").starts_with("sandbox"));
    }
}
