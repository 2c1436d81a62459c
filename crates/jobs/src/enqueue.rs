//! How each kind's job looks as a row: payload, priority, unique key, attempts. Whoever enqueues uses these.

use model::{ContentHash, JobKind, Preset};
use queue::NewJob;
use serde_json::json;

/// Attempts of a job over a file. The second is for the machine's faults; a file that brings down its reader twice is
/// left alone until somebody asks again.
const FILE_ATTEMPTS: i16 = 3;

/// Identify a content and derive its default presets and its text.
pub fn ingest(hash: &ContentHash) -> NewJob {
    over_content(JobKind::IngestFile, hash).unique(ingest_key(hash))
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

/// Extract a content's text again.
pub fn extract(hash: &ContentHash) -> NewJob {
    over_content(JobKind::TextExtract, hash).unique(format!("extract:{hash}"))
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
