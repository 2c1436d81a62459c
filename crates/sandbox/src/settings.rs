//! The pool's size and the bounds its children keep.

use std::path::PathBuf;
use std::time::Duration;

/// How many children there are and what each may use.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// Children, and so calls at once. One per core: each is single-threaded.
    pub children: usize,
    /// Memory a child may map above what the program itself takes (RLIMIT_AS).
    pub memory_bytes: u64,
    /// Memory of all running calls by their own estimates. A call that estimates more than is left waits, and one that
    /// estimates more than this runs alone.
    pub budget_bytes: u64,
    /// Processor time of one child (RLIMIT_CPU): the backstop should the parent's clocks fail, so above `wall`.
    pub cpu: Duration,
    /// Longest time without a sign of progress.
    pub stall: Duration,
    /// Longest time in all.
    pub wall: Duration,
    /// How much more than this program a child lets others go first (nice): 0 as much, 19 whenever somebody else wants the core.
    pub nice: i32,
    /// Bytes a child may write to its output (RLIMIT_FSIZE).
    pub output_bytes: u64,
    /// The whole environment of a child; empty unless set.
    pub environment: Vec<(String, String)>,
    /// The program to start: this one, except in tests of a crate whose own test program has no child in it.
    pub program: PathBuf,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            children: 2,
            memory_bytes: 512 << 20,
            budget_bytes: 640 << 20,
            cpu: Duration::from_secs(120),
            stall: Duration::from_secs(20),
            wall: Duration::from_secs(90),
            nice: 0,
            output_bytes: 256 << 20,
            environment: vec![],
            program: PathBuf::from("/proc/self/exe"),
        }
    }
}
