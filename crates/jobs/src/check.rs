//! The parent's look at what a child claims. Nothing a decoder says is believed: places, sizes, names, magic numbers and
//! dimensions are checked against what was asked and what lies in the output, and texts are texts of the size that was allowed.

use crate::check_pages::check_page_artifact;
use crate::part_bytes::{begins, text};
use model::{
    ArtifactPart, DOCX_MIME, EXPORT_DOCX, EXPORT_PDF, EXTRACTED_TEXT, Limits, MARKDOWN, MOST_ATTACHMENTS, PAGE_PGM,
    PAGE_PNG, PAGES, PDF_MIME, PageArtifact, PageSpan, Preset, Report, attachment_part,
};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// A claim that does not hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reader's report does not match its output: {0}")]
pub struct Mismatch(String);

/// Markdown and the index of pages say more than the text itself, and never this many times as much.
const MORE_THAN_TEXT: u64 = 8;

/// Checks every part of the report against the output the child wrote. It reads the texts whole, so it is to be called where
/// waiting is allowed.
pub fn check(report: &Report, output: &File, limits: &Limits) -> Result<(), Mismatch> {
    check_words(report)?;
    let length = output.metadata().map_err(|error| Mismatch(error.to_string()))?.len();
    let mut end = 0;
    for (index, part) in report.artifacts.iter().enumerate() {
        if report.artifacts[..index].iter().any(|earlier| earlier.name == part.name) {
            return Err(Mismatch(format!("{:?} stands twice", part.name)));
        }
        if part.offset != end {
            return Err(Mismatch(format!("{:?} begins at {} where {end} was expected", part.name, part.offset)));
        }
        end = part
            .offset
            .checked_add(part.size_bytes)
            .filter(|&end| end <= length)
            .ok_or_else(|| Mismatch(format!("{:?} ends past the output's {length} bytes", part.name)))?;
        check_part(part, output, limits)?;
    }
    Ok(())
}

/// Checks that attachments are there where they were asked for, and nowhere else: each is named, and all together are no more than a
/// mail can hold.
pub(crate) fn check_attachments(report: &Report, unpacks: bool, limits: &Limits) -> Result<(), Mismatch> {
    if !unpacks {
        return match report.artifacts.iter().find(|part| is_attachment(&part.name)) {
            Some(part) => Err(Mismatch(format!("{:?} was not asked for", part.name))),
            None => Ok(()),
        };
    }
    if report.artifacts.len() > MOST_ATTACHMENTS || report.artifacts.len() != report.facts.attachments.len() {
        return Err(Mismatch("the attachments are not those that are named".into()));
    }
    if report.artifacts.iter().enumerate().any(|(index, part)| part.name != attachment_part(index)) {
        return Err(Mismatch("the attachments are out of their order".into()));
    }
    match report.artifacts.iter().map(|part| part.size_bytes).sum::<u64>() > limits.whole_file_bytes {
        true => Err(Mismatch("the attachments are larger than a mail".into())),
        false => Ok(()),
    }
}

fn is_attachment(name: &str) -> bool {
    name.starts_with("attachment-")
}

/// What the report itself says goes into rows and answers. The database refuses a NUL, and a media type is a header's value.
fn check_words(report: &Report) -> Result<(), Mismatch> {
    let words = serde_json::to_string(report).map_err(|error| Mismatch(error.to_string()))?;
    // A backslash before it is one that the text itself has, and then it is no NUL.
    if words.replace("\\\\", "").contains("\\u0000") {
        return Err(Mismatch("a NUL is no part of a text".into()));
    }
    let is_token = |word: &str| {
        !word.is_empty()
            && word.len() <= 100
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-+._".contains(&byte))
    };
    if report.format.as_deref().is_some_and(|format| !is_token(format)) {
        return Err(Mismatch("the format is no name of one".into()));
    }
    let is_media_type = |mime: &str| mime.split_once('/').is_some_and(|(kind, name)| is_token(kind) && is_token(name));
    if report.mime.as_deref().is_some_and(|mime| !is_media_type(mime)) {
        return Err(Mismatch("the media type is none".into()));
    }
    Ok(())
}

