//! How many jobs of each kind one process runs at once.

use model::{JobKind, JobService, KINDS, SlotSetting};
use std::collections::BTreeMap;

/// Jobs of each kind at once in one process; a kind with 0, or none, is left to others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slots(BTreeMap<JobKind, usize>);

impl Slots {
    /// Those of every kind that this program runs, as `read` answers for each kind's setting and how many there are without.
    pub fn read<E>(service: JobService, mut read: impl FnMut(&str, usize) -> Result<usize, E>) -> Result<Self, E> {
        let kinds = KINDS.iter().filter(|row| row.service == service);
        let mut slots = |SlotSetting { name, default }| name.map_or(Ok(default), |name| read(name, default));
        kinds.map(|row| Ok((row.kind, slots(row.slots)?))).collect::<Result<_, E>>().map(Self)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_as_the_settings_say_and_else_as_the_kinds_rows() {
        let read = |name: &str, default| Ok::<usize, ()>(if name == "PROCESSOR_OCR_SLOTS" { 0 } else { default });
        let slots = Slots::read(JobService::Processor, read).unwrap();
        assert_eq!((slots.of(JobKind::OcrProcess), slots.of(JobKind::IngestFile)), (0, 2));
        assert_eq!(slots.of(JobKind::Retention), 0, "it is another program's");
        assert_eq!(Slots::read(JobService::Worker, |_, _| Err("bad")), Err("bad"));
    }
}
