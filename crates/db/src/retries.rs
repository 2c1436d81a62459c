//! Running jobs again. Where the job decides where its content stands (`resets_content` of its kind), the content goes back to
//! pending in the same transaction, and everybody who looks at one of its files is told. Every retry goes through here.

use crate::contents;
use model::{ContentHash, ContentStatus, JobKind, KINDS};
use queue::{Changed, DeadLetters, Enqueued, Error, Filter, JobId, JobRecord, Limit, NewJob, Status};
use sqlx::PgConnection;

/// Jobs that are looked at by one statement.
const BATCH: i64 = 1_000;

/// The limit of contents that were refused and are read again all the same, one job at somebody's wish.
const AGAIN_SHARE: i32 = 4;

/// What became of a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retried {
    /// Whether there is anything to run.
    pub changed: Changed,
    /// The job that runs: the same, or a new one in the place of one that was completed.
    pub id: JobId,
}

/// Runs a failed or cancelled job again, with all its attempts; one that waits for its next attempt runs now. A job that was completed by
/// finding that its content cannot be read is done anew, by a job of its own. After the commit wake the queue and tell of the events.
pub async fn retry_job(conn: &mut PgConnection, id: JobId) -> Result<Retried, Error> {
    let changed = queue::retry(conn, id).await?;
    match changed {
        Changed::Yes | Changed::Requested => {
            if let Some(job) = queue::find(conn, id).await? {
                put_back(conn, &job.kind, job.subject.as_deref()).await?;
            }
        }
        Changed::NotPossible(Status::Completed) => {
            if let Some(job) = queue::find(conn, id).await?
                && is_of_failed(conn, &job).await?
            {
                return again(conn, &job).await;
            }
        }
        Changed::NotFound | Changed::NotPossible(_) | Changed::KeyTaken(_) => {}
    }
    Ok(Retried { changed, id })
}

/// Whether the job decides where its content stands, and nothing could be made of that.
async fn is_of_failed(conn: &mut PgConnection, job: &JobRecord) -> Result<bool, Error> {
    let resets_content = JobKind::named(&job.kind).is_some_and(|kind| kind.row().resets_content);
    let hash = job.subject.as_deref().and_then(|hash| hash.parse().ok());
    let Some(hash) = hash.filter(|_| resets_content) else { return Ok(false) };
    let content = contents::find(conn, &hash).await?;
    Ok(content.is_some_and(|content| content.status == ContentStatus::Failed))
}

async fn again(conn: &mut PgConnection, done: &JobRecord) -> Result<Retried, Error> {
    let mut job = NewJob::new(done.kind.clone(), done.payload.clone())
        .priority(done.priority)
        .max_attempts(done.max_attempts)
        .limit(Limit::fair_share("again", AGAIN_SHARE));
    (job.unique_key, job.subject) = (done.unique_key.clone(), done.subject.clone());
    let enqueued = enqueue_again(conn, &job).await?;
    let changed = if enqueued.duplicate { Changed::KeyTaken(enqueued.id) } else { Changed::Yes };
    Ok(Retried { changed, id: enqueued.id })
}

/// Puts a job in that was run before, say to read a content anew. After the commit wake the queue and tell of the events.
pub async fn enqueue_again(conn: &mut PgConnection, job: &NewJob) -> Result<Enqueued, Error> {
    let enqueued = queue::enqueue(conn, job).await?;
    if !enqueued.duplicate {
        put_back(conn, &job.kind, job.subject.as_deref()).await?;
    }
    Ok(enqueued)
}

/// Runs all these failed jobs again; those whose work another job does already stay where they are. Says how many run. After the
/// commit wake the queue and tell of the events.
pub async fn retry_failed(conn: &mut PgConnection, which: &DeadLetters) -> Result<u64, Error> {
    for row in KINDS.iter().filter(|row| row.resets_content) {
        if which.kind.as_deref().is_none_or(|kind| kind == row.name) {
            put_failed_back(conn, row.kind, which).await?;
        }
    }
    let mut retried = 0;
    loop {
        match queue::replay(conn, which).await? {
            0 => return Ok(retried),
            batch => retried += batch,
        }
    }
}

