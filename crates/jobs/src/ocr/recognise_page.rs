//! One page: drawn by a confined reader, then recognised.

use super::local_engine::{LocalEngine, Ocr};
use super::page_words::page_words;
use super::tsv::Read;
use crate::context::Context;
use crate::engine_run::{EngineOutput, EngineRun, run_engine};
use crate::machine::NotStarted;
use crate::read_only::read_only;
use anyhow::Context as _;
use db::contents::Content;
use db::ocr::Page;
use model::{OCR_DPI, OcrEngine, Outcome, PageFormat, PageView, PageWords, Task};
use sandbox::Ended;
use std::fs::File;
use std::sync::Arc;

/// What drawing a page takes at most times; the second try gets all there is.
const DRAWING_BYTES: u64 = 192 << 20;

/// One page as it was read, and where its words are seen.
pub(crate) struct RecognisedPage {
    pub(crate) page: Page,
    pub(crate) words: Option<PageWords>,
}

/// A page that was drawn, and how it is seen.
struct Drawn {
    picture: Arc<File>,
    view: PageView,
}

/// Reads one page. An `Err` is the machine's fault; what the page itself did is in the result, which counts as read.
pub(crate) async fn recognise_page(
    context: &Context,
    ocr: &Ocr,
    local_engine: &LocalEngine,
    content: &Content,
    page: u32,
) -> anyhow::Result<RecognisedPage> {
    let failed = |why: String| {
        let page = Page { page, text: String::new(), confidence: None, failure: Some(why) };
        RecognisedPage { page, words: None }
    };
    let drawn = match draw_twice(context, content, page).await? {
        Ok(drawn) => drawn,
        Err(outcome) => return Ok(failed(outcome.sentence())),
    };
    // The first try may have been killed for what its neighbours took.
    let mut tried = recognise(context, ocr, local_engine, &drawn.picture).await?;
    if tried.is_err() {
        tried = recognise(context, ocr, local_engine, &drawn.picture).await?;
    }
    Ok(match tried {
        Ok((engine, read)) => {
            let words = page_words(page, &drawn.view, engine.name(), &read);
            let Read { text, confidence, .. } = read;
            RecognisedPage { page: Page { page, text, confidence, failure: None }, words }
        }
        Err(outcome) => failed(outcome.sentence()),
    })
}

async fn draw_twice(context: &Context, content: &Content, page: u32) -> anyhow::Result<Result<Drawn, Outcome>> {
    match draw(context, content, page, DRAWING_BYTES).await? {
        Err(Outcome::Timeout | Outcome::Memory | Outcome::Crashed { .. }) => {
            draw(context, content, page, u64::MAX).await
        }
        drawn => Ok(drawn),
    }
}

async fn draw(
    context: &Context,
    content: &Content,
    page: u32,
    memory_bytes: u64,
) -> anyhow::Result<Result<Drawn, Outcome>> {
    let task = Task::RenderPage { page, dpi: OCR_DPI, format: PageFormat::Pgm };
    let blob = context.store.open_blob(&content.hash).await.context("opening the stored bytes")?;
    let extension = content.extension.clone();
    let run = EngineRun {
        task,
        input: blob.into_file().await?,
        extension,
        memory_bytes,
        on_progress: None,
        may_take_last: false,
    };
    let EngineOutput { report, file } = run_engine(context, run).await?;
    match report.outcome {
        Outcome::Internal { detail } => anyhow::bail!(detail),
        outcome if !outcome.is_success() => return Ok(Err(outcome)),
        _ => {}
    }
    let [part] = &report.artifacts[..] else { anyhow::bail!("the reader made {} pictures", report.artifacts.len()) };
    // Nothing stands behind the picture.
    file.set_len(part.size_bytes)?;
    let view = report.page.clone().context("the reader does not say how the page is seen")?;
    Ok(Ok(Drawn { picture: file, view }))
}

async fn recognise(
    context: &Context,
    ocr: &Ocr,
    local_engine: &LocalEngine,
    picture: &File,
) -> anyhow::Result<Result<(OcrEngine, Read), Outcome>> {
    let open = || read_only(picture).context("opening a drawn page");
    let (pool, languages) = (&context.sandbox, &ocr.languages);
    let read = match local_engine {
        LocalEngine::Accurate(accurate) => accurate.read(pool, open()?).await.map(|read| (OcrEngine::Accurate, read)),
        LocalEngine::Auto(auto) => auto.read(pool, languages, open()?, open()?).await,
        LocalEngine::Tesseract(tesseract) => {
            tesseract.read(pool, languages, open()?).await.map(|read| (OcrEngine::Tesseract, read))
        }
    };
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(ended) => outcome(ended).map(Err),
    }
}

/// What an end without an answer says about the page.
fn outcome(ended: Ended) -> anyhow::Result<Outcome> {
    match ended {
        Ended::Timeout => Ok(Outcome::Timeout),
        Ended::Memory => Ok(Outcome::Memory),
        Ended::Crashed { signal } => Ok(Outcome::Crashed { signal }),
        Ended::Internal { detail } => Err(anyhow::anyhow!(detail)),
        Ended::NotStarted { detail } => Err(NotStarted(detail).into()),
        Ended::Answer(_) => Err(anyhow::anyhow!("an answer is no end")),
    }
}
