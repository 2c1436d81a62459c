//! What the new jobs of all kinds have in common.

use model::{ContentHash, JobKind};
use queue::NewJob;
use serde::Serialize;

/// A job of this kind with this payload, with the priority and the attempts of the kind.
pub(super) fn new_job(kind: JobKind, payload: &impl Serialize) -> NewJob {
    let payload = serde_json::to_value(payload).expect("a payload is plain data with names for keys");
    NewJob::new(kind.name(), payload).priority(kind.row().priority as i16).max_attempts(kind.row().max_attempts)
}

/// The same about a content, once at a time for each `key`.
pub(crate) fn content_job(kind: JobKind, hash: &ContentHash, key: String, payload: &impl Serialize) -> NewJob {
    new_job(kind, payload).subject(hash.as_str()).unique(key)
}

/// A job of a kind that needs no payload; at most one of the kind is in flight.
pub(super) fn maintenance_job(kind: JobKind, payload: &impl Serialize) -> NewJob {
    new_job(kind, payload).unique(kind.name().to_owned())
}
