//! The statements that claim: each takes jobs from one segment, by an index that claiming does not change.

use super::plan::{ClaimPlan, ClaimRequest, Locking};
use crate::job::JobFields;
use crate::sql::{self, SEGMENTS};
use crate::{Error, Job, JobId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A claimed job and its position in the line of its kind and priority.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub job: Job,
    pub priority: i16,
    pub position: i64,
}

/// Claims by `ctid`, which is twice as fast as a join with the chosen rows. Three branches, so that each priority begins
/// behind its own position; the limit around them keeps the later ones from being read when the earlier ones are enough. The
/// worker's own row is share-locked: a worker that has been reaped claims nothing, and none is reaped in the middle of a claim.
const CLAIM_TEMPLATE: &str = "
    with me as materialized (select from queue.workers where id = $1 {alone} for key share)
    update {hot} set worker = $1, attempt = attempt + 1, started_at = clock_timestamp()
    where ctid = any (array(
        select next.ctid
        from me, (
            select * from unnest($2::text[], $3::integer[], $4::smallint[], $5::smallint[], $6::bigint[], $7::bigint[], $8::bigint[])
                          as request (kind, jobs, high, low, after_0, after_1, after_2)
            where not exists (select from queue.paused where paused.kind = request.kind)
            offset 0
        ) request, lateral (
            select ctid from (
                select ctid from (
                    select ctid from {hot} h where 0 between request.high and request.low and h.kind = request.kind and h.priority = 0
                    and h.place > request.after_0 and h.worker = 0 order by h.place limit request.jobs {lock}
                ) high
                union all
                select ctid from (
                    select ctid from {hot} h where 1 between request.high and request.low and h.kind = request.kind and h.priority = 1
                    and h.place > request.after_1 and h.worker = 0 order by h.place limit request.jobs {lock}
                ) normal
                union all
                select ctid from (
                    select ctid from {hot} h where 2 between request.high and request.low and h.kind = request.kind and h.priority = 2
                    and h.place > request.after_2 and h.worker = 0 order by h.place limit request.jobs {lock}
                ) low
            ) priorities limit request.jobs
        ) next
    )) {unless_taken}
    returning id, place, created_at, queued_at, kind, payload, priority, attempt, max_attempts, timeout_ms, unique_key, subject,
              gate, trace, ctid";

static SKIP_LOCKED: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    let template = CLAIM_TEMPLATE.replace("{alone}", "").replace("{lock}", "for update skip locked");
    sql::per_segment(&template.replace("{unless_taken}", ""))
});

/// The lock is one of the segment's, named by its negated number among relations: workers have the positive ones.
static OPTIMISTIC: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    let alone = "and pg_try_advisory_xact_lock(x'71756575'::integer, -('{hot}'::regclass::oid::integer))
                 and set_config('lock_timeout', '100ms', true) is not null";
    let template = CLAIM_TEMPLATE.replace("{alone}", alone).replace("{lock}", "");
    sql::per_segment(&template.replace("{unless_taken}", "and worker = 0"))
});

/// Claims the first jobs of a priority if they have waited long enough. The rows are chosen before their age is compared, so that
/// a line of young jobs is not read to its end.
const AGED_TEMPLATE: &str = "
    with me as materialized (select from queue.workers where id = $1 for key share)
    update {hot} set worker = $1, attempt = attempt + 1, started_at = clock_timestamp()
    where ctid = any (array(
        select head.ctid from me, lateral (
            select ctid, queued_at from {hot} h
            where h.kind = $2 and h.priority = $3 and h.place > $4 and h.worker = 0
            order by h.place limit $5 for update skip locked
        ) head
        where head.queued_at <= clock_timestamp() - make_interval(secs => $6)
          and not exists (select from queue.paused where paused.kind = $2)
    ))
    returning id, place, created_at, queued_at, kind, payload, priority, attempt, max_attempts, timeout_ms, unique_key, subject,
              gate, trace, ctid";

static AGED: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| sql::per_segment(AGED_TEMPLATE));

