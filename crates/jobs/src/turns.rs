//! Whose turn a job takes. Jobs count under the limit of the person who made the work, whatever drive it is for: drives are free, so
//! that turns by drive would be as many as somebody likes.

use model::JobKind;
use queue::Limit;

/// Jobs of one person in the common line for each slot that takes them: enough that the slots never wait for the limit, and few
/// enough that another person's file is soon read.
const SHARE_PER_SLOT: usize = 4;

/// The kinds whose jobs people make as many of as they like.
const COUNTED: [JobKind; 2] = [JobKind::IngestFile, JobKind::ImageOptimize];

/// The limit of a person's jobs of a kind, with `slots` of the kind at once in a processor: however many of them wait, another
/// person's job begins after at most this share. Jobs of nobody in particular share one limit: nobody can tell whose they are, and
/// without a limit a flood of them would come before everybody's.
pub fn person_limit(kind: JobKind, person: Option<&str>, slots: usize) -> Limit {
    let share = i32::try_from(person_share(slots)).unwrap_or(i32::MAX);
    Limit::fair_share(key(kind, person), share)
}

/// Jobs of one person in the common line of a kind that has so many slots.
pub(crate) fn person_share(slots: usize) -> usize {
    slots.max(1).saturating_mul(SHARE_PER_SLOT)
}

/// The keys of the limits that all of a person's work counts under, for whoever counts it.
pub fn person_keys(person: &str) -> Vec<String> {
    COUNTED.iter().map(|&kind| key(kind, Some(person))).collect()
}

/// The limit of covers, made after the files whose limit has this key. Nobody has asked for them, so a few at a time do.
pub(crate) fn cover_limit(files_key: Option<&str>) -> Limit {
    Limit::fair_share(format!("cover:{}", files_key.unwrap_or(NOBODY)), SHARE_PER_SLOT as i32)
}

/// The limit of contents that had lost their jobs: nobody waits for them, so all of them take one turn.
pub(crate) fn lost_job_limit() -> Limit {
    Limit::fair_share("lost", SHARE_PER_SLOT as i32)
}

/// The key of files of nobody in particular.
pub(crate) const NOBODY: &str = "no-person";

fn key(kind: JobKind, person: Option<&str>) -> String {
    let whose = person.map_or_else(|| NOBODY.to_owned(), |person| format!("person:{person}"));
    match kind {
        // Text recognition and covers put their own word before this one.
        JobKind::IngestFile => whose,
        kind => format!("{}:{whose}", kind.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_person_has_a_limit_of_a_kind_and_jobs_of_nobody_share_one() {
        let files = |person, slots| person_limit(JobKind::IngestFile, person, slots);
        let images = |person, slots| person_limit(JobKind::ImageOptimize, person, slots);
        assert_eq!(files(Some("a"), 2), Limit::fair_share("person:a", 8));
        assert_eq!(images(Some("a"), 1), Limit::fair_share("image-optimize:person:a", 4));
        assert_ne!(files(Some("a"), 2).key, files(Some("b"), 2).key);
        assert_eq!(files(None, 3), Limit::fair_share("no-person", 12));
        assert_eq!(images(None, 3), Limit::fair_share("image-optimize:no-person", 12));
        assert_eq!(files(None, 0).max_in_flight, Some(4), "a processor that takes none still lets others");
        assert_ne!(files(Some("no-person"), 2).key, files(None, 2).key);
        assert_eq!(person_keys("a"), ["person:a", "image-optimize:person:a"]);
        assert_eq!(cover_limit(Some("person:a")).key, "cover:person:a");
    }
}
