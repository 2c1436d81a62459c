//! Backups: made while files arrive, checked, and brought back after everything is lost.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use system_tests::{Api, Name, PATIENCE, Suite, eventually};

const ALL: [Name; 4] = [Name::Processor, Name::Realtime, Name::Web, Name::Worker];

fn text(n: usize) -> String {
    format!("This is text number {n} of those that are backed up.\n").repeat(30)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.append(&mut files(&path)) } else { found.push(path) }
    }
    found
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Every blob has the bytes that it is named by; says how many there are.
fn check_hashes(blobs: &Path) -> usize {
    let blobs = files(blobs);
    for blob in &blobs {
        let sum = Command::new("sha256sum").arg(blob).output().unwrap();
        let name = blob.file_name().unwrap().to_str().unwrap();
        assert!(String::from_utf8(sum.stdout).unwrap().starts_with(name), "{name} has other bytes");
    }
    blobs.len()
}

/// Uploads until it is told to stop; each file's id with its number.
async fn upload_until(api: Api, begin: usize, stop: Arc<AtomicBool>) -> Vec<(usize, String)> {
    let mut uploaded = vec![];
    let mut n = begin;
    while !stop.load(Ordering::Relaxed) {
        let answer = api.upload(&format!("{n}.txt"), text(n).as_bytes()).await;
        uploaded.push((n, answer["file"]["id"].as_str().unwrap().to_owned()));
        n += 1;
    }
    uploaded
}

async fn copied(suite: &Suite) -> i64 {
    suite.count("select coalesce(copied_files, -1) from backups order by started_at desc limit 1").await
}

#[tokio::test]
async fn a_backup_made_under_load_brings_everything_back_after_all_is_lost() {
    let mut suite = Suite::start().await;
    let api = suite.api().await;
    let mut before: Vec<(usize, Value)> = vec![];
    for n in 0..20 {
        before.push((n, api.upload(&format!("{n}.txt"), text(n).as_bytes()).await));
    }
    for (_, answer) in &before {
        api.file_settles(answer["file"]["id"].as_str().unwrap()).await;
    }
    // As an older server, which has counted more transactions than the one it is restored on.
    sqlx::query("update events set tx = '9000000000000' where id = (select min(id) from events)")
        .execute(suite.pool())
        .await
        .unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let uploads = [1_000, 2_000, 3_000].map(|begin| tokio::spawn(upload_until(api.clone(), begin, stop.clone())));
    eventually("files arrive", async || (suite.count("select count(*) from files").await > 30).then_some(())).await;
    let (done, said) = suite.backup_script("backup.sh", &[], 7).await;
    stop.store(true, Ordering::Relaxed);
    assert!(done, "{said}");
    for upload in uploads {
        tokio::time::timeout(PATIENCE, upload).await.unwrap().unwrap();
    }
    let (right, said) = suite.backup_script("verify.sh", &[], 7).await;
    assert!(right, "{said}");
    let (restored, said) = suite.backup_script("restore.sh", &[], 7).await;
    assert!(!restored && said.contains("still running: processor"), "{said}");

    for name in ALL {
        suite.stop(name).await;
    }
    let (restored, said) = suite.backup_script("restore.sh", &[], 7).await;
    assert!(!restored && said.contains("into an empty suite alone"), "{said}");
    suite.wipe().await;
    let (restored, said) = suite.backup_script("restore.sh", &[], 7).await;
    assert!(restored, "{said}");
    let future = "select count(*) from events where tx >= pg_snapshot_xmax(pg_current_snapshot())";
    assert_eq!(suite.count(future).await, 0, "nobody who listens would hear of anything again");
    suite.migrate().await;
    for name in ALL {
        suite.start_service(name).await;
    }

    // The session is the one from before.
    for (n, answer) in &before {
        let id = answer["file"]["id"].as_str().unwrap();
        let file = api.file_settles(id).await;
        assert_eq!(file["status"], "completed", "{file}");
        assert_eq!(api.bytes(&format!("/files/{id}/original")).await, text(*n).as_bytes());
        let found = api.bytes(&format!("/files/{id}/text?format=plain")).await;
        assert!(String::from_utf8_lossy(&found).contains(&format!("text number {n} of")));
        for job in answer["jobIds"].as_array().unwrap() {
            let (_, job) = suite.processor().get(&format!("/api/job/{}", job.as_str().unwrap())).await;
            assert_eq!(job["status"], "completed", "{job}");
        }
    }
    // What was on its way when the dump was made goes on.
    eventually("the rest is read", async || {
        (suite.count("select count(*) from contents where status <> 'completed'").await == 0).then_some(())
    })
    .await;
    let contents = suite.count("select count(*) from contents").await;
    assert!(contents >= 30, "the load was not in it: {contents}");
    assert_eq!(check_hashes(&suite.storage().join("blobs")) as i64, contents);
    assert_eq!(suite.count("select count(*) from backups where error is null and finished_at is not null").await, 1);
    let new = api.upload("new.txt", b"It goes on.").await;
    api.file_settles(new["file"]["id"].as_str().unwrap()).await;
}

