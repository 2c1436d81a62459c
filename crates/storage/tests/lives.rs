//! The two lives of artifacts: what was read stays when the images go, and what earlier releases kept among the images is moved.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use model::{ContentHash, EXTRACTED_TEXT, MARKDOWN};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use storage::{ArtifactRange, Error, Store};
use tempfile::TempDir;

struct Kept {
    dir: TempDir,
    store: Store,
    hash: ContentHash,
}

impl Kept {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        Self { dir, store, hash: ContentHash::from_digest([0xab; 32]) }
    }

    async fn keep(&self, names: &[&str], bytes: &[u8]) -> Result<(), Error> {
        let mut output = self.store.temp_output().await.unwrap();
        output.write_all(bytes).unwrap();
        let range = |name: &&str| ArtifactRange { name: (*name).into(), offset: 0, size_bytes: bytes.len() as u64 };
        self.store.keep_artifacts(&self.hash, Arc::new(output), names.iter().map(range).collect()).await
    }

    fn path(&self, folder: &str, name: &str) -> PathBuf {
        self.dir.path().join(folder).join(self.hash.shard()).join(self.hash.as_str()).join(name)
    }

    /// As an earlier release kept it.
    fn misplace(&self, name: &str, bytes: &str, age: Duration) {
        let path = self.path("cache", name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    async fn read(&self, name: &str) -> Result<String, Error> {
        self.store.open_artifact(&self.hash, name).await.map(|blob| blob.read_to_string().unwrap())
    }

    async fn move_texts(&self) -> u64 {
        let mut moved = 0;
        for shard in 0..=u8::MAX {
            moved += self.store.move_texts(shard).await.unwrap();
        }
        moved
    }
}

#[tokio::test]
async fn a_cache_that_is_emptied_takes_no_text_along() {
    let kept = Kept::new().await;
    kept.keep(&["thumbnail", EXTRACTED_TEXT, "ai-chat", MARKDOWN], b"both").await.unwrap();
    for shard in std::fs::read_dir(kept.dir.path().join("cache")).unwrap() {
        std::fs::remove_dir_all(shard.unwrap().path()).unwrap();
    }
    for image in ["thumbnail", "ai-chat"] {
        assert!(matches!(kept.read(image).await, Err(Error::NotFound)), "{image}");
    }
    for text in [EXTRACTED_TEXT, MARKDOWN] {
        assert_eq!(kept.read(text).await.unwrap(), "both");
    }
    // Its folders are made again as they are needed.
    kept.keep(&["thumbnail"], b"again").await.unwrap();
    assert_eq!(kept.read("thumbnail").await.unwrap(), "again");
}

#[tokio::test]
async fn texts_of_an_earlier_release_are_moved_and_its_images_stay() {
    let kept = Kept::new().await;
    for name in ["thumbnail", EXTRACTED_TEXT, MARKDOWN] {
        kept.misplace(name, "earlier", Duration::from_secs(60));
    }
    // Whoever asks before its turn gets it at once.
    assert_eq!(kept.read(MARKDOWN).await.unwrap(), "earlier");
    assert!(!kept.path("cache", MARKDOWN).exists());
    assert_eq!(kept.move_texts().await, 1);
    assert_eq!(kept.move_texts().await, 0, "it is done once");
    for text in [EXTRACTED_TEXT, MARKDOWN] {
        assert!(kept.path("derived", text).exists() && !kept.path("cache", text).exists(), "{text}");
    }
    assert!(kept.path("cache", "thumbnail").exists());
}

/// An earlier program still runs beside the new one, and a move broke off between its two steps.
#[tokio::test]
async fn the_newer_of_two_texts_is_kept_and_there_is_never_a_second() {
    let kept = Kept::new().await;
    kept.keep(&[EXTRACTED_TEXT, MARKDOWN], b"new").await.unwrap();
    kept.misplace(EXTRACTED_TEXT, "older", Duration::from_secs(3600));
    kept.misplace(MARKDOWN, "newest", Duration::ZERO);
    kept.move_texts().await;
    assert_eq!(kept.read(EXTRACTED_TEXT).await.unwrap(), "new");
    assert_eq!(kept.read(MARKDOWN).await.unwrap(), "newest");
    assert!(!kept.path("cache", EXTRACTED_TEXT).exists() && !kept.path("cache", MARKDOWN).exists());

    std::fs::create_dir_all(kept.path("cache", "")).unwrap();
    std::fs::hard_link(kept.path("derived", MARKDOWN), kept.path("cache", MARKDOWN)).unwrap();
    kept.move_texts().await;
    assert!(kept.path("derived", MARKDOWN).exists() && !kept.path("cache", MARKDOWN).exists());

    kept.misplace(MARKDOWN, "earlier", Duration::ZERO);
    kept.keep(&[MARKDOWN], b"read again").await.unwrap();
    assert!(!kept.path("cache", MARKDOWN).exists());
    kept.misplace(MARKDOWN, "earlier", Duration::ZERO);
    kept.store.remove_artifact(&kept.hash, MARKDOWN).await.unwrap();
    assert!(matches!(kept.read(MARKDOWN).await, Err(Error::NotFound)), "what was removed does not come back");
}

#[tokio::test]
async fn an_artifact_that_nobody_has_decided_about_is_refused() {
    let kept = Kept::new().await;
    assert!(matches!(kept.keep(&["of-tomorrow.json"], b"x").await, Err(Error::BadName(_))));
    assert!(matches!(kept.keep(&["thumbnail", "of-tomorrow.json"], b"x").await, Err(Error::BadName(_))));
    assert!(!kept.path("cache", "thumbnail").exists(), "nothing of it is kept");
}
