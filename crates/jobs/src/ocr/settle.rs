//! When every page is read: the document's text, its facts, its status and the job's end, in one transaction.

use super::base::base;
use super::hybrid::{Document, Hybrid, hybrid};
use super::recogniser::Ocr;
use super::{PagesRead, UNTIL_READ, pages_read};
use crate::context::Context;
use crate::payload;
use crate::settle::{announce, keep_artifacts, record_artifacts};
use anyhow::Context as _;
use db::contents::Content;
use db::ocr::Page;
use model::{
    ArtifactPart, ContentStatus, EXTRACTED_TEXT, Facts, MARKDOWN, OCR_TEXT, OcrEngine, Outcome, PAGES, Recognised,
    Report, Warning,
};
use queue::{Done, Failure, Job};
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::sync::Arc;

/// Ends the job. `wanted` are the pages that were to be read, `kept` of them were read by an earlier job or attempt.
pub(super) async fn settle(
    context: &Context,
    job: &Job,
    ocr: &Ocr,
    content: &Content,
    wanted: &[u32],
    kept: usize,
) -> Result<Done, Failure> {
    let base = base(context, job, content, wanted).await?;
    let made = make(context, ocr, content, wanted, &base).await.map_err(payload::again)?;
    let recorded = record(context, job, content, &made, kept).await.map_err(payload::again)?;
    // The content was read anew meanwhile: its text is another by now, and what was recognised goes into that.
    if recorded { Ok(Done::FinishedInTransaction) } else { Ok(Done::Snooze(UNTIL_READ)) }
}

/// What is to be recorded.
struct Made {
    report: Report,
    status: ContentStatus,
    output: Arc<File>,
}

async fn make(
    context: &Context,
    ocr: &Ocr,
    content: &Content,
    wanted: &[u32],
    base: &Document,
) -> anyhow::Result<Made> {
    let PagesRead { pages: mut read, engine } = pages_read(context, ocr, &content.hash).await?;
    read.retain(|page| wanted.contains(&page.page));
    let pages = content.facts.pages.unwrap_or(1).min(context.limits.pdf_pages);
    let made = hybrid(base, pages, &read, context.limits.text_bytes as usize);

    let has_text = !made.document.plain.trim().is_empty();
    let mut report = Report::of(content.outcome.clone().unwrap_or(Outcome::Ok));
    report.facts = facts(content, engine, ocr, &read, &made.document.plain);
    report.warnings = warnings(content, &read, &made);
    if report.warnings.len() > content.warnings.len() {
        report.outcome = Outcome::Partial;
    }
    let output = Arc::new(context.store.temp_output().await.context("making a temporary file")?);
    if has_text {
        report.artifacts = write(&output, &made)?;
    }
    let status = if has_text { ContentStatus::Completed } else { content.status };
    Ok(Made { report, status, output })
}

fn facts(content: &Content, engine: OcrEngine, ocr: &Ocr, read: &[Page], plain: &str) -> Facts {
    let letters = |page: &Page| page.text.chars().count() as f32;
    let sure = read.iter().filter_map(|page| Some((page.confidence?, letters(page))));
    let (weighed, all) = sure.fold((0.0, 0.0), |(sum, all), (sure, letters)| (sum + sure * letters, all + letters));
    let recognised = Recognised {
        engine: engine.name().into(),
        languages: ocr.languages.as_str().into(),
        pages: read.iter().filter(|page| !page.text.is_empty()).count() as u32,
        confidence: (all > 0.0).then(|| (weighed / all).round() as u8),
    };
    let mut facts = content.facts.clone();
    if !plain.trim().is_empty() {
        facts.words = Some(model::count_words(plain));
        facts.characters = Some(plain.chars().count() as u64);
    }
    facts.ocr = Some(recognised);
    facts
}

/// What the readers said, and what became of pages nobody could read. Said once, however often this is done.
fn warnings(content: &Content, read: &[Page], made: &Hybrid) -> Vec<Warning> {
    const FAILED: &str = "ocr-failed";
    const CUT: &str = "text-cut";
    let mut warnings: Vec<Warning> =
        content.warnings.iter().filter(|warning| warning.code != FAILED).cloned().collect();
    let failures: Vec<(u32, &str)> =
        read.iter().filter_map(|page| Some((page.page, page.failure.as_deref()?))).collect();
    if let Some((page, why)) = failures.first() {
        let message = match failures.len() {
            1 => format!("The text on page {page} could not be recognised: {why}"),
            pages => format!("The text on {pages} pages could not be recognised; on page {page}: {why}"),
        };
        warnings.push(Warning::new(FAILED, message));
    }
    if made.is_cut && !warnings.iter().any(|warning| warning.code == CUT) {
        warnings.push(Warning::new(CUT, "Only the beginning of the text was kept."));
    }
    warnings
}

fn write(mut output: &File, made: &Hybrid) -> anyhow::Result<Vec<ArtifactPart>> {
    let Document { plain, markdown, pages } = &made.document;
    let pages = serde_json::to_string(pages)?;
    let texts: [(&str, &str, &str); 4] = [
        (EXTRACTED_TEXT, "text/plain; charset=utf-8", plain),
        (MARKDOWN, "text/markdown; charset=utf-8", markdown),
        (PAGES, "application/json", &pages),
        (OCR_TEXT, "text/plain; charset=utf-8", &made.recognised),
    ];
    let (mut parts, mut offset) = (vec![], 0);
    for (name, mime, text) in texts {
        output.write_all(text.as_bytes()).context("writing the text")?;
        let (name, mime, size_bytes) = (name.into(), mime.into(), text.len() as u64);
        parts.push(ArtifactPart { name, mime, offset, size_bytes, width: None, height: None });
        offset += size_bytes;
    }
    Ok(parts)
}

/// False when the content is not as it was when its text was made.
async fn record(context: &Context, job: &Job, content: &Content, made: &Made, kept: usize) -> anyhow::Result<bool> {
    let Made { report, status, output } = made;
    let hash = &content.hash;
    keep_artifacts(context, hash, &report.artifacts, output).await?;
    let mut tx = db::begin(&context.pool).await?;
    if !db::contents::add_recognised(&mut tx, content, *status, report).await? {
        return Ok(false);
    }
    record_artifacts(&mut tx, hash, report).await?;
    announce(&mut tx, hash, *status).await?;
    let ocr = report.facts.ocr.as_ref();
    let result = json!({
        "outcome": report.outcome.code(), "pages": ocr.map(|ocr| ocr.pages), "confidence": ocr.and_then(|ocr| ocr.confidence),
        "readBefore": kept, "warnings": report.warnings.len(),
    });
    job.finish_on(&mut tx, result).await?;
    tx.commit().await?;
    context.announcer.announce();
    Ok(true)
}
