//! What a file is, whatever it is called.

use crate::support::{extract, sample, zip};
use model::{Limits, Outcome, Reason, Request, Task};
use std::io::Cursor;

#[test]
fn nothing_is_empty_and_the_unknown_is_unsupported() {
    assert_eq!(extract(b"", "pdf").reason(), Some(Reason::Empty));
    let made = extract(b"\x00\x01\x02\xff\xfe\x80 some unknown program", "");
    assert_eq!((made.reason(), made.report.format), (Some(Reason::Unsupported), None));
}

#[test]
fn the_bytes_decide_and_a_dangerous_name_is_refused() {
    let pdf = sample("pdf/three-pages.pdf");
    assert_eq!(extract(&pdf, "docx").report.format.as_deref(), Some("pdf"));
    assert_eq!(extract(&pdf, "").report.format.as_deref(), Some("pdf"));
    assert_eq!(extract(b"<html><script>alert(1)</script></html>", "png").reason(), Some(Reason::TypeMismatch));
    assert_eq!(extract(b"MZ\x00\x00\x00\x00\x00\x00PE\x00\x00", "pdf").reason(), Some(Reason::TypeMismatch));
    assert_eq!(extract(&zip(&[("a", "b")]), "png").reason(), Some(Reason::TypeMismatch));
    // A program packs such files, so what is in there is more likely damaged than another thing under a false name.
    for extension in ["docx", "epub", "odt", "xlsb"] {
        assert_eq!(extract(&zip(&[("a", "b")]), extension).reason(), Some(Reason::Malformed), "{extension}");
    }
    assert_eq!(extract(&zip(&[("a", "b")]), "zip").reason(), Some(Reason::Unsupported));
}

#[test]
fn text_that_is_named_like_another_document_is_read_and_says_so() {
    let made = extract(b"<html><body><table><tr><td>Umsatz</td><td>7</td></tr></table></body></html>", "xls");
    assert_eq!((made.report.format.as_deref(), made.warnings()), (Some("html"), vec!["named-otherwise"]));
    assert_eq!(made.plain, "Umsatz\t7\n\n");
    let made = extract(b"Dear Ann,\n\nyes.\n", "doc");
    assert_eq!((made.report.format.as_deref(), made.warnings()), (Some("txt"), vec!["named-otherwise"]));
    assert_eq!(extract(b"Dear Ann,\n", "txt").warnings(), Vec::<&str>::new());
    assert_eq!(extract(b"Dear Ann,\n", "pdf").reason(), Some(Reason::TypeMismatch));
}

#[test]
fn names_choose_among_text_formats() {
    for (extension, format) in
        [("", "txt"), ("log", "txt"), ("md", "md"), ("csv", "csv"), ("py", "code"), ("toml", "toml")]
    {
        assert_eq!(extract(b"[section]\na = 1\n", extension).report.format.as_deref(), Some(format), "{extension}");
    }
    assert_eq!(extract(b"<!DOCTYPE html><p>x", "").report.format.as_deref(), Some("html"));
    assert_eq!(extract(b"{\"a\": [1, 2", "txt").report.format.as_deref(), Some("txt"));
}

#[test]
fn a_document_is_not_made_into_pictures_and_presets_have_to_exist() {
    let run = |task: Task| {
        let request = Request { task, extension: None, limits: Limits::default() };
        engine::run(&request, &mut Cursor::new(b"text"), &mut vec![], &|_| ()).outcome
    };
    let unsupported = run(Task::Optimize { presets: vec!["ai-chat".into()] });
    assert!(matches!(unsupported, Outcome::Rejected { reason: Reason::Unsupported, .. }));
    assert!(matches!(run(Task::Ingest { presets: vec!["no-such".into()] }), Outcome::Internal { .. }));
    assert_eq!(run(Task::Ingest { presets: vec![] }), Outcome::Ok);
}
