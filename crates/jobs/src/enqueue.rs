//! How each kind's job looks as a row: payload, priority, unique key, attempts, gate. Whoever enqueues uses these.

use db::ocr::Run;
use model::{ContentHash, JobKind, Preset, Priority};
use queue::{Limit, NewJob};
use serde_json::json;
use std::time::Duration;

/// Attempts of a job over a file. The second is for the machine's faults; a file that brings down its reader twice is
/// left alone until somebody asks again.
const FILE_ATTEMPTS: i16 = 3;

/// What a document's face is made by.
const COVER_PRESET: &str = "thumbnail";

/// Attempts to have a page read by an outside service; the local engine reads what is left.
const OCR_EXTERNAL_ATTEMPTS: i16 = 4;

/// Attempts of text recognition, which are only used up by crashes and faults of the machine: a document of hundreds of pages
/// is at work for so long that it may see several.
const OCR_ATTEMPTS: i16 = 10;

/// Documents of one drive that stand in line for text recognition, which takes turns.
const OCR_SHARE: i32 = 2;

/// Jobs of one drive in the common line for each slot that takes them: enough that the slots never wait for the gate, and
/// few enough that another drive's file is soon read.
const SHARE_PER_SLOT: usize = 4;

/// Identify a content and derive its default presets and its text. The gate says whose turn it takes.
pub fn ingest(hash: &ContentHash, limit: Limit) -> NewJob {
    over_content(JobKind::IngestFile, hash).unique(ingest_key(hash)).limit(limit)
}

/// The gate of a drive's files, with `slots` ingest jobs at once in a processor: however many files the drive has waiting,
/// another drive's file is read after at most this share of them. Files of no drive share one gate: nobody can tell whose
/// they are, and without a gate a flood of them would come before every drive's.
pub fn drive_limit(drive: Option<&str>, slots: usize) -> Limit {
    let share = i32::try_from(slots.max(1).saturating_mul(SHARE_PER_SLOT)).unwrap_or(i32::MAX);
    match drive {
        Some(drive) => Limit::fair_share(format!("drive:{drive}"), share),
        None => Limit::fair_share("no-drive", share),
    }
}

/// The gate of contents that had lost their jobs: nobody waits for them, so all of them take one turn.
pub(crate) fn lost_text_limit() -> Limit {
    Limit::fair_share("lost", SHARE_PER_SLOT as i32)
}

/// The unique key of a content's ingest job.
pub fn ingest_key(hash: &ContentHash) -> String {
    format!("ingest:{hash}")
}

/// Derive one preset.
pub fn optimize(hash: &ContentHash, preset: &Preset) -> NewJob {
    let payload = json!({"contentHash": hash, "preset": preset.name});
    let job = NewJob::new(JobKind::ImageOptimize.name(), payload).priority(level(JobKind::ImageOptimize));
    job.unique(format!("optimize:{hash}:{}", preset.name)).subject(hash.as_str()).max_attempts(FILE_ATTEMPTS)
}

/// Make the small image of a document's first page. Nobody has asked for it, so it waits behind everything else.
pub(crate) fn cover(hash: &ContentHash) -> Option<NewJob> {
    Preset::named(COVER_PRESET).map(|preset| optimize(hash, preset).priority(Priority::Low as i16))
}

/// Extract a content's text again.
pub fn extract(hash: &ContentHash) -> NewJob {
    over_content(JobKind::TextExtract, hash).unique(format!("extract:{hash}"))
}

/// Have an outside service recognise the text of a content's pages: becomes a job for each page.
pub fn ocr_external(hash: &ContentHash) -> NewJob {
    over_content(JobKind::OcrExternal, hash).unique(format!("ocr-external:{hash}"))
}

/// One page of that. Each is one request, so one gate for all of them keeps to what the service allows, over all workers.
pub(crate) fn ocr_external_page(hash: &ContentHash, page: u32, requests_a_minute: u32) -> NewJob {
    let payload = json!({"contentHash": hash, "page": page});
    let requests = f64::from(requests_a_minute.max(1));
    // After a quiet time a few seconds' worth at once: services count in windows of their own.
    let limit = Limit::rate("ocr-external", requests, Duration::from_secs(60)).burst(requests / 10.0);
    let job = NewJob::new(JobKind::OcrExternal.name(), payload).priority(level(JobKind::OcrExternal));
    job.unique(format!("ocr-external:{hash}:{page}"))
        .subject(hash.as_str())
        .max_attempts(OCR_EXTERNAL_ATTEMPTS)
        .limit(limit)
}

