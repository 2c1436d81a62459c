//! The parent's look at what a child claims. Nothing a decoder says is believed: places, sizes, names, magic numbers and
//! dimensions are checked against what was asked and what lies in the output.

use model::{
    ArtifactPart, DOCX_MIME, EXPORT_DOCX, EXTRACTED_TEXT, MARKDOWN, PAGE_PGM, PAGE_PNG, PAGES, Preset, Report,
};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// A claim that does not hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reader's report does not match its output: {0}")]
pub struct Mismatch(String);

/// Checks every part of the report against the output the child wrote.
pub fn check(report: &Report, output: &File) -> Result<(), Mismatch> {
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
        check_part(part, output)?;
    }
    Ok(())
}

fn check_part(part: &ArtifactPart, output: &File) -> Result<(), Mismatch> {
    let wrong = |what: &str| Err(Mismatch(format!("{:?} {what}", part.name)));
    match part.name.as_str() {
        EXTRACTED_TEXT if part.mime == "text/plain; charset=utf-8" => Ok(()),
        MARKDOWN if part.mime == "text/markdown; charset=utf-8" => Ok(()),
        PAGES if part.mime == "application/json" => Ok(()),
        EXPORT_DOCX if part.mime == DOCX_MIME => Ok(()),
        EXPORT_DOCX | EXTRACTED_TEXT | MARKDOWN | PAGES => wrong("has another media type"),
        PAGE_PNG => match begins(part, output, b"\x89PNG\r\n\x1a\n") {
            true if part.mime == "image/png" => Ok(()),
            _ => wrong("does not begin like its format"),
        },
        PAGE_PGM => check_page(part, output).or_else(wrong),
        name => {
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

fn begins(part: &ArtifactPart, output: &File, magic: &[u8; 8]) -> bool {
    let mut head = [0u8; 8];
    part.size_bytes > 8 && output.read_exact_at(&mut head, part.offset).is_ok() && head == *magic
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
        let error = check(&report(parts), &output(bytes)).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn a_true_report_passes() {
        assert_eq!(check(&report(vec![preview(0, JPEG.len() as u64)]), &output(JPEG)), Ok(()));
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
        assert_eq!(check(&report(vec![page(17, 3, 2)]), &output(bytes)), Ok(()));
        refused(vec![page(17, 2, 3)], bytes, "begin like");
        refused(vec![page(16, 3, 2)], bytes, "another size");
        refused(vec![page(17, 6, 0)], bytes, "no size");
        refused(vec![page(17, 3, 2)], b"P5\n3 2\n254\nabcdef", "begin like");
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