/// Claims what the plan asks for, for `worker`, in the order of priority and position.
pub(crate) async fn claim(conn: &mut PgConnection, worker: i32, plan: &ClaimPlan) -> Result<Vec<Claimed>, Error> {
    let ClaimPlan { segment, locking, requests, .. } = plan;
    let after = |priority: usize| requests.iter().map(|request| request.after[priority]).collect::<Vec<_>>();
    let statements = match locking {
        Locking::SkipLocked => &SKIP_LOCKED,
        Locking::Optimistic => &OPTIMISTIC,
    };
    let rows = sqlx::query(sql::of_segment(statements, *segment))
        .bind(worker)
        .bind(requests.iter().map(|request| &*request.kind).collect::<Vec<_>>())
        .bind(requests.iter().map(|request| request.limit).collect::<Vec<_>>())
        .bind(requests.iter().map(|request| *request.priorities.start()).collect::<Vec<_>>())
        .bind(requests.iter().map(|request| *request.priorities.end()).collect::<Vec<_>>())
        .bind(after(0))
        .bind(after(1))
        .bind(after(2))
        .fetch_all(conn)
        .await?;
    let kind = |name: &str| requests.iter().find(|request| &*request.kind == name).map(|request| request.kind.clone());
    read(&rows, worker, *segment, kind)
}

/// Claims jobs of one kind and priority that have waited longer than `age`.
pub(crate) async fn claim_aged(
    conn: &mut PgConnection,
    worker: i32,
    segment: i16,
    request: &ClaimRequest,
    age: Duration,
) -> Result<Vec<Claimed>, Error> {
    let priority = *request.priorities.start();
    let rows = sqlx::query(sql::of_segment(&AGED, segment))
        .bind(worker)
        .bind(&*request.kind)
        .bind(priority)
        .bind(request.after[usize::try_from(priority).unwrap_or(0)])
        .bind(request.limit)
        .bind(age.as_secs_f64())
        .fetch_all(conn)
        .await?;
    read(&rows, worker, segment, |_| Some(request.kind.clone()))
}

fn read(
    rows: &[PgRow],
    worker: i32,
    segment: i16,
    kind: impl Fn(&str) -> Option<Arc<str>>,
) -> Result<Vec<Claimed>, Error> {
    let mut claimed = rows.iter().map(|row| read_one(row, worker, segment, &kind)).collect::<sqlx::Result<Vec<_>>>()?;
    claimed.sort_unstable_by_key(|claimed| (claimed.priority, claimed.position));
    Ok(claimed)
}

fn read_one(row: &PgRow, worker: i32, segment: i16, kind: impl Fn(&str) -> Option<Arc<str>>) -> sqlx::Result<Claimed> {
    let name: &str = row.try_get(4)?;
    let timeout_ms: Option<i32> = row.try_get(9)?;
    let job = JobFields {
        id: JobId(row.try_get(0)?),
        created_at: row.try_get(2)?,
        queued_at: row.try_get(3)?,
        kind: kind(name).unwrap_or_else(|| name.into()),
        payload: row.try_get(5)?,
        attempt: row.try_get(7)?,
        max_attempts: row.try_get(8)?,
        timeout: timeout_ms.map(|ms| Duration::from_millis(u64::from(ms.unsigned_abs()))),
        unique_key: row.try_get(10)?,
        subject: row.try_get(11)?,
        limit_key: row.try_get(12)?,
        trace: row.try_get(13)?,
        worker,
        segment,
        ctid: row.try_get(14)?,
        cancelled: CancellationToken::new(),
        ended: OnceLock::new(),
    };
    Ok(Claimed { job: Job(Arc::new(job)), priority: row.try_get(6)?, position: row.try_get(1)? })
}

/// Gives back what the worker holds and does not know of: claims whose answer was lost with the connection.
pub(crate) async fn give_back_unknown(conn: &mut PgConnection, worker: i32, known: &[i64]) -> Result<u64, Error> {
    let done = sqlx::query(
        "update queue.hot set worker = 0, attempt = attempt - 1, started_at = null, percent = null, stage = null
         where worker = $1 and id <> all($2)",
    )
    .bind(worker)
    .bind(known)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
