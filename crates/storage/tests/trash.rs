//! What a sweep takes, and the way back.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use bytes::Bytes;
use model::ContentHash;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use storage::{ArtifactRange, Error, Store};
use tempfile::TempDir;
use time::macros::date;

const HOUR: Duration = Duration::from_secs(3600);
const TODAY: time::Date = date!(2026 - 11 - 29);

struct Kept {
    dir: TempDir,
    store: Store,
    hash: ContentHash,
}

impl Kept {
    /// A store with an old blob, its thumbnail and its text.
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let kept = Self { hash: keep(&store).await, dir, store };
        kept.derive().await;
        kept.age();
        kept
    }

    async fn derive(&self) {
        let mut output = self.store.temp_output().await.unwrap();
        output.write_all(b"tiny").unwrap();
        let range = |name: &str| ArtifactRange { name: name.into(), offset: 0, size_bytes: 4 };
        let both = vec![range("thumbnail"), range("text.md")];
        self.store.keep_artifacts(&self.hash, Arc::new(output), both).await.unwrap();
    }

    fn age(&self) {
        let file = File::options().write(true).open(self.blob()).unwrap();
        file.set_modified(SystemTime::now() - 2 * HOUR).unwrap();
    }

    async fn trash(&self) -> Result<Option<u64>, Error> {
        self.store.trash_blob(&self.hash, HOUR, TODAY).await
    }

    fn path(&self, folder: &str) -> PathBuf {
        self.dir.path().join(folder).join(self.hash.shard()).join(self.hash.as_str())
    }

    fn blob(&self) -> PathBuf {
        self.path("blobs")
    }

    async fn text(&self) -> String {
        self.store.open_blob(&self.hash).await.unwrap().read_to_string().unwrap()
    }
}

async fn keep(store: &Store) -> ContentHash {
    let mut receiver = store.receiver(100).await.unwrap();
    receiver.push(Bytes::from_static(b"orphan?")).await.unwrap();
    let received = receiver.finish().await.unwrap();
    let hash = received.hash.clone();
    received.keep().await.unwrap();
    hash
}

/// What deploy/README.md says.
fn bring_back(root: &Path) {
    let day = root.join("trash/2026-11-29/.");
    let done = Command::new("cp").args(["-al", "--no-clobber"]).arg(day).arg(root).status().unwrap();
    assert!(done.success());
}

#[tokio::test]
async fn a_blob_goes_to_the_days_trash_with_its_artifacts() {
    let kept = Kept::new().await;
    assert_eq!(kept.trash().await.unwrap(), Some(7));
    assert!(matches!(kept.store.open_blob(&kept.hash).await, Err(Error::NotFound)));
    assert!(matches!(kept.store.open_artifact(&kept.hash, "thumbnail").await, Err(Error::NotFound)));
    assert_eq!(std::fs::read(kept.path("trash/2026-11-29/blobs")).unwrap(), b"orphan?");
    assert_eq!(std::fs::read(kept.path("trash/2026-11-29/cache").join("thumbnail")).unwrap(), b"tiny");
    assert_eq!(std::fs::read(kept.path("trash/2026-11-29/derived").join("text.md")).unwrap(), b"tiny");
    assert_eq!(kept.trash().await.unwrap(), None, "it is gone");
}

#[tokio::test]
async fn a_blob_that_just_came_again_is_not_swept() {
    let kept = Kept::new().await;
    keep(&kept.store).await;
    assert_eq!(kept.trash().await.unwrap(), None);
    assert!(kept.blob().exists() && kept.path("cache").exists());
}

/// The artifacts went last, and without the lock: the same bytes, uploaded again in between, lost the ones just made of them.
#[tokio::test]
async fn artifacts_go_before_their_blob() {
    let kept = Kept::new().await;
    // A folder that is none, so that the artifacts cannot be moved.
    let shard = kept.path("cache").parent().unwrap().to_owned();
    std::fs::remove_dir_all(&shard).unwrap();
    std::fs::write(&shard, b"").unwrap();
    assert!(kept.trash().await.is_err());
    assert_eq!(kept.text().await, "orphan?");
}

#[tokio::test]
async fn bytes_uploaded_again_while_they_are_in_the_trash_are_stored_again() {
    let kept = Kept::new().await;
    kept.trash().await.unwrap();
    keep(&kept.store).await;
    assert_eq!(kept.text().await, "orphan?");
    // And swept once more on the same day, with what was made of them since.
    kept.derive().await;
    kept.age();
    assert_eq!(kept.trash().await.unwrap(), Some(7));
    assert!(!kept.blob().exists() && kept.path("trash/2026-11-29/cache").join("thumbnail").exists());
}

#[tokio::test]
async fn a_days_trash_has_a_way_back() {
    let kept = Kept::new().await;
    kept.trash().await.unwrap();
    bring_back(kept.dir.path());
    assert_eq!(kept.text().await, "orphan?");
    for name in ["thumbnail", "text.md"] {
        assert_eq!(kept.store.open_artifact(&kept.hash, name).await.unwrap().size_bytes(), 4, "{name}");
    }
    // It is a link to what lies in the trash still, and a rename over a link to itself would leave both.
    assert_eq!(kept.trash().await.unwrap(), Some(7));
    assert!(!kept.blob().exists() && !kept.path("cache").exists());
    bring_back(kept.dir.path());
    assert_eq!(kept.store.empty_trash(TODAY).await.unwrap(), 15);
    assert_eq!(kept.text().await, "orphan?", "what was brought back is not emptied with the trash");
}

#[tokio::test]
async fn only_days_are_emptied() {
    let kept = Kept::new().await;
    kept.trash().await.unwrap();
    let theirs = kept.dir.path().join("trash/do-not-touch");
    std::fs::create_dir(&theirs).unwrap();
    assert_eq!(kept.store.trash_days().await.unwrap(), [TODAY]);
    kept.store.empty_trash(TODAY).await.unwrap();
    assert_eq!(kept.store.trash_days().await.unwrap(), []);
    assert!(theirs.exists());
}
