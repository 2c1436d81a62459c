//! The verifier: holds what clients were told against the tables and the disk, after everything has come to its end.

use crate::log::{Attempt, Log};
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use system_tests::{Suite, samples};
use tokio::time::{Instant, sleep};

/// Longer than the looks that bring contents and their jobs together are apart: when nothing has come to an end in it, nothing will.
const PATIENCE: Duration = Duration::from_secs(300);
/// Older than the oldest thing that a clean-up leaves alone.
const AGE: Duration = Duration::from_secs(3 * 24 * 3600);
/// So much is said of one kind of wrong.
const EXAMPLES: usize = 5;

/// A file with its content, as the tables have them.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    hash: String,
    status: String,
    outcome: Option<String>,
}

/// Everything there is to compare.
#[derive(Debug, Default)]
pub struct Evidence {
    attempts: BTreeMap<String, Attempt>,
    files: Vec<Row>,
    contents: BTreeSet<String>,
    /// Contents that were read to their end more than once, each with its jobs.
    read_twice: Vec<String>,
    /// What is left of jobs, by table.
    left: Vec<(String, i64)>,
    /// Rows of artifacts, as `<hash>/<name>`.
    artifacts: BTreeSet<String>,
    /// Artifacts on the disk.
    cached: BTreeSet<String>,
    /// Blobs on the disk, and the hash of their bytes.
    blobs: BTreeMap<String, String>,
    temporary: Vec<PathBuf>,
}

