//! What a browser may show of a stranger's bytes.

/// Types that browsers show without running anything of theirs in our origin. HTML, SVG and XML are not among them.
static SHOWN: &[&str] = &[
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

/// True if a browser may show bytes of this media type (parameters such as `charset` do not matter) in place, and false if
/// it is to save them.
pub fn is_inline_safe(mime: &str) -> bool {
    SHOWN.contains(&mime.split(';').next().unwrap_or_default().trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_saved_and_not_shown() {
        for mime in
            ["text/html", "image/svg+xml", "application/xml", "application/octet-stream", "text/html;image/png", ""]
        {
            assert!(!is_inline_safe(mime), "{mime}");
        }
        for mime in ["image/png", "text/plain; charset=utf-8", "text/plain ;charset=utf-8"] {
            assert!(is_inline_safe(mime), "{mime}");
        }
    }
}
