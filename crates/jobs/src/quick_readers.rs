//! Readers that small files are tried on first. They have little memory and little time, and there are more of them than cores: most
//! small files are read there at once, whatever the others are at. What is not done there, because it is large, slow, hostile or
//! damaged, is read by the ordinary readers as if it had never been tried.

use model::{Outcome, Reason};
use sandbox::{Pool, PoolSettings};
use std::time::Duration;

/// Largest file that is tried.
pub(crate) const QUICK_BYTES: u64 = 1 << 20;
/// How many there are for each ordinary reader.
const FOR_EACH: usize = 2;
/// What each may take: all of them together less than half of what one ordinary reader may.
const MEMORY_BYTES: u64 = 48 << 20;
/// Longest time in all, some ten times what most small files take while all of them are at work on two cores.
const WALL: Duration = Duration::from_millis(500);
/// Bytes each may write.
const OUTPUT_BYTES: u64 = 16 << 20;
/// How much these let the services and the database go before them, and how much ordinary readers do.
const NICE: i32 = 5;
const ORDINARY_NICE: i32 = 10;

/// Cheap to clone; a clone is the same.
#[derive(Clone)]
pub struct QuickReaders {
    pub(crate) pool: Pool,
}

impl QuickReaders {
    /// Starts them, beside ordinary ones of these settings.
    pub fn beside(ordinary: &PoolSettings) -> Self {
        let pool = Pool::new(PoolSettings {
            children: FOR_EACH * ordinary.children.max(1),
            memory_bytes: MEMORY_BYTES.min(ordinary.memory_bytes),
            budget_bytes: u64::MAX,
            cpu: Duration::from_secs(2),
            stall: WALL,
            wall: WALL,
            nice: NICE,
            output_bytes: OUTPUT_BYTES.min(ordinary.output_bytes),
            ..ordinary.clone()
        });
        Self { pool }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.pool.load().children
    }
}

/// The ordinary readers' settings, where quick ones are beside them.
pub fn ordinary(settings: PoolSettings) -> PoolSettings {
    PoolSettings { nice: ORDINARY_NICE, ..settings }
}

/// Whether what a quick reader found is what an ordinary one would. A library that gets no memory may call a sound file damaged, and
/// leave parts of it out.
pub(crate) fn is_final(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Ok => true,
        Outcome::Rejected { reason, .. } => !matches!(reason, Reason::Malformed | Reason::Unsupported),
        Outcome::Partial | Outcome::Timeout | Outcome::Memory | Outcome::Crashed { .. } | Outcome::Internal { .. } => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_little_memory_or_time_may_have_caused_is_not_believed() {
        let rejected = |reason| Outcome::Rejected { reason, detail: String::new() };
        for outcome in
            [Outcome::Ok, rejected(Reason::XmlEntities), rejected(Reason::Encrypted), rejected(Reason::Empty)]
        {
            assert!(is_final(&outcome), "{outcome:?}");
        }
        for outcome in [
            Outcome::Partial,
            Outcome::Timeout,
            Outcome::Memory,
            Outcome::Crashed { signal: 11 },
            Outcome::Internal { detail: String::new() },
            rejected(Reason::Malformed),
            rejected(Reason::Unsupported),
        ] {
            assert!(!is_final(&outcome), "{outcome:?}");
        }
    }
}
