//! What a file that was fetched is called: as its server says, or else as its address does.

use hyper::HeaderMap;
use hyper::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use model::file_name;
use percent_encoding::percent_decode_str;
use reqwest::Url;

/// The extensions of types whose names on the web often lack one. What the file is, its bytes say.
const EXTENSIONS: [(&str, &str); 14] = [
    ("application/epub+zip", "epub"),
    ("application/json", "json"),
    ("application/pdf", "pdf"),
    ("application/xhtml+xml", "html"),
    ("application/xml", "xml"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/webp", "webp"),
    ("message/rfc822", "eml"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/markdown", "md"),
    ("text/plain", "txt"),
];

/// A name that is harmless and, where the type tells, has an extension.
pub(super) fn name_of(url: &Url, headers: &HeaderMap) -> String {
    let said = headers.get(CONTENT_DISPOSITION).and_then(|value| filename(&String::from_utf8_lossy(value.as_bytes())));
    let last = url.path_segments().and_then(|mut segments| segments.next_back()).filter(|last| !last.is_empty());
    let last = last.map(|last| percent_decode_str(last).decode_utf8_lossy().into_owned());
    let (name, is_host) = match said.or(last) {
        Some(name) => (file_name::clean(&name), false),
        None => (file_name::clean(url.host_str().unwrap_or_default()), true),
    };
    let mime = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mime = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let extension = EXTENSIONS.iter().find(|(known, _)| *known == mime).map(|(_, extension)| *extension);
    match extension {
        // The end of a host's name is no extension.
        Some(extension) if is_host || file_name::extension(&name).is_none() => {
            file_name::clean(&format!("{name}.{extension}"))
        }
        _ => name,
    }
}

/// The name in a `Content-Disposition` (RFC 6266): the one that says how it is written comes before the plain one.
fn filename(header: &str) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(header) {
        match name.as_str() {
            "filename*" => {
                // What is not of this form leaves the plain one.
                let Some((charset, rest)) = value.split_once('\'') else { continue };
                let Some((_, encoded)) = rest.split_once('\'') else { continue };
                let is_known = charset.eq_ignore_ascii_case("utf-8");
                let decoded = percent_decode_str(encoded).decode_utf8().ok().filter(|_| is_known);
                if let Some(decoded) = decoded.filter(|decoded| !decoded.is_empty()) {
                    return Some(decoded.into_owned());
                }
            }
            "filename" if !value.is_empty() => plain = Some(value),
            _ => {}
        }
    }
    plain
}

/// The parameters after the first word, with values in quotes or without.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([';', ' ', '\t']).to_ascii_lowercase();
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let (value, left) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), left)
            }
        };
        found.push((name, value));
        rest = left;
    }
    found
}

/// The text up to the closing quote, and what follows it.
fn unquote(quoted: &str) -> (String, &str) {
    let (mut text, mut is_escaped) = (String::new(), false);
    for (at, letter) in quoted.char_indices() {
        match letter {
            '\\' if !is_escaped => is_escaped = true,
            '"' if !is_escaped => return (text, &quoted[at + 1..]),
            _ => {
                text.push(letter);
                is_escaped = false;
            }
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, disposition: &str, mime: &str, expected: &str) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(CONTENT_DISPOSITION, disposition), (CONTENT_TYPE, mime)] {
            if !value.is_empty() {
                headers.insert(name, hyper::header::HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
        }
        assert_eq!(name_of(&url.parse().unwrap(), &headers), expected, "{url} {disposition}");
    }

    #[test]
    fn the_server_says_what_a_file_is_called() {
        let url = "https://example.org/get.php?id=7";
        check(url, "attachment; filename=\"report 1.pdf\"", "", "report 1.pdf");
        check(url, "attachment; filename=report.pdf; size=7", "", "report.pdf");
        check(url, "attachment; filename=\"a.pdf\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.pdf", "", "grüße.pdf");
        check(url, "inline; filename*=iso-8859-1'en'x.pdf; filename=\"y.pdf\"", "", "y.pdf");
        check(url, "attachment; filename=\"a\\\"b; c=d.txt\"", "", "a\"b; c=d.txt");
        check(url, "attachment; filename=\"../../etc/passwd\"", "", "passwd");
        check(url, "attachment; filename=grüße.txt", "", "grüße.txt");
        check(url, "attachment; filename*=oops", "application/pdf", "get.php");
        check(url, "attachment; filename=\"a.pdf\"; filename*=oops", "", "a.pdf");
        check(url, "attachment; filename*=UTF-8'oops; filename=\"a.pdf\"", "", "a.pdf");
    }

    #[test]
    fn else_its_address_does_and_its_type_how_it_ends() {
        check("https://example.org/a/b%20c.pdf?x=1.zip", "", "text/html", "b c.pdf");
        check("https://example.org/a/..%2F..%2Fx", "", "", "x");
        check("https://arxiv.example/pdf/report", "", "application/pdf; v=1", "report.pdf");
        check("https://example.org/", "", "text/html; charset=utf-8", "example.org.html");
        check("https://example.org", "", "", "example.org");
        check("https://example.org/articles/", "", "Text/HTML", "example.org.html");
    }
}
