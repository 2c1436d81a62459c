//! The cases of a seed: which sample is damaged how, and what is asked of it. A case depends on nothing but the seed, its
//! number and the samples.

use crate::containers;
use crate::damage::damage;
use crate::reader::tasks;
use crate::samples::Sample;
use model::Request;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;

/// Samples by kind, and the seed.
pub struct Cases {
    seed: u64,
    /// By extension, so that a format with a hundred files comes no more often than one with two.
    kinds: Vec<Vec<Sample>>,
    tasks: Vec<(&'static str, Request)>,
}

/// One damaged content and what is asked of it.
pub struct Case {
    pub task: &'static str,
    pub request: Request,
    pub sample: Sample,
}

impl Cases {
    pub fn new(seed: u64, samples: Vec<Sample>) -> Self {
        let mut kinds: BTreeMap<Option<String>, Vec<Sample>> = BTreeMap::new();
        for sample in samples {
            kinds.entry(sample.extension.clone()).or_default().push(sample);
        }
        Self { seed, kinds: kinds.into_values().collect(), tasks: tasks() }
    }

    /// The case of that number.
    pub fn case(&self, number: u64) -> Case {
        let mut rng = StdRng::seed_from_u64(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let kind = &self.kinds[(number % self.kinds.len() as u64) as usize];
        let mut sample = kind[rng.random_range(0..kind.len())].clone();
        let others = if rng.random_bool(0.7) { kind } else { &self.kinds[rng.random_range(0..self.kinds.len())] };
        let other = &others[rng.random_range(0..others.len())];
        sample.bytes = damaged(&sample.bytes, &other.bytes, &mut rng);
        if rng.random_bool(0.1) {
            sample.extension.clone_from(&other.extension);
        }
        // Ingest is what every file meets; the other tasks are asked for less often.
        let task = if rng.random_bool(0.5) { 0 } else { rng.random_range(0..self.tasks.len()) };
        let (task, request) = self.tasks[task].clone();
        Case { task, request, sample }
    }
}

/// Damages the bytes, or what is packed in them: behind a checksum nothing of a reader but its check is met.
fn damaged(bytes: &[u8], other: &[u8], rng: &mut StdRng) -> Vec<u8> {
    if let Some(mut parts) = containers::unzip(bytes).filter(|_| rng.random_bool(0.8)) {
        let part = rng.random_range(0..parts.len());
        let others = containers::unzip(other).unwrap_or_default();
        let same = others.iter().find(|(name, _)| *name == parts[part].0).or(others.first());
        damage(&mut parts[part].1, same.map_or(other, |(_, content)| content), rng);
        return containers::zip(&parts);
    }
    let mut bytes = bytes.to_vec();
    damage(&mut bytes, other, rng);
    if rng.random_bool(0.8) {
        containers::mend_png(&mut bytes);
    }
    bytes
}