/// Waits until nothing is under way, however long the misfortunes have made the queue, as long as it becomes shorter.
pub async fn everything_is_final(suite: &Suite) -> Vec<String> {
    let (mut fewest, mut since) = (i64::MAX, Instant::now());
    loop {
        let sql = "select (select count(*) from contents where status in ('pending', 'processing'))
                        + (select count(*) from queue.hot) + (select count(*) from queue.waiting)
                        + (select count(*) from queue.parked)";
        let left = suite.count(sql).await;
        if left == 0 {
            return vec![];
        }
        if left < fewest {
            (fewest, since) = (left, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            return vec![format!("{left} contents and jobs are left, and none has come to an end in {PATIENCE:?}")];
        }
        sleep(Duration::from_millis(200)).await;
    }
}

impl Evidence {
    /// Makes everything on the disk old, lets it be cleaned up, and reads what there is.
    pub async fn gather(suite: &Suite, storage: &Path, log: &Log) -> Self {
        grow_old(storage);
        let sweep = suite.processor().request(Method::POST, "/api/storage/sweep?force=true");
        sweep.send().await.unwrap().error_for_status().unwrap();
        let mut evidence = Self { attempts: log.attempts(), ..Self::default() };
        evidence.read_tables(suite).await;
        evidence.read_disk(storage);
        evidence
    }

    async fn read_tables(&mut self, suite: &Suite) {
        let pool = suite.pool();
        self.files = sqlx::query_as(
            "select f.id::text as id, f.name, c.hash, c.status, c.outcome::text as outcome
             from files f join contents c on c.hash = f.content_hash",
        )
        .fetch_all(pool)
        .await
        .unwrap();
        let contents: Vec<String> = sqlx::query_scalar("select hash from contents").fetch_all(pool).await.unwrap();
        self.contents = contents.into_iter().collect();
        self.read_twice = sqlx::query_scalar(
            "select (payload ->> 'contentHash') || ' by the jobs '
                    || string_agg(format('%s (made %s, ended %s, attempt %s)', id, created_at, finished_at, attempt), ', ' order by id)
             from queue.finished where kind = 'ingest-file' and status = 'completed' and payload ->> 'fileId' is null
             group by payload ->> 'contentHash' having count(*) > 1",
        )
        .fetch_all(pool)
        .await
        .unwrap();
        self.left = sqlx::query_as(
            "select 'hot', count(*) from queue.hot union all select 'waiting', count(*) from queue.waiting
             union all select 'parked', count(*) from queue.parked union all select 'keys', count(*) from queue.keys",
        )
        .fetch_all(pool)
        .await
        .unwrap();
        let artifacts = sqlx::query_scalar("select content_hash || '/' || name from artifacts");
        self.artifacts = artifacts.fetch_all(pool).await.unwrap().into_iter().collect();
    }

    fn read_disk(&mut self, storage: &Path) {
        for blob in files(&storage.join("blobs")) {
            self.blobs.insert(name(&blob), samples::hash(&fs::read(&blob).unwrap()));
        }
        for artifact in ["cache", "derived"].iter().flat_map(|folder| files(&storage.join(folder))) {
            self.cached.insert(format!("{}/{}", name(artifact.parent().unwrap()), name(&artifact)));
        }
        self.temporary = files(&storage.join("tmp"));
    }

    /// Everything that is wrong.
    pub fn complaints(&self) -> Vec<String> {
        [self.lost(), self.doubled(), self.unsent(), self.unfinished(), self.orphans()].concat()
    }

    /// What went well, in a line.
    pub fn summary(&self) -> String {
        let acknowledged = self.attempts.values().filter(|attempt| attempt.acknowledged.is_some()).count();
        let faults: Vec<&Row> = self.files.iter().filter(|file| file.status == "failed").collect();
        let example = faults.first().map(|file| format!(", such as {}: {:?}", file.name, file.outcome));
        format!(
            "{} attempts, {acknowledged} acknowledged, {} files of {} contents, {} artifacts; {} failed by faults of the machine{}",
            self.attempts.len(),
            self.files.len(),
            self.contents.len(),
            self.artifacts.len(),
            faults.len(),
            example.unwrap_or_default(),
        )
    }

    fn lost(&self) -> Vec<String> {
        let files: BTreeMap<&str, &Row> = self.files.iter().map(|file| (&*file.id, file)).collect();
        let mut complaints = vec![];
        for (name, attempt) in &self.attempts {
            let Some(id) = &attempt.acknowledged else { continue };
            match files.get(&**id) {
                None => complaints.push(format!("{name} was acknowledged and is lost")),
                Some(file) if file.hash != attempt.sha256 || file.name != *name => {
                    complaints.push(format!("{name} was acknowledged and is {file:?}"));
                }
                Some(_) => {}
            }
        }
        let damaged = self.blobs.iter().filter(|(name, hash)| name != hash);
        complaints.extend(damaged.map(|(name, _)| format!("the blob {name} has other bytes")));
        let missing = self.contents.iter().filter(|hash| !self.blobs.contains_key(*hash));
        complaints.extend(missing.map(|hash| format!("the content {hash} has no blob")));
        let missing = self.artifacts.difference(&self.cached);
        complaints.extend(missing.map(|artifact| format!("the artifact {artifact} has a row and no bytes")));
        few(complaints)
    }

    fn doubled(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        let twice = self.files.iter().filter(|file| !names.insert(&file.name));
        let twice = twice.map(|file| format!("{} is there twice", file.name));
        few(twice.chain(self.read_twice.iter().map(|hash| format!("the content was read twice: {hash}"))).collect())
    }

    /// Files of nobody, and those whose upload was broken off.
    fn unsent(&self) -> Vec<String> {
        let mut complaints = vec![];
        for file in &self.files {
            match self.attempts.get(&file.name) {
                None => complaints.push(format!("nobody sent {}", file.name)),
                Some(attempt) if attempt.is_cut => complaints.push(format!("{} broke off and is there", file.name)),
                Some(attempt) if attempt.sha256 != file.hash => {
                    complaints.push(format!("{} has other bytes", file.name))
                }
                Some(_) => {}
            }
        }
        few(complaints)
    }

    fn unfinished(&self) -> Vec<String> {
        let is_final = |file: &&Row| !matches!(&*file.status, "completed" | "visual" | "failed");
        let files = self.files.iter().filter(is_final).map(|file| format!("{} is still {}", file.name, file.status));
        let left =
            self.left.iter().filter(|(_, rows)| *rows > 0).map(|(table, rows)| format!("{rows} are left in {table}"));
        few(files.chain(left).collect())
    }

    /// What a clean-up leaves behind though it is older than all that it leaves alone.
    fn orphans(&self) -> Vec<String> {
        let blobs = self.blobs.keys().filter(|hash| !self.contents.contains(*hash));
        let blobs = blobs.map(|hash| format!("the blob {hash} has no content"));
        let artifacts = self.cached.difference(&self.artifacts);
        let artifacts = artifacts.map(|artifact| format!("the artifact {artifact} has bytes and no row"));
        let temporary = self.temporary.iter().map(|path| format!("{} is left", path.display()));
        [few(blobs.collect()), few(artifacts.collect()), few(temporary.collect())].concat()
    }
}

/// The first, and how many there are.
fn few(mut complaints: Vec<String>) -> Vec<String> {
    let more = complaints.len().saturating_sub(EXAMPLES);
    complaints.truncate(EXAMPLES);
    if more > 0 {
        complaints.push(format!("and {more} more like these"));
    }
    complaints
}

fn grow_old(storage: &Path) {
    let old = SystemTime::now() - AGE;
    for folder in ["blobs", "cache", "derived", "tmp"] {
        for path in files(&storage.join(folder)) {
            File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        }
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.append(&mut files(&path)) } else { found.push(path) }
    }
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Row};
    use crate::log::Attempt;

    /// Puts something wrong into it.
    type Doctor = fn(&mut Evidence);

    fn sound() -> Evidence {
        let hash = "ab".repeat(32);
        let sent = Attempt { sha256: hash.clone(), acknowledged: Some("1".into()), is_cut: false };
        let row =
            Row { id: "1".into(), name: "a".into(), hash: hash.clone(), status: "completed".into(), outcome: None };
        Evidence {
            attempts: [("a".into(), sent)].into(),
            files: vec![row],
            contents: [hash.clone()].into(),
            blobs: [(hash.clone(), hash.clone())].into(),
            artifacts: [format!("{hash}/text")].into(),
            cached: [format!("{hash}/text")].into(),
            ..Evidence::default()
        }
    }

    /// It would be of no use if it found nothing wrong with anything.
    #[test]
    fn the_verifier_sees_each_kind_of_wrong() {
        assert_eq!(sound().complaints(), Vec::<String>::new());
        let doctored: &[(&str, Doctor)] = &[
            ("a was acknowledged and is lost", |e| e.files.clear()),
            ("a was acknowledged and is Row", |e| e.files[0].hash = "cd".repeat(32)),
            ("has other bytes", |e| e.blobs.values_mut().for_each(|hash| hash.clear())),
            ("has no blob", |e| e.blobs.clear()),
            ("has a row and no bytes", |e| e.cached.clear()),
            ("a is there twice", |e| e.files.push(e.files[0].clone())),
            ("was read twice", |e| e.read_twice.push("ab".into())),
            ("nobody sent a", |e| e.attempts.clear()),
            ("a broke off and is there", |e| e.attempts.values_mut().for_each(|attempt| attempt.is_cut = true)),
            ("a is still pending", |e| e.files[0].status = "pending".into()),
            ("1 are left in keys", |e| e.left.push(("keys".into(), 1))),
            ("has bytes and no row", |e| e.artifacts.clear()),
        ];
        for (sentence, doctor) in doctored {
            let mut evidence = sound();
            doctor(&mut evidence);
            let complaints = evidence.complaints();
            assert!(complaints.iter().any(|complaint| complaint.contains(sentence)), "{sentence}: {complaints:?}");
        }
    }
}
