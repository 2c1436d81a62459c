//! The lists of kinds: what the processor takes, and what the worker takes.

use crate::context::Context;
use crate::external::{self, ExternalOcr};
use crate::processor::Processor;
use crate::retention::{Retention, retain};
use crate::slots::Slots;
use crate::{cache_cleanup, extract, ingest, ocr, optimize};
use model::JobKind;
use queue::{Builder, Done, Failure, KindOptions};
use sqlx::PgPool;
use std::time::Duration;

/// How long a job may take before it counts as hung. Far above what any needs: a reader has its own limits of a minute or two and
/// may have to be waited for, and the processor's answer to a clean-up is waited for ten minutes.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// Registers every kind whose handler needs the store and the readers.
pub fn processor_kinds(context: &Context, builder: Builder, slots: &Slots) -> Builder {
    // A handler is called for many jobs at once, so each call gets its own handle on what they share.
    macro_rules! kind {
        ($builder:expr, $kind:expr, $slots:expr, $handler:path) => {{
            let context = context.clone();
            $builder.kind($kind.name(), KindOptions::slots($slots).timeout(TIMEOUT), move |job| {
                let context = context.clone();
                async move { $handler(&context, &job).await }
            })
        }};
    }
    let builder = kind!(builder, JobKind::ImageOptimize, slots.of(JobKind::ImageOptimize), optimize::handle);
    let builder = kind!(builder, JobKind::IngestFile, slots.of(JobKind::IngestFile), ingest::handle);
    let ocr_slots = if context.ocr.is_some() { slots.of(JobKind::OcrProcess) } else { 0 };
    let builder = kind!(builder, JobKind::OcrProcess, ocr_slots, ocr::handle);
    kind!(builder, JobKind::TextExtract, slots.of(JobKind::TextExtract), extract::handle)
}

/// What the handlers of the worker's kinds work with.
#[derive(Clone)]
pub struct WorkerContext {
    /// Product tables and the job table.
    pub pool: PgPool,
    /// Who owns the files.
    pub processor: Processor,
    /// How long things are kept.
    pub retention: Retention,
    /// Who recognises text outside.
    pub external: ExternalOcr,
}

/// Registers every kind that needs no decoder and no store.
pub fn worker_kinds(context: &WorkerContext, builder: Builder, slots: &Slots) -> Builder {
    let (processor, pool, keep) = (context.processor.clone(), context.pool.clone(), context.retention);
    let external = context.external.clone();
    let options = |slots| KindOptions::slots(slots).timeout(TIMEOUT);
    builder
        .kind(JobKind::CacheCleanup.name(), options(slots.of(JobKind::CacheCleanup)), move |_| {
            let processor = processor.clone();
            async move { cache_cleanup::handle(&processor).await }
        })
        .kind(JobKind::OcrExternal.name(), options(slots.of(JobKind::OcrExternal)), move |job| {
            let external = external.clone();
            async move { external::handle(&external, &job).await }
        })
        .kind(JobKind::Retention.name(), options(slots.of(JobKind::Retention)), move |_| {
            let pool = pool.clone();
            async move {
                let retained = retain(&pool, &keep).await.map_err(|error| Failure::retry(format!("{error:#}")))?;
                Ok(Done::Result(serde_json::to_value(retained).map_err(Failure::retry)?))
            }
        })
}
