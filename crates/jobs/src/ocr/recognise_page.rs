//! One page: drawn by a confined reader, then recognised.

use super::local_engine::{LocalEngine, Ocr};
use super::tsv::Read;
use crate::context::Context;
use crate::engine_run::{EngineOutput, EngineRun, run_engine};
use crate::machine::NotStarted;
use anyhow::Context as _;
use db::contents::Content;
use db::ocr::Page;
use model::{OCR_DPI, Outcome, PageFormat, Task};
use sandbox::Ended;
use std::fs::File;
use std::os::fd::AsRawFd;

/// What drawing a page takes at most times; the second try gets all there is.
const DRAWING_BYTES: u64 = 192 << 20;

/// Reads one page. An `Err` is the machine's fault; what the page itself did is in the result, which counts as read.
pub(crate) async fn recognise_page(
    context: &Context,
    ocr: &Ocr,
    local_engine: &LocalEngine,
    content: &Content,
    page: u32,
) -> anyhow::Result<Page> {
    let failed = |why: String| Page { page, text: String::new(), confidence: None, failure: Some(why) };
    let picture = match draw_twice(context, content, page).await? {
        Ok(picture) => picture,
        Err(outcome) => return Ok(failed(outcome.sentence())),
    };
    // The first try may have been killed for what its neighbours took.
    let mut tried = recognise(context, ocr, local_engine, &picture).await?;
    if tried.is_err() {
        tried = recognise(context, ocr, local_engine, &picture).await?;
    }
    Ok(match tried {
        Ok(Read { text, confidence }) => Page { page, text, confidence, failure: None },
        Err(outcome) => failed(outcome.sentence()),
    })
}

async fn draw_twice(context: &Context, content: &Content, page: u32) -> anyhow::Result<Result<File, Outcome>> {
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
) -> anyhow::Result<Result<File, Outcome>> {
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
    // Nothing stands behind the picture, and whoever gets it can only read it, from its beginning.
    file.set_len(part.size_bytes)?;
    let picture = File::open(format!("/proc/self/fd/{}", file.as_raw_fd())).context("opening a drawn page")?;
    Ok(Ok(picture))
}

async fn recognise(
    context: &Context,
    ocr: &Ocr,
    local_engine: &LocalEngine,
    picture: &File,
) -> anyhow::Result<Result<Read, Outcome>> {
    // A descriptor of its own, as the place in the file is shared by copies of one.
    let picture = File::open(format!("/proc/self/fd/{}", picture.as_raw_fd())).context("opening a drawn page")?;
    let read = match local_engine {
        LocalEngine::Accurate(accurate) => accurate.read(&context.sandbox, picture).await,
        LocalEngine::Tesseract(tesseract) => tesseract.read(&context.sandbox, &ocr.languages, picture).await,
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
