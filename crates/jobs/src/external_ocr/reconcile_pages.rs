//! Contents whose pages the external service was asked for, and whose jobs ended without their handlers: the worker died on the
//! last attempt, somebody cancelled them. The local engine never had its turn, and the content would wait for ever.

use crate::kinds::ocr_process;
use crate::ocr::pages_to_read;
use db::ocr::{Page, Run};
use model::{ContentHash, JobKind, OcrEngine, OcrLanguages};
use sqlx::PgPool;
use std::time::Duration;
use time::OffsetDateTime;

/// Contents looked at in one go; the rest has its turn at the next look.
const BATCH: i64 = 1000;
/// Why a page was not read outside.
const LOST: &str = "The job that asked the OCR API for it ended without an answer.";

/// Hands on contents whose last such job ended longer than `patience` ago. Says how many.
pub async fn reconcile_pages(pool: &PgPool, languages: &OcrLanguages, patience: Duration) -> anyhow::Result<u64> {
    let before = OffsetDateTime::now_utc() - patience;
    let (kind, next) = (JobKind::OcrExternal.name(), JobKind::OcrProcess.name());
    let orphaned = queue::orphaned(&mut *pool.acquire().await?, kind, next, before, BATCH).await?;
    let mut handed_on = 0;
    for subject in orphaned {
        let Ok(hash) = subject.parse::<ContentHash>() else { continue };
        let mut tx = db::begin(pool).await?;
        // Gone with its last file, perhaps.
        let Some(content) = db::contents::lock(&mut tx, &hash).await? else { continue };
        let run = Run { hash: &hash, engine: OcrEngine::External, languages };
        for page in pages_to_read(&content) {
            // A page that was read stands.
            let lost = Page { page, text: String::new(), confidence: None, failure: Some(LOST.into()) };
            db::ocr::insert(&mut tx, run, &lost, None).await?;
        }
        queue::enqueue(&mut tx, &ocr_process::new_job(run, None)).await?;
        tx.commit().await?;
        handed_on += 1;
    }
    Ok(handed_on)
}
