//! Claiming: a plan says what to claim from which segment, a statement claims it, and the cursors remember how far the segments
//! have been claimed, which makes the next plan.

mod cursors;
mod plan;
mod statements;

pub(crate) use cursors::ClaimCursors;
pub(crate) use plan::Locking;
pub(crate) use statements::{Claimed, claim, claim_aged, give_back_unknown};
