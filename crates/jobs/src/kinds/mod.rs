//! The job kinds, one file each: what a job carries, how it is put in, how it is run. And the lists that register them; what else
//! is known of a kind stands in its row of [`model::KINDS`].

pub mod cache_cleanup;
mod handler;
pub mod image_optimize;
pub mod ingest_file;
mod new_job;
pub mod ocr_external;
pub mod ocr_process;
pub mod retention;
mod slots;
pub mod text_extract;

pub use slots::Slots;

use crate::context::{Context, WorkerContext};
use handler::{KindHandler, register};
use model::JobKind;
use queue::Builder;

/// The kinds whose jobs need the store and the readers.
fn processor_kinds() -> Vec<KindHandler<Context>> {
    vec![
        KindHandler::new(JobKind::ImageOptimize, image_optimize::run),
        KindHandler::new(JobKind::IngestFile, ingest_file::run),
        KindHandler::new(JobKind::OcrProcess, ocr_process::run),
        KindHandler::new(JobKind::TextExtract, text_extract::run),
    ]
}

/// The kinds whose jobs need no decoder and no store.
fn worker_kinds() -> Vec<KindHandler<WorkerContext>> {
    vec![
        KindHandler::new(JobKind::CacheCleanup, cache_cleanup::run),
        KindHandler::new(JobKind::OcrExternal, ocr_external::run),
        KindHandler::new(JobKind::Retention, retention::run),
    ]
}

/// Registers what the processor runs. While text recognition is off its jobs are left to others.
pub fn register_processor_kinds(context: &Context, builder: Builder, slots: &Slots) -> Builder {
    let mut slots = slots.clone();
    if context.ocr.is_none() {
        slots = slots.with(JobKind::OcrProcess, 0);
    }
    register(processor_kinds(), context, builder, &slots)
}

/// Registers what the worker runs.
pub fn register_worker_kinds(context: &WorkerContext, builder: Builder, slots: &Slots) -> Builder {
    register(worker_kinds(), context, builder, slots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{JobService, KINDS};

    #[test]
    fn every_kind_is_run_by_the_program_its_row_names() {
        let rows = |service| KINDS.iter().filter(|row| row.service == service).map(|row| row.kind).collect::<Vec<_>>();
        let listed: Vec<JobKind> = processor_kinds().iter().map(|handler| handler.kind).collect();
        assert_eq!(listed, rows(JobService::Processor));
        let listed: Vec<JobKind> = worker_kinds().iter().map(|handler| handler.kind).collect();
        assert_eq!(listed, rows(JobService::Worker));
    }
}
