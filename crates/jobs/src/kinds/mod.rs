//! The job kinds, one file each: what a job carries, how it is put in, how it is run. And the lists that register them; what else
//! is known of a kind stands in its row of [`model::KINDS`].

pub mod cache_cleanup;
mod handler;
pub mod image_optimize;
mod import_link;
pub mod ingest_file;
pub(crate) mod new_job;
pub mod ocr_external;
pub mod ocr_process;
mod read_again;
pub mod retention;
mod slots;
pub mod text_extract;
mod unpack_mail;

pub use slots::Slots;

use crate::context::{Context, WorkerContext};
use crate::turns::person_share;
use handler::{KindHandler, register};
use model::JobKind;
use queue::Builder;

/// The kinds whose jobs need the store and the readers.
fn processor_kinds() -> Vec<KindHandler<Context>> {
    vec![
        KindHandler::new(JobKind::ImageOptimize, image_optimize::run),
        KindHandler::new(JobKind::IngestFile, ingest_file::run),
        KindHandler::new(JobKind::OcrProcess, ocr_process::run),
        KindHandler::new(JobKind::ReadAgain, read_again::run),
        KindHandler::new(JobKind::TextExtract, text_extract::run),
        KindHandler::new(JobKind::UnpackMail, unpack_mail::run),
    ]
}

/// The kinds whose jobs need no decoder and no store.
fn worker_kinds() -> Vec<KindHandler<WorkerContext>> {
    vec![
        KindHandler::new(JobKind::CacheCleanup, cache_cleanup::run),
        KindHandler::new(JobKind::ImportLink, import_link::run),
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
    let files = slots.of(JobKind::IngestFile);
    if files > 0 {
        // Small files are read while others wait for the readers that these slots are for: all that one person may have in the line.
        slots = slots.with(JobKind::IngestFile, person_share(files) + context.quick_readers.count());
    }
    register(processor_kinds(), context, &context.machine, builder, &slots)
}

/// Registers what the worker runs.
pub fn register_worker_kinds(context: &WorkerContext, builder: Builder, slots: &Slots) -> Builder {
    register(worker_kinds(), context, &context.machine, builder, slots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::ocr::Run;
    use model::{ContentHash, JobService, KINDS, OcrEngine, OcrLanguages, Preset};
    use queue::{Limit, NewJob};
    use serde_json::json;
    use std::num::NonZeroU32;

    /// As the processor's HTTP contract has them: 0 somebody waits, 1 the ordinary work, 2 what may wait. What a job carries, its key
    /// and its attempts are what jobs that wait already were put in with.
    #[test]
    fn new_jobs_are_what_they_always_were() {
        let hash = ContentHash::from_digest([1; 32]);
        let preset = Preset::named("thumbnail").expect("it is one of ours");
        let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &OcrLanguages::default() };
        let (about, page) = (json!({"contentHash": hash}), NonZeroU32::MIN);
        let check = |job: NewJob, priority, attempts, key: &str, payload: serde_json::Value| {
            assert_eq!((job.priority, job.max_attempts), (priority, attempts), "{key}");
            assert_eq!((job.unique_key.as_deref(), job.payload), (Some(key), payload));
            assert_eq!(job.subject.is_some(), key.contains(hash.as_str()), "{key}");
        };
        let limit = Limit::fair_share("whose", 2);
        let (image, key) = (json!({"contentHash": hash, "preset": "thumbnail"}), format!("optimize:{hash}:thumbnail"));
        check(image_optimize::new_job(&hash, preset, limit.clone()), 0, 3, &key, image.clone());
        check(image_optimize::new_cover_job(&hash, None).expect("its preset is there"), 2, 3, &key, image);
        check(ingest_file::new_job(&hash, limit), 1, 3, &format!("ingest:{hash}"), about.clone());
        check(text_extract::new_job(&hash), 1, 3, &format!("extract:{hash}"), about.clone());
        check(ocr_external::new_job(&hash), 2, 3, &format!("ocr-external:{hash}"), about);
        let one_page = json!({"contentHash": hash, "page": 1});
        check(ocr_external::new_page_job(&hash, page, 60), 2, 4, &format!("ocr-external:{hash}:1"), one_page);
        let recognition = json!({"contentHash": hash, "engine": "tesseract", "languages": "eng"});
        check(ocr_process::new_job(run, None), 2, 10, &format!("ocr:{hash}:tesseract:eng"), recognition);
        check(cache_cleanup::new_job(), 2, 5, "cache-cleanup", json!({}));
        check(retention::new_job(), 2, 5, "retention", json!({}));
    }

    #[test]
    fn every_kind_is_run_by_the_program_its_row_names() {
        let rows = |service| KINDS.iter().filter(|row| row.service == service).map(|row| row.kind).collect::<Vec<_>>();
        let listed: Vec<JobKind> = processor_kinds().iter().map(|handler| handler.kind).collect();
        assert_eq!(listed, rows(JobService::Processor));
        let listed: Vec<JobKind> = worker_kinds().iter().map(|handler| handler.kind).collect();
        assert_eq!(listed, rows(JobService::Worker));
    }
}
