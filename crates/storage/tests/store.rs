//! The store against a real folder.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use bytes::Bytes;
use futures_util::TryStreamExt;
use model::ContentHash;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use storage::{ArtifactRange, Error, HEAD_BYTES, Received, Store};
use tempfile::TempDir;

async fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    (dir, store)
}

async fn receive(store: &Store, bytes: &[u8]) -> Received {
    let mut receiver = store.receiver(1 << 30).await.unwrap();
    for chunk in bytes.chunks(1000) {
        receiver.push(Bytes::copy_from_slice(chunk)).await.unwrap();
    }
    receiver.finish().await.unwrap()
}

async fn keep(store: &Store, bytes: &[u8]) -> ContentHash {
    let received = receive(store, bytes).await;
    let hash = received.hash.clone();
    received.keep().await.unwrap();
    hash
}

async fn read(store: &Store, hash: &ContentHash) -> Vec<u8> {
    let blob = store.open_blob(hash).await.unwrap();
    let whole = 0..blob.size_bytes();
    blob.read(whole).await.unwrap().into()
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

async fn blobs(store: &Store) -> usize {
    let mut blobs = 0;
    for shard in 0..=u8::MAX {
        blobs += store.list_blobs(shard).await.unwrap().len();
    }
    blobs
}

#[tokio::test]
async fn a_kept_stream_is_found_by_the_hash_of_its_bytes() {
    let (dir, store) = store().await;
    let hash = keep(&store, b"hello").await;
    assert_eq!(hash.as_str(), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assert_eq!(read(&store, &hash).await, b"hello");
    assert_eq!(store.open_blob(&hash).await.unwrap().size_bytes(), 5);
    assert!(dir.path().join("blobs/2c").join(hash.as_str()).is_file());
    assert_eq!(files_in(&dir.path().join("tmp")), 0);
}

#[tokio::test]
async fn a_stream_of_many_batches_arrives_whole() {
    let (_dir, store) = store().await;
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    let received = receive(&store, &bytes).await;
    assert_eq!(received.size_bytes, 3_000_000);
    assert_eq!(received.head, bytes[..HEAD_BYTES]);
    let hash = received.hash.clone();
    received.keep().await.unwrap();
    assert_eq!(read(&store, &hash).await, bytes);
}

#[tokio::test]
async fn an_empty_stream_is_a_content_like_any_other() {
    let (_dir, store) = store().await;
    let hash = keep(&store, b"").await;
    assert_eq!(hash.as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(store.open_blob(&hash).await.unwrap().size_bytes(), 0);
}

#[tokio::test]
async fn a_blob_is_read_whole_in_part_as_a_stream_and_as_a_file() {
    let (_dir, store) = store().await;
    let bytes: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
    let hash = keep(&store, &bytes).await;
    let blob = async || store.open_blob(&hash).await.unwrap();
    assert_eq!(blob().await.read(3..7).await.unwrap(), bytes[3..7]);
    assert!(matches!(blob().await.read(299_999..300_001).await, Err(Error::Io(_))));
    let pieces: Vec<Bytes> = blob().await.stream(5..299_000).await.unwrap().try_collect().await.unwrap();
    assert!(pieces.len() > 1);
    assert_eq!(pieces.concat(), bytes[5..299_000]);
    assert_eq!(blob().await.into_file().await.unwrap().metadata().unwrap().len(), 300_000);
}

#[tokio::test]
async fn the_same_bytes_are_stored_once() {
    let (dir, store) = store().await;
    assert!(receive(&store, b"twice").await.keep().await.unwrap());
    assert!(!receive(&store, b"twice").await.keep().await.unwrap());
    assert_eq!(blobs(&store).await, 1);
    assert_eq!(files_in(&dir.path().join("tmp")), 0);
}

#[tokio::test]
async fn the_same_bytes_at_the_same_time_are_stored_once() {
    let (_dir, store) = store().await;
    let (one, two) = (receive(&store, b"race").await, receive(&store, b"race").await);
    let (one, two) = tokio::join!(one.keep(), two.keep());
    assert!(one.unwrap() ^ two.unwrap());
}

#[tokio::test]
async fn a_damaged_blob_is_replaced_when_its_bytes_come_again() {
    let (dir, store) = store().await;
    let hash = keep(&store, b"precious").await;
    std::fs::write(dir.path().join("blobs").join(hash.shard()).join(hash.as_str()), b"prec").unwrap();
    assert!(receive(&store, b"precious").await.keep().await.unwrap());
    assert_eq!(read(&store, &hash).await, b"precious");
}

#[tokio::test]
async fn too_large_leaves_nothing() {
    let (dir, store) = store().await;
    let mut receiver = store.receiver(1_000_000).await.unwrap();
    let refused = loop {
        if let Err(error) = receiver.push(Bytes::from_static(&[7; 4096])).await {
            break error;
        }
    };
    assert!(matches!(refused, Error::TooLarge { limit_bytes: 1_000_000 }));
    drop(receiver);
    emptied(&dir.path().join("tmp")).await;
    assert_eq!(blobs(&store).await, 0);
}

#[tokio::test]
async fn exactly_the_limit_is_not_too_large() {
    let (_dir, store) = store().await;
    let mut receiver = store.receiver(4).await.unwrap();
    receiver.push(Bytes::from_static(b"1234")).await.unwrap();
    assert_eq!(receiver.finish().await.unwrap().size_bytes, 4);
}

#[tokio::test]
async fn a_broken_connection_leaves_nothing() {
    let (dir, store) = store().await;
    let mut receiver = store.receiver(100).await.unwrap();
    receiver.push(Bytes::from_static(b"half")).await.unwrap();
    drop(receiver);
    emptied(&dir.path().join("tmp")).await;
}

#[tokio::test]
async fn what_is_received_and_not_kept_leaves_nothing() {
    let (dir, store) = store().await;
    drop(receive(&store, b"never mind").await);
    assert_eq!(files_in(&dir.path().join("tmp")), 0);
}

#[tokio::test]
async fn what_a_crash_leaves_is_swept_once_it_is_old() {
    let (dir, store) = store().await;
    std::mem::forget(receive(&store, b"the power went").await);
    assert_eq!(store.sweep_temp(Duration::from_secs(3600)).await.unwrap(), 0, "somebody may still be writing it");
    assert_eq!(files_in(&dir.path().join("tmp")), 1);
    assert_eq!(store.sweep_temp(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(files_in(&dir.path().join("tmp")), 0);
}

#[tokio::test]
async fn opening_again_finds_what_was_kept() {
    let (dir, store) = store().await;
    let hash = keep(&store, b"still here").await;
    let reopened = Store::open(dir.path()).await.unwrap();
    assert_eq!(read(&reopened, &hash).await, b"still here");
}

#[tokio::test]
async fn an_unknown_hash_is_not_found() {
    let (_dir, store) = store().await;
    let hash = ContentHash::from_digest([0; 32]);
    assert!(matches!(store.open_blob(&hash).await, Err(Error::NotFound)));
    assert!(matches!(store.open_artifact(&hash, "thumbnail").await, Err(Error::NotFound)));
}

#[tokio::test]
async fn artifacts_are_ranges_of_the_output() {
    let (dir, store) = store().await;
    let hash = keep(&store, b"original").await;
    let output = output(&store, b"THUMBchatTEXT").await;
    let ranges = vec![range("thumbnail", 0, 5), range("ai-chat", 5, 4), range("extracted-text.txt", 9, 4)];
    store.keep_artifacts(&hash, output, ranges).await.unwrap();
    assert_eq!(artifact(&store, &hash, "thumbnail").await, "THUMB");
    assert_eq!(artifact(&store, &hash, "ai-chat").await, "chat");
    assert_eq!(artifact(&store, &hash, "extracted-text.txt").await, "TEXT");
    assert_eq!(files_in(&dir.path().join("tmp")), 0);
}

#[tokio::test]
async fn an_artifact_made_again_replaces_the_earlier_one() {
    let (_dir, store) = store().await;
    let hash = keep(&store, b"original").await;
    store.keep_artifacts(&hash, output(&store, b"old").await, vec![range("preview", 0, 3)]).await.unwrap();
    store.keep_artifacts(&hash, output(&store, b"newer").await, vec![range("preview", 0, 5)]).await.unwrap();
    assert_eq!(artifact(&store, &hash, "preview").await, "newer");
}

/// The child's word for a length is not believed: nothing of the whole set is put in place.
#[tokio::test]
async fn a_range_past_the_end_of_the_output_keeps_nothing() {
    let (dir, store) = store().await;
    let hash = keep(&store, b"original").await;
    let lying = vec![range("thumbnail", 0, 3), range("preview", 3, 100)];
    assert!(matches!(store.keep_artifacts(&hash, output(&store, b"short").await, lying).await, Err(Error::Io(_))));
    assert!(matches!(store.open_artifact(&hash, "thumbnail").await, Err(Error::NotFound)));
    let wrapping = range("preview", u64::MAX, 2);
    assert!(store.keep_artifacts(&hash, output(&store, b"short").await, vec![wrapping]).await.is_err());
    assert_eq!(files_in(&dir.path().join("tmp")), 0);
}

#[tokio::test]
async fn an_artifacts_name_cannot_leave_its_folder() {
    let (_dir, store) = store().await;
    let hash = keep(&store, b"original").await;
    for name in ["", ".", "..", ".hidden", "a/b", "../x", "a\0b", "UPPER", &"x".repeat(65)] {
        let kept = store.keep_artifacts(&hash, output(&store, b"x").await, vec![range(name, 0, 1)]).await;
        assert!(matches!(kept, Err(Error::BadName(_))), "{name:?}");
        assert!(matches!(store.open_artifact(&hash, name).await, Err(Error::BadName(_))), "{name:?}");
        assert!(matches!(store.remove_artifact(&hash, name).await, Err(Error::BadName(_))), "{name:?}");
    }
}

#[tokio::test]
async fn a_removed_artifact_is_gone_and_its_original_is_not() {
    let (_dir, store) = store().await;
    let hash = keep(&store, b"original").await;
    store.keep_artifacts(&hash, output(&store, b"tiny").await, vec![range("thumbnail", 0, 4)]).await.unwrap();
    assert_eq!(store.remove_artifact(&hash, "thumbnail").await.unwrap(), 4);
    assert_eq!(store.remove_artifact(&hash, "thumbnail").await.unwrap(), 0);
    assert!(matches!(store.open_artifact(&hash, "thumbnail").await, Err(Error::NotFound)));
    assert_eq!(read(&store, &hash).await, b"original");
}

#[tokio::test]
async fn a_walk_finds_every_blob_and_every_artifact() {
    let (_dir, store) = store().await;
    let mut expected = vec![];
    for n in 0..20u8 {
        expected.push(keep(&store, &[n]).await);
    }
    store.keep_artifacts(&expected[3], output(&store, b"tiny").await, vec![range("thumbnail", 0, 4)]).await.unwrap();
    let (mut blobs, mut artifacts) = (vec![], vec![]);
    for shard in 0..=255 {
        blobs.extend(store.list_blobs(shard).await.unwrap());
        artifacts.extend(store.list_artifacts(shard).await.unwrap());
    }
    let mut found: Vec<_> = blobs.iter().map(|blob| blob.hash.clone()).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    assert!(blobs.iter().all(|blob| blob.size_bytes == 1));
    assert_eq!(artifacts.len(), 1);
    assert_eq!((artifacts[0].name.as_str(), artifacts[0].size_bytes), ("thumbnail", 4));
}

#[tokio::test]
async fn a_new_avatar_replaces_the_old_one() {
    let (_dir, store) = store().await;
    store.keep_avatar("user-1", "a.png", b"old".to_vec()).await.unwrap();
    store.keep_avatar("user-1", "b.jpg", b"new".to_vec()).await.unwrap();
    assert_eq!(store.open_avatar("user-1", "b.jpg").await.unwrap().size_bytes(), 3);
    assert!(matches!(store.open_avatar("user-1", "a.png").await, Err(Error::NotFound)));
    assert!(store.remove_avatar("user-1").await.unwrap());
    assert!(!store.remove_avatar("user-1").await.unwrap());
}

#[tokio::test]
async fn an_avatars_user_cannot_leave_the_folder() {
    let (_dir, store) = store().await;
    for user in ["", "..", "a/b", "../blobs", "."] {
        assert!(matches!(store.keep_avatar(user, "a.png", vec![]).await, Err(Error::BadName(_))), "{user:?}");
        assert!(matches!(store.remove_avatar(user).await, Err(Error::BadName(_))), "{user:?}");
    }
    assert!(matches!(store.open_avatar("user", "../a.png").await, Err(Error::BadName(_))));
}

#[tokio::test]
async fn a_volume_below_the_watermark_takes_nothing_more() {
    let (_dir, store) = store().await;
    let space = store.space().await.unwrap();
    assert!(space.free_bytes <= space.total_bytes && space.total_bytes > 0);
    assert!(store.require_space(0, 0).await.is_ok());
    assert!(matches!(store.require_space(1, space.total_bytes).await, Err(Error::NoSpace)));
    assert!(matches!(store.require_space(u64::MAX, 1).await, Err(Error::NoSpace)));
}

/// L12: a shard's folder was made by its first upload, and another upload that found it there did not wait until it was durable.
#[tokio::test]
async fn l12_all_folders_of_shards_are_there_before_the_first_upload() {
    let (dir, store) = store().await;
    let folders = || ["blobs", "cache", "derived"].map(|folder| files_in(&dir.path().join(folder)));
    assert_eq!(folders(), [256; 3]);
    let hash = keep(&store, b"original").await;
    store.keep_artifacts(&hash, output(&store, b"tiny").await, vec![range("thumbnail", 0, 4)]).await.unwrap();
    assert_eq!(folders(), [256; 3]);
}

/// Somebody removes empty folders of a store that is at work.
#[tokio::test]
async fn a_shards_folder_that_was_removed_is_made_again() {
    let (dir, store) = store().await;
    let received = receive(&store, b"original").await;
    let hash = received.hash.clone();
    std::fs::remove_dir(dir.path().join("blobs").join(hash.shard())).unwrap();
    std::fs::remove_dir_all(dir.path().join("cache")).unwrap();
    assert!(received.keep().await.unwrap());
    store.keep_artifacts(&hash, output(&store, b"tiny").await, vec![range("thumbnail", 0, 4)]).await.unwrap();
    assert_eq!(
        (read(&store, &hash).await, artifact(&store, &hash, "thumbnail").await),
        (b"original".into(), "tiny".into())
    );
}

/// M18: a volume that was not mounted was told as a file that is not there, for which its job has failed and its row was removed.
#[tokio::test]
async fn m18_a_store_that_is_away_is_not_a_file_that_is_missing() {
    let (dir, store) = store().await;
    let (hash, other) = (keep(&store, b"original").await, ContentHash::from_digest([0; 32]));
    store.probe().await.unwrap();
    let identity = store.identity().await.unwrap();
    identity.propose(uuid::Uuid::from_u128(7)).await.unwrap();
    identity.adopt().await.unwrap();
    let (root, elsewhere) = (dir.path().to_owned(), dir.path().with_extension("elsewhere"));
    std::fs::rename(&root, &elsewhere).unwrap();
    // A mount point without its volume, on which a start has once made the folders.
    for is_mount_point in [false, true] {
        if is_mount_point {
            Store::open(&root).await.unwrap();
        }
        assert!(matches!(store.open_blob(&hash).await, Err(Error::Away)));
        assert!(matches!(store.open_artifact(&hash, "thumbnail").await, Err(Error::Away)));
        assert!(matches!(store.space().await, Err(Error::Away)));
        assert!(matches!(store.probe().await, Err(Error::Away)));
    }
    std::fs::remove_dir_all(&root).unwrap();
    std::fs::rename(&elsewhere, &root).unwrap();
    store.probe().await.unwrap();
    assert_eq!(read(&store, &hash).await, b"original");
    assert!(matches!(store.open_blob(&other).await, Err(Error::NotFound)));
}

async fn output(store: &Store, bytes: &[u8]) -> Arc<std::fs::File> {
    let mut file = store.temp_output().await.unwrap();
    file.write_all(bytes).unwrap();
    Arc::new(file)
}

fn range(name: &str, offset: u64, size_bytes: u64) -> ArtifactRange {
    ArtifactRange { name: name.into(), offset, size_bytes }
}

async fn artifact(store: &Store, hash: &ContentHash, name: &str) -> String {
    store.open_artifact(hash, name).await.unwrap().read_to_string().unwrap()
}

/// A batch that was on its way to the disk when its upload was refused removes its file when it lands.
async fn emptied(folder: &Path) {
    while files_in(folder) > 0 {
        tokio::task::yield_now().await;
    }
}
