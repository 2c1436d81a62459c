//! Which files have stayed as they are for long enough. Kept in memory alone: after a start every file settles anew.

use db::watched_files::WatchedFile;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a file has to stay as it is. Who writes it is between two writes for less.
const SETTLES_IN: Duration = Duration::from_secs(5);

/// The files of every drive's folder, and from when on each counts as unchanged.
#[derive(Debug, Default)]
pub(super) struct Settling(HashMap<Uuid, HashMap<WatchedName, (WatchedFile, Instant)>>);

/// A name in the bytes of the file system.
type WatchedName = Vec<u8>;

impl Settling {
    /// Of these files, which are all that lie in a drive's folder now, those that have settled.
    pub(super) fn settled(&mut self, drive_id: Uuid, found: Vec<WatchedFile>, now: Instant) -> Vec<WatchedFile> {
        let before = self.0.remove(&drive_id).unwrap_or_default();
        let since = |file: &WatchedFile| match before.get(&file.name) {
            Some((seen, since)) if seen == file => *since,
            _ => now,
        };
        let settled = found.iter().filter(|file| now >= since(file) + SETTLES_IN).cloned().collect();
        let seen = found.into_iter().map(|file| (file.name.clone(), (file.clone(), since(&file))));
        self.0.insert(drive_id, seen.collect());
        settled
    }

    /// A file counts as unchanged from that moment on, as far as it stays the same.
    pub(super) fn put_off(&mut self, file: &WatchedFile, until: Instant) {
        if let Some((_, since)) = self.0.get_mut(&file.drive_id).and_then(|drive| drive.get_mut(&file.name)) {
            *since = until;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_settles_when_neither_its_size_nor_its_time_has_changed_for_five_seconds() {
        let (begun, mut settling) = (Instant::now(), Settling::default());
        let file = |modified_ns, size_bytes| WatchedFile {
            drive_id: Uuid::nil(),
            name: b"a".to_vec(),
            modified_ns,
            size_bytes,
        };
        let mut look = |at_ms, file: &WatchedFile| {
            let now = begun + Duration::from_millis(at_ms);
            !settling.settled(Uuid::nil(), vec![file.clone()], now).is_empty()
        };
        assert!(!look(0, &file(1, 1)) && !look(4_999, &file(1, 1)) && look(5_000, &file(1, 1)));
        assert!(!look(5_001, &file(1, 2)) && !look(10_000, &file(1, 2)) && look(10_001, &file(1, 2)));
        assert!(!look(10_002, &file(2, 2)) && look(15_002, &file(2, 2)), "written over with as many bytes");
        // Gone, and back as it was.
        settling.settled(Uuid::nil(), vec![], begun + Duration::from_secs(20));
        assert!(settling.settled(Uuid::nil(), vec![file(2, 2)], begun + Duration::from_secs(21)).is_empty());
        settling.put_off(&file(2, 2), begun + Duration::from_secs(40));
        assert!(settling.settled(Uuid::nil(), vec![file(2, 2)], begun + Duration::from_secs(44)).is_empty());
        assert_eq!(settling.settled(Uuid::nil(), vec![file(2, 2)], begun + Duration::from_secs(45)), [file(2, 2)]);
    }
}
