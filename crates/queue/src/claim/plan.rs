//! What one claim asks for.

use std::ops::RangeInclusive;
use std::sync::Arc;

/// The three priorities: high, normal, low.
pub(crate) const PRIORITIES: usize = 3;

/// A claim on one segment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClaimPlan {
    pub segment: i16,
    pub locking: Locking,
    /// The kinds by their index in the runner, in the order of the requests.
    pub kinds: Vec<usize>,
    pub requests: Vec<ClaimRequest>,
}

/// What is wanted of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClaimRequest {
    pub kind: Arc<str>,
    /// The most jobs to claim.
    pub limit: i32,
    /// The priorities to claim, from the first to the last.
    pub priorities: RangeInclusive<i16>,
    /// For each priority, the position behind which to claim: what stands before it is known to be claimed.
    pub after: [i64; PRIORITIES],
}

/// How a claim keeps others from the rows it chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locking {
    /// `for update skip locked`: each row is locked when it is chosen, and rows that others have locked are passed over.
    SkipLocked,
    /// No row is locked before it is changed, which saves a tenth of a drain. One such claim at a time in a segment, which gives up
    /// rather than wait for a row that somebody holds. It may find less than there is, so a claim that was not given all it
    /// wanted has learned nothing.
    Optimistic,
}
