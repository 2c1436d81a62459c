//! Texts as they are found: their pages cut into words before a transaction, and written in the one that settles the text.

use crate::part_bytes::read_text;
use anyhow::Context as _;
use db::search_pages::NewPage;
use model::{ContentHash, EXTRACTED_TEXT, Facts, PAGES, PageSpan, Report};
use search::{Language, index_pages};
use sqlx::PgConnection;
use std::fs::File;
use std::sync::Arc;

/// The pages of a text, ready to be written.
pub(crate) struct SearchText(Vec<NewPage>);

impl SearchText {
    /// Those of the text that a report says lies in `output`. Nothing when it has made no text: then what is found stays.
    pub(crate) async fn of(report: &Report, output: &Arc<File>) -> anyhow::Result<Option<Self>> {
        let part = |name: &str| report.artifacts.iter().find(|part| part.name == name).cloned();
        let Some(text) = part(EXTRACTED_TEXT) else { return Ok(None) };
        let (pages, language, output) = (part(PAGES), language(&report.facts), output.clone());
        let cut = move || {
            let text = read_text(&text, &output)?;
            let spans = pages.map(|pages| read_text(&pages, &output)).transpose()?;
            Self::cut(&text, spans.as_deref(), language)
        };
        Ok(Some(tokio::task::spawn_blocking(cut).await??))
    }

    /// Those of a text with its index of pages, the JSON of [`PageSpan`]s.
    pub(crate) fn cut(text: &str, spans: Option<&str>, language: Option<Language>) -> anyhow::Result<Self> {
        let spans: Vec<PageSpan> = match spans {
            Some(spans) => serde_json::from_str(spans).context("reading the index of pages")?,
            None => vec![],
        };
        let pages = index_pages(text, &spans, language).into_iter();
        let new = |page: search::IndexedPage| NewPage {
            page: page.page,
            start_byte: page.start_byte,
            size_bytes: page.size_bytes,
            words: page.words,
        };
        Ok(Self(pages.map(new).collect()))
    }

    /// Puts them in the place of those that the content had.
    pub(crate) async fn write(&self, conn: &mut PgConnection, hash: &ContentHash) -> sqlx::Result<()> {
        db::search_pages::replace(conn, hash, &self.0).await
    }
}

/// The language whose forms of words are found in a text: the one that it is in, else the one in which it was recognised.
pub(crate) fn language(facts: &Facts) -> Option<Language> {
    match &facts.language {
        Some(tag) => Language::tagged(tag),
        None => facts.ocr.as_ref().and_then(|ocr| Language::recognised(&ocr.languages)),
    }
}