/// Recognise the text of a content's pages that are pictures. It waits behind a gate of its own beside that of the drive
/// whose file it is (`gate`): a drive's scans must not keep its new files from being read.
pub fn ocr(run: Run<'_>, gate: Option<&str>) -> NewJob {
    let Run { hash, engine, languages } = run;
    let payload = json!({"contentHash": hash, "engine": engine, "languages": languages.as_str()});
    let job = NewJob::new(JobKind::OcrProcess.name(), payload).priority(level(JobKind::OcrProcess));
    let limit = Limit::fair_share(format!("ocr:{}", gate.unwrap_or("no-drive")), OCR_SHARE);
    job.unique(format!("ocr:{hash}:{}:{}", engine.name(), languages.as_str()))
        .subject(hash.as_str())
        .max_attempts(OCR_ATTEMPTS)
        .limit(limit)
}

/// A maintenance job without a payload; at most one of a kind is in flight.
pub fn maintenance(kind: JobKind) -> NewJob {
    NewJob::new(kind.name(), json!({})).priority(level(kind)).unique(kind.name().to_owned()).max_attempts(5)
}

fn over_content(kind: JobKind, hash: &ContentHash) -> NewJob {
    let job = NewJob::new(kind.name(), json!({"contentHash": hash})).priority(level(kind)).max_attempts(FILE_ATTEMPTS);
    job.subject(hash.as_str())
}

fn level(kind: JobKind) -> i16 {
    kind.priority() as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{OcrEngine, OcrLanguages};

    /// As the processor's HTTP contract has them: 0 somebody waits, 1 the ordinary work, 2 what may wait.
    #[test]
    fn priorities_follow_the_contract() {
        let hash = ContentHash::from_digest([1; 32]);
        let preset = Preset::named("thumbnail").expect("it is one of ours");
        assert_eq!(optimize(&hash, preset).priority, 0);
        assert_eq!(cover(&hash).map(|job| job.priority), Some(2));
        assert_eq!(ingest(&hash, drive_limit(None, 2)).priority, 1);
        assert_eq!(extract(&hash).priority, 1);
        assert_eq!(ocr_external(&hash).priority, 2);
        assert_eq!(ocr_external_page(&hash, 3, 60).priority, 2);
        let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &OcrLanguages::default() };
        assert_eq!(ocr(run, None).priority, 2);
        assert_eq!(maintenance(JobKind::CacheCleanup).priority, 2);
        assert_eq!(maintenance(JobKind::Retention).priority, 2);
    }

    #[test]
    fn text_recognition_has_a_key_for_its_settings_and_a_gate_beside_the_drives() {
        let hash = ContentHash::from_digest([1; 32]);
        let (english, german) = (OcrLanguages::default(), "deu".parse().expect("it is a language"));
        let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &english };
        assert_eq!(ocr(run, Some("drive:a")).unique_key, Some(format!("ocr:{hash}:tesseract:eng")));
        assert_ne!(ocr(run, None).unique_key, ocr(Run { languages: &german, ..run }, None).unique_key);
        assert_eq!(ocr(run, Some("drive:a")).limit, Some(Limit::fair_share("ocr:drive:a", OCR_SHARE)));
    }

    #[test]
    fn every_drive_has_a_gate_of_its_own_and_files_of_none_share_one() {
        assert_eq!(drive_limit(Some("a"), 2), Limit::fair_share("drive:a", 8));
        assert_ne!(drive_limit(Some("a"), 2).key, drive_limit(Some("b"), 2).key);
        assert_eq!(drive_limit(None, 3), Limit::fair_share("no-drive", 12));
        assert_eq!(drive_limit(None, 0).max_in_flight, Some(4), "a processor that takes none still lets others");
        assert_ne!(drive_limit(Some("no-drive"), 2).key, drive_limit(None, 2).key);
    }
}