fn check_part(part: &ArtifactPart, output: &File, limits: &Limits) -> Result<(), Mismatch> {
    let wrong = |what: &str| Err(Mismatch(format!("{:?} {what}", part.name)));
    match part.name.as_str() {
        EXTRACTED_TEXT if part.mime == "text/plain; charset=utf-8" => {
            text(part, output, limits.text_bytes).map(drop).or_else(wrong)
        }
        MARKDOWN if part.mime == "text/markdown; charset=utf-8" => {
            text(part, output, limits.text_bytes.saturating_mul(MORE_THAN_TEXT)).map(drop).or_else(wrong)
        }
        PAGES if part.mime == "application/json" => check_pages(part, output, limits).or_else(wrong),
        EXPORT_DOCX if part.mime == DOCX_MIME => Ok(()),
        EXPORT_PDF if part.mime == PDF_MIME => match begins(part, output, b"%PDF-") {
            true => Ok(()),
            false => wrong("does not begin like its format"),
        },
        EXPORT_DOCX | EXPORT_PDF | EXTRACTED_TEXT | MARKDOWN | PAGES => wrong("has another media type"),
        PAGE_PNG => match begins(part, output, b"\x89PNG\r\n\x1a\n") {
            true if part.mime == "image/png" => Ok(()),
            _ => wrong("does not begin like its format"),
        },
        PAGE_PGM => check_page(part, output).or_else(wrong),
        // Whether there may be any is known to who asked.
        name if is_attachment(name) => Ok(()),
        name => {
            if let Some(artifact) = PageArtifact::named(name) {
                return check_page_artifact(artifact, part, output, limits).or_else(wrong);
            }
            let Some(preset) = Preset::named(name) else { return wrong("is no artifact of ours") };
            if part.mime != preset.format.mime() {
                return wrong("has another media type than its preset");
            }
            match (part.width, part.height) {
                (Some(1..), Some(1..)) if fits(part, preset) => {}
                _ => return wrong("is outside its preset's box"),
            }
            let mut head = [0u8; 12];
            match output.read_exact_at(&mut head, part.offset) {
                Ok(()) if preset.format.begins(&head) => Ok(()),
                _ => wrong("does not begin like its format"),
            }
        }
    }
}

/// The index of pages: numbers that rise, each page's place after the one before. Says what is wrong.
fn check_pages(part: &ArtifactPart, output: &File, limits: &Limits) -> Result<(), &'static str> {
    let text = text(part, output, limits.text_bytes.saturating_mul(MORE_THAN_TEXT))?;
    let pages: Vec<PageSpan> = serde_json::from_str(&text).map_err(|_| "is no index of pages")?;
    let (mut page, mut end) = (0, 0);
    for span in pages {
        if span.page <= page || span.start < end || span.end < span.start || span.end > limits.text_bytes {
            return Err("has pages out of their order");
        }
        (page, end) = (span.page, span.end);
    }
    Ok(())
}

/// A drawn page: its head says what the report says, and exactly its pixels follow. Says what is wrong.
fn check_page(part: &ArtifactPart, output: &File) -> Result<(), &'static str> {
    let (Some(width @ 1..), Some(height @ 1..)) = (part.width, part.height) else { return Err("has no size") };
    let head = format!("P5\n{width} {height}\n255\n").into_bytes();
    let pixels = u64::from(width) * u64::from(height);
    if part.size_bytes != head.len() as u64 + pixels {
        return Err("has another size than its pixels");
    }
    let mut found = vec![0; head.len()];
    match output.read_exact_at(&mut found, part.offset) {
        Ok(()) if found == head => Ok(()),
        _ => Err("does not begin like its format"),
    }
}

