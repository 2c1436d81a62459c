//! When every page is read: the document's text, its facts, its status and the job's end, in one transaction.

use super::merge::{Document, Merged, merge};
use super::own_text::own_text;
use super::pages::{OcrPlan, PagesRead, pages_read};
use crate::context::Context;
use crate::failure::Failure;
use crate::persist::{announce, record_artifacts, store_artifacts};
use crate::search_text::SearchText;
use anyhow::Context as _;
use db::contents::Content;
use db::ocr::Page;
use model::{
    ArtifactPart, ContentStatus, EXTRACTED_TEXT, Facts, MARKDOWN, OCR_TEXT, Outcome, PAGES, Recognised, Report, Warning,
};
use queue::Job;
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::sync::Arc;

/// Ends the job. `wanted` are the pages that were to be read, `kept` of them were read by an earlier job or attempt. False, and
/// nothing is written, when the content is not as it was when its text was made.
pub(crate) async fn persist_text(
    context: &Context,
    job: &Job,
    plan: OcrPlan<'_>,
    content: &Content,
    wanted: &[u32],
    kept: usize,
) -> Result<bool, Failure> {
    let own = own_text(context, job, content, wanted).await?;
    let text = recognised_text(context, plan, content, wanted, &own).await.map_err(Failure::of)?;
    record(context, job, content, &text, kept).await.map_err(Failure::of)
}

/// The merged text, ready to be stored in one transaction.
struct RecognisedText {
    report: Report,
    status: ContentStatus,
    output: Arc<File>,
}

async fn recognised_text(
    context: &Context,
    plan: OcrPlan<'_>,
    content: &Content,
    wanted: &[u32],
    own: &Document,
) -> anyhow::Result<RecognisedText> {
    let mut read = pages_read(context, plan).await?;
    read.pages.retain(|page| wanted.contains(&page.page));
    let pages = content.facts.pages.unwrap_or(1).min(context.limits.pdf_pages);
    let merged = merge(own, pages, &read.pages, context.limits.text_bytes as usize);

    let has_text = !merged.document.plain.trim().is_empty();
    let mut report = Report::of(content.outcome.clone().unwrap_or(Outcome::Ok));
    report.facts = facts(content, &read, &merged.document.plain);
    report.warnings = warnings(content, &read.pages, &merged);
    if report.warnings.len() > content.warnings.len() {
        report.outcome = Outcome::Partial;
    }
    let output = Arc::new(context.store.temp_output().await.context("making a temporary file")?);
    if has_text {
        report.artifacts = write(&output, &merged)?;
    }
    let status = if has_text { ContentStatus::Completed } else { content.status };
    Ok(RecognisedText { report, status, output })
}

fn facts(content: &Content, read: &PagesRead, plain: &str) -> Facts {
    let PagesRead { pages, engine, languages } = read;
    let letters = |page: &Page| page.text.chars().count() as f32;
    let sure = pages.iter().filter_map(|page| Some((page.confidence?, letters(page))));
    let (weighed, all) = sure.fold((0.0, 0.0), |(sum, all), (sure, letters)| (sum + sure * letters, all + letters));
    let recognised = Recognised {
        engine: engine.name().into(),
        languages: languages.as_str().into(),
        pages: pages.iter().filter(|page| !page.text.is_empty()).count() as u32,
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
fn warnings(content: &Content, read: &[Page], merged: &Merged) -> Vec<Warning> {
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
    if merged.is_cut && !warnings.iter().any(|warning| warning.code == CUT) {
        warnings.push(Warning::new(CUT, "Only the beginning of the text was kept."));
    }
    warnings
}

fn write(mut output: &File, merged: &Merged) -> anyhow::Result<Vec<ArtifactPart>> {
    let Document { plain, markdown, pages } = &merged.document;
    let pages = serde_json::to_string(pages)?;
    let texts: [(&str, &str, &str); 4] = [
        (EXTRACTED_TEXT, "text/plain; charset=utf-8", plain),
        (MARKDOWN, "text/markdown; charset=utf-8", markdown),
        (PAGES, "application/json", &pages),
        (OCR_TEXT, "text/plain; charset=utf-8", &merged.recognised),
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

async fn record(
    context: &Context,
    job: &Job,
    content: &Content,
    text: &RecognisedText,
    kept: usize,
) -> anyhow::Result<bool> {
    let RecognisedText { report, status, output } = text;
    let hash = &content.hash;
    store_artifacts(context, hash, &report.artifacts, output).await?;
    let pages = SearchText::of(report, output).await?;
    let mut tx = db::begin(&context.pool).await?;
    if !db::contents::add_recognised(&mut tx, content, *status, report).await? {
        return Ok(false);
    }
    record_artifacts(&mut tx, hash, report, pages.as_ref()).await?;
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
