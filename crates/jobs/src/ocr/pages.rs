//! The pages of a content: which are to be recognised, and which were.

use super::local_engine::Ocr;
use crate::context::Context;
use db::contents::Content;
use db::ocr::{Page, Run};
use model::{ContentHash, ContentStatus, Facts, OcrEngine, OcrLanguages};

/// Pictures smaller than this on a side show no text.
const MIN_SIDE: u32 = 16;

/// The pages of a content that are pictures.
pub(crate) fn pages_to_read(content: &Content) -> Vec<u32> {
    if content.status == ContentStatus::Failed { vec![] } else { pages_of(&content.facts, &content.mime) }
}

/// A picture is one page, or has several; of a document those without text.
pub(super) fn pages_of(facts: &Facts, mime: &str) -> Vec<u32> {
    match (facts.width, facts.height) {
        (Some(width), Some(height)) if mime.starts_with("image/") && facts.pages_without_text.is_empty() => {
            if width.min(height) >= MIN_SIDE { vec![1] } else { vec![] }
        }
        _ => facts.pages_without_text.clone(),
    }
}

/// How a job recognises the text of a content: with the engine that is set up here, after pages that were read outside.
#[derive(Clone, Copy)]
pub(crate) struct OcrPlan<'a> {
    pub(crate) ocr: &'a Ocr,
    pub(crate) hash: &'a ContentHash,
    /// The languages of the job, by which pages read outside are kept.
    pub(crate) external_languages: &'a OcrLanguages,
}

impl<'a> OcrPlan<'a> {
    /// The key of what the engine here reads.
    pub(crate) fn local(self) -> Run<'a> {
        self.ocr.run(self.hash)
    }

    /// The key of what was read outside.
    fn external(self) -> Run<'a> {
        Run { hash: self.hash, engine: OcrEngine::External, languages: self.external_languages }
    }
}

/// What is known of a content's pages.
pub(crate) struct PagesRead {
    /// Each page once, in order.
    pub(crate) pages: Vec<Page>,
    /// Who read the most of them, or would have.
    pub(crate) engine: OcrEngine,
    /// In which languages.
    pub(crate) languages: OcrLanguages,
}

/// Pages as the external service read them, and the others as the engine here did. A page that only the service was asked for,
/// in vain, is among them when nobody reads here.
pub(crate) async fn pages_read(context: &Context, plan: OcrPlan<'_>) -> anyhow::Result<PagesRead> {
    let ocr = plan.ocr;
    let mut conn = context.pool.acquire().await?;
    let mut pages = db::ocr::list(&mut conn, plan.external()).await?;
    let local = db::ocr::list(&mut conn, plan.local()).await?;
    pages
        .retain(|page| page.failure.is_none() || (ocr.external_only && !local.iter().any(|own| own.page == page.page)));
    let read_outside = pages.iter().filter(|page| page.failure.is_none()).count();
    let known: Vec<u32> = pages.iter().map(|page| page.page).collect();
    pages.extend(local.into_iter().filter(|page| !known.contains(&page.page)));
    pages.sort_by_key(|page| page.page);
    let Run { engine, languages, .. } = if read_outside * 2 > pages.len() { plan.external() } else { plan.local() };
    Ok(PagesRead { pages, engine, languages: languages.clone() })
}