fn fits(part: &ArtifactPart, preset: &Preset) -> bool {
    part.width.is_some_and(|width| width <= preset.max_width)
        && part.height.is_some_and(|height| height <= preset.max_height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Outcome;
    use std::io::Write;

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0 and so on, long enough";

    fn output(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn report(parts: Vec<ArtifactPart>) -> Report {
        Report { artifacts: parts, ..Report::of(Outcome::Ok) }
    }

    fn preview(offset: u64, size_bytes: u64) -> ArtifactPart {
        let (name, mime) = ("preview".into(), "image/jpeg".into());
        ArtifactPart { name, mime, offset, size_bytes, width: Some(800), height: Some(600) }
    }

    fn refused(parts: Vec<ArtifactPart>, bytes: &[u8], why: &str) {
        let error = check(&report(parts), &output(bytes), &Limits::default()).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn a_true_report_passes() {
        assert_eq!(check(&report(vec![preview(0, JPEG.len() as u64)]), &output(JPEG), &Limits::default()), Ok(()));
    }

    #[test]
    fn a_drawn_page_is_as_large_as_it_says() {
        let page = |size_bytes, width, height| ArtifactPart {
            name: PAGE_PGM.into(),
            mime: "image/x-portable-graymap".into(),
            offset: 0,
            size_bytes,
            width: Some(width),
            height: Some(height),
        };
        let bytes = b"P5\n3 2\n255\nabcdef";
        assert_eq!(check(&report(vec![page(17, 3, 2)]), &output(bytes), &Limits::default()), Ok(()));
        refused(vec![page(17, 2, 3)], bytes, "begin like");
        refused(vec![page(16, 3, 2)], bytes, "another size");
        refused(vec![page(17, 6, 0)], bytes, "no size");
        refused(vec![page(17, 3, 2)], b"P5\n3 2\n254\nabcdef", "begin like");
    }

    /// L10: a child that was taken over had texts of 256 MiB read whole, and a NUL in a title failed its job three times.
    #[test]
    fn l10_texts_are_texts_of_the_size_that_was_allowed() {
        let part = |name: &str, mime: &str, size_bytes| {
            let (name, mime) = (name.into(), mime.into());
            vec![ArtifactPart { name, mime, offset: 0, size_bytes, width: None, height: None }]
        };
        let plain = |size_bytes| part(EXTRACTED_TEXT, "text/plain; charset=utf-8", size_bytes);
        let markdown = |size_bytes| part(MARKDOWN, "text/markdown; charset=utf-8", size_bytes);
        let checked =
            |parts, bytes| check(&report(parts), &output(bytes), &Limits { text_bytes: 4, ..Limits::default() });
        assert_eq!(checked(plain(4), "n\u{e4}h".as_bytes()), Ok(()));
        for (parts, bytes, why) in [
            (plain(5), &b"naehe"[..], "larger than"),
            (plain(3), b"n\xe4h", "UTF-8"),
            (markdown(33), &[b'a'; 33], "larger than"),
            (markdown(2), b"\xff\xfe", "UTF-8"),
        ] {
            let error = checked(parts, bytes).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        for (pages, why) in [
            (r#"{"page":1}"#, "no index"),
            (r#"[{"page":1,"start":0,"end":5},{"page":1,"start":6,"end":9}]"#, "order"),
            (r#"[{"page":1,"start":0,"end":5},{"page":2,"start":3,"end":9}]"#, "order"),
            (r#"[{"page":1,"start":7,"end":5}]"#, "order"),
            (r#"[{"page":1,"start":0,"end":99999999999}]"#, "order"),
        ] {
            refused(part(PAGES, "application/json", pages.len() as u64), pages.as_bytes(), why);
        }
        let pages = r#"[{"page":1,"start":0,"end":5},{"page":3,"start":6,"end":9}]"#;
        let honest = report(part(PAGES, "application/json", pages.len() as u64));
        assert_eq!(check(&honest, &output(pages.as_bytes()), &Limits::default()), Ok(()));
    }

    #[test]
    fn l10_what_a_report_says_fits_into_a_row_and_a_header() {
        let said = |change: fn(&mut Report)| {
            let mut report = Report::of(Outcome::Ok);
            change(&mut report);
            check(&report, &output(b""), &Limits::default()).map_err(|error| error.to_string())
        };
        assert_eq!(said(|report| report.facts.title = Some(r"C:\u0000 \\u0000".into())), Ok(()));
        assert_eq!(said(|report| report.mime = Some("image/svg+xml".into())), Ok(()));
        let nul = said(|report| report.facts.title = Some("\0".into())).unwrap_err();
        assert!(nul.contains("NUL"), "{nul}");
        let nul = said(|report| report.facts.title = Some("\\\0".into())).unwrap_err();
        assert!(nul.contains("NUL"), "{nul}");
        for mime in ["", "text", "text/html; charset=x", "text/html\r\nSet-Cookie: a=b", "a/b/c"] {
            let mut report = Report::of(Outcome::Ok);
            report.mime = Some(mime.into());
            assert!(check(&report, &output(b""), &Limits::default()).is_err(), "{mime:?}");
        }
        assert!(said(|report| report.format = Some("../x".into())).is_err());
    }

    #[test]
    fn lies_are_refused() {
        let size = JPEG.len() as u64;
        refused(vec![preview(0, size + 1)], JPEG, "ends past");
        refused(vec![preview(1, size - 1)], JPEG, "begins at");
        refused(vec![preview(0, u64::MAX), preview(u64::MAX, 2)], JPEG, "ends past");
        refused(vec![preview(0, size), preview(size, 0)], JPEG, "twice");
        refused(vec![preview(0, 20)], b"<html> this is no picture at all", "begin like");
        refused(vec![ArtifactPart { width: Some(801), ..preview(0, size) }], JPEG, "box");
        refused(vec![ArtifactPart { height: None, ..preview(0, size) }], JPEG, "box");
        refused(vec![ArtifactPart { name: "../../etc/passwd".into(), ..preview(0, size) }], JPEG, "no artifact");
        refused(vec![ArtifactPart { mime: "text/html".into(), ..preview(0, size) }], JPEG, "media type");
        refused(vec![ArtifactPart { name: MARKDOWN.into(), ..preview(0, size) }], JPEG, "media type");
    }
}
