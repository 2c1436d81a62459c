//! How many jobs of each kind one process runs at once.

use model::{JobKind, JobService, KINDS, SlotSetting};
use std::collections::BTreeMap;

/// Jobs of each kind at once in one process; a kind with 0, or none, is left to others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slots(BTreeMap<JobKind, usize>);

impl Slots {
    /// Those of every kind that this program runs, as `read` answers for each kind's setting.
    pub fn read<E>(service: JobService, mut read: impl FnMut(SlotSetting) -> Result<usize, E>) -> Result<Self, E> {
        let kinds = KINDS.iter().filter(|row| row.service == service);
        kinds.map(|row| Ok((row.kind, read(row.slots)?))).collect::<Result<_, E>>().map(Self)
    }

    /// The same with so many for this kind.
    pub fn with(mut self, kind: JobKind, slots: usize) -> Self {
        self.0.insert(kind, slots);
        self
    }

    /// How many there are for this kind.
    pub fn of(&self, kind: JobKind) -> usize {
        self.0.get(&kind).copied().unwrap_or(0)
    }
}