#[tokio::test]
async fn only_what_is_new_is_copied_and_one_flipped_byte_is_named() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    let upload = async |n: usize| {
        let answer = processor.upload(&format!("{n}.txt"), text(n).as_bytes()).await;
        processor.job_ends(answer["jobIds"][0].as_str().unwrap()).await;
        answer["contentHash"].as_str().unwrap().to_owned()
    };
    for n in 0..30 {
        upload(n).await;
    }
    let texts = suite.count("select count(*) from artifacts where mime not like 'image/%'").await;
    let (done, said) = suite.backup_script("backup.sh", &[], 2).await;
    assert!(done, "{said}");
    assert_eq!(copied(&suite).await, 30 + texts + 1, "the files, their texts and the dump");
    upload(30).await;
    let (done, said) = suite.backup_script("backup.sh", &[], 2).await;
    assert!(done, "{said}");
    assert_eq!(copied(&suite).await, 1 + texts / 30 + 1, "one file, its texts and the dump");
    let (right, said) = suite.backup_script("verify.sh", &[], 2).await;
    assert!(right, "{said}");

    let blobs = suite.backups().join("blobs");
    let derived = suite.backups().join("derived");
    for damaged in [files(&blobs).remove(0), files(&derived).remove(0)] {
        flip(&damaged);
        let (right, said) = suite.backup_script("verify.sh", &[], 2).await;
        assert!(!right && said.contains(damaged.file_name().unwrap().to_str().unwrap()), "{said}");
        assert_eq!(said.matches(" is damaged: ").count(), 1, "{said}");
        flip(&damaged);
    }
    let dump = files(&suite.backups()).into_iter().find(|path| path.ends_with("database.dump")).unwrap();
    flip(&dump);
    let (right, said) = suite.backup_script("verify.sh", &[], 2).await;
    assert!(!right && said.contains("/database.dump"), "{said}");
    flip(&dump);

    // The store damages a file before it was ever backed up: that is said at once, and all else is kept.
    let hash = upload(31).await;
    flip(&suite.storage().join("blobs").join(&hash[..2]).join(&hash));
    let (done, said) = suite.backup_script("backup.sh", &[], 2).await;
    assert!(!done && said.contains(&format!("{hash} is damaged in the store")), "{said}");
    let failed = "select count(*) from backups where error like 'not whole: %'";
    assert_eq!(suite.count(failed).await, 1);
    flip(&suite.storage().join("blobs").join(&hash[..2]).join(&hash));
    let (done, said) = suite.backup_script("backup.sh", &[], 1).await;
    assert!(done, "{said}");
    let labels =
        fs::read_dir(suite.backups()).unwrap().filter(|entry| entry.as_ref().unwrap().path().join("manifest").exists());
    assert_eq!(labels.count(), 1, "one is kept");
    let (right, said) = suite.backup_script("verify.sh", &[], 1).await;
    assert!(right, "{said}");
    assert_eq!(check_hashes(&blobs), 32);
}