async fn put_back(conn: &mut PgConnection, kind: &str, subject: Option<&str>) -> Result<(), Error> {
    let resets_content = JobKind::named(kind).is_some_and(|kind| kind.row().resets_content);
    if resets_content && let Some(hash) = subject.and_then(|hash| hash.parse().ok()) {
        contents::requeue(conn, &hash).await?;
    }
    Ok(())
}

/// Puts the contents back that these jobs of a kind are about.
async fn put_failed_back(conn: &mut PgConnection, kind: JobKind, which: &DeadLetters) -> Result<(), Error> {
    let filter = Filter {
        kind: Some(kind.name().into()),
        status: Some(Status::Failed),
        error: which.error.clone(),
        ..Filter::default()
    };
    let is_meant = |job: &&JobRecord| {
        let code = which.code.as_ref().is_none_or(|code| job.code.as_ref() == Some(code));
        code && which.since.is_none_or(|since| job.finished_at.is_some_and(|at| at >= since))
    };
    let mut before = None;
    loop {
        let jobs = queue::list(conn, &filter, before, BATCH).await?;
        let Some(last) = jobs.last() else { return Ok(()) };
        before = Some(last.id);
        let subjects = jobs.iter().filter(is_meant).filter_map(|job| job.subject.as_deref());
        let hashes: Vec<ContentHash> = subjects.filter_map(|hash| hash.parse().ok()).collect();
        contents::requeue_failed(conn, &hashes).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{self, NewFile};
    use serde_json::json;
    use sqlx::PgPool;

    /// A content with a file, whose reading was cancelled or has failed.
    async fn failed_content(conn: &mut PgConnection, kind: JobKind) -> (ContentHash, NewJob) {
        let hash = ContentHash::from_digest([kind as u8; 32]);
        contents::upsert_pending(conn, &hash, 10, "image/png", None).await.unwrap();
        contents::set_status(conn, &hash, ContentStatus::Failed).await.unwrap();
        let file = NewFile { content_hash: &hash, name: "a.png", drive: None, owner: None, page_id: None };
        files::insert(conn, &file).await.unwrap();
        let job = NewJob::new(kind.name(), json!({})).subject(hash.as_str());
        (hash, job)
    }

    /// The contents whose files are said to wait again.
    async fn told(conn: &mut PgConnection) -> Vec<String> {
        sqlx::query_scalar(
            "select data ->> 'contentHash' from events where kind = 'file.status' and data ->> 'status' = 'pending' order by id",
        )
        .fetch_all(conn)
        .await
        .unwrap()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_retry_puts_back_the_contents_of_those_kinds_that_decide_where_they_stand(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for row in KINDS {
            let (hash, job) = failed_content(&mut conn, row.kind).await;
            let id = queue::enqueue(&mut conn, &job).await.unwrap().id;
            assert_eq!(queue::cancel(&mut conn, id).await.unwrap(), Changed::Yes);
            assert_eq!(retry_job(&mut conn, id).await.unwrap(), Retried { changed: Changed::Yes, id });
            let status = contents::find(&mut conn, &hash).await.unwrap().unwrap().status;
            let expected = if row.resets_content { ContentStatus::Pending } else { ContentStatus::Failed };
            assert_eq!(status, expected, "{}", row.name);
        }
        let expected: Vec<String> = KINDS
            .iter()
            .filter(|row| row.resets_content)
            .map(|row| ContentHash::from_digest([row.kind as u8; 32]).to_string())
            .collect();
        assert_eq!(told(&mut conn).await, expected);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_job_that_is_put_in_again_tells_of_it_once(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let (hash, job) = failed_content(&mut conn, JobKind::IngestFile).await;
        let job = job.unique("the only one");
        assert!(!enqueue_again(&mut conn, &job).await.unwrap().duplicate);
        assert!(enqueue_again(&mut conn, &job).await.unwrap().duplicate);
        assert_eq!(told(&mut conn).await, [hash.to_string()]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn nothing_is_put_back_for_a_job_that_cannot_run_again(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        assert_eq!(retry_job(&mut conn, JobId(9)).await.unwrap().changed, Changed::NotFound);
        assert_eq!(retry_failed(&mut conn, &DeadLetters::default()).await.unwrap(), 0);
        assert!(told(&mut conn).await.is_empty());
    }
}
