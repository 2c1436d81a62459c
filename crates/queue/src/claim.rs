//! Taking jobs: one statement takes from one segment, by an index that claiming does not change.

use crate::job::JobFields;
use crate::lanes::Look;
use crate::sql::{self, SEGMENTS};
use crate::{Error, Job, JobId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The three priorities: high, normal, low.
pub(crate) const PRIORITIES: usize = 3;

/// What is wanted of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Want {
    pub kind: Arc<str>,
    /// At most so many.
    pub places: i32,
    /// Of these priorities, from the first to the last.
    pub priorities: std::ops::RangeInclusive<i16>,
    /// In each priority, only jobs behind this place: what stands before it is known to be taken.
    pub after: [i64; PRIORITIES],
}

/// A job and where it stood.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub job: Job,
    pub priority: i16,
    pub place: i64,
}

/// How a claim keeps others from the rows it chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Each row is locked when it is chosen, and rows that others have locked are passed over.
    Careful,
    /// No row is locked before it is changed, which saves a tenth of a drain: one such claim at a time in a segment, which
    /// gives up rather than wait for a row that somebody holds. It may find less than there is, so a claim that was not
    /// given all it wanted has learned nothing.
    Swift,
}

/// Claims by `ctid`, which is twice as fast as a join with the chosen rows. Three branches, so that each priority begins behind
/// its own place; the limit around them keeps the later ones from being looked at when the earlier ones are enough. The
/// worker's own row is share-locked: a worker that has been reaped claims nothing, and none is reaped in the middle of a claim.
const CLAIM_TEMPLATE: &str = "
    with me as materialized (select from queue.workers where id = $1 {alone} for key share)
    update {hot} set worker = $1, attempt = attempt + 1, started_at = clock_timestamp()
    where ctid = any (array(
        select next.ctid
        from me, (
            select * from unnest($2::text[], $3::integer[], $4::smallint[], $5::smallint[], $6::bigint[], $7::bigint[], $8::bigint[])
                          as want (kind, places, high, low, after_0, after_1, after_2)
            where not exists (select from queue.paused where paused.kind = want.kind)
            offset 0
        ) want, lateral (
            select ctid from (
                select ctid from (
                    select ctid from {hot} h where 0 between want.high and want.low and h.kind = want.kind and h.priority = 0
                    and h.place > want.after_0 and h.worker = 0 order by h.place limit want.places {lock}
                ) high
                union all
                select ctid from (
                    select ctid from {hot} h where 1 between want.high and want.low and h.kind = want.kind and h.priority = 1
                    and h.place > want.after_1 and h.worker = 0 order by h.place limit want.places {lock}
                ) normal
                union all
                select ctid from (
                    select ctid from {hot} h where 2 between want.high and want.low and h.kind = want.kind and h.priority = 2
                    and h.place > want.after_2 and h.worker = 0 order by h.place limit want.places {lock}
                ) low
            ) lanes limit want.places
        ) next
    )) {unless_taken}
    returning id, place, created_at, queued_at, kind, payload, priority, attempt, max_attempts, timeout_ms, unique_key, subject,
              gate, trace, ctid";

static CAREFUL: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    let template = CLAIM_TEMPLATE.replace("{alone}", "").replace("{lock}", "for update skip locked");
    sql::per_segment(&template.replace("{unless_taken}", ""))
});

/// The lock is one of the segment's, named by its negated number among relations: workers have the positive ones.
static SWIFT: LazyLock<[String; SEGMENTS]> = LazyLock::new(|| {
    let alone = "and pg_try_advisory_xact_lock(x'71756575'::integer, -('{hot}'::regclass::oid::integer))
                 and set_config('lock_timeout', '100ms', true) is not null";
    let template = CLAIM_TEMPLATE.replace("{alone}", alone).replace("{lock}", "");
    sql::per_segment(&template.replace("{unless_taken}", "and worker = 0"))
});

/// Claims the first jobs of a priority if they have waited long enough. The rows are chosen before their age is looked at, so
/// that a line of young jobs is not read to its end.
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

/// Claims what is wanted from one segment for `worker`, in the order of priority and place.
pub(crate) async fn claim(conn: &mut PgConnection, worker: i32, look: &Look) -> Result<Vec<Claimed>, Error> {
    let Look { segment, way, wants, .. } = look;
    let after = |priority: usize| wants.iter().map(|want| want.after[priority]).collect::<Vec<_>>();
    let statements = match way {
        Way::Careful => &CAREFUL,
        Way::Swift => &SWIFT,
    };
    let rows = sqlx::query(sql::of_segment(statements, *segment))
        .bind(worker)
        .bind(wants.iter().map(|want| &*want.kind).collect::<Vec<_>>())
        .bind(wants.iter().map(|want| want.places).collect::<Vec<_>>())
        .bind(wants.iter().map(|want| *want.priorities.start()).collect::<Vec<_>>())
        .bind(wants.iter().map(|want| *want.priorities.end()).collect::<Vec<_>>())
        .bind(after(0))
        .bind(after(1))
        .bind(after(2))
        .fetch_all(conn)
        .await?;
    let kind = |name: &str| wants.iter().find(|want| &*want.kind == name).map(|want| want.kind.clone());
    read(&rows, worker, *segment, kind)
}

/// Claims jobs of one kind and priority that have waited longer than `age`.
pub(crate) async fn claim_aged(
    conn: &mut PgConnection,
    worker: i32,
    segment: i16,
    want: &Want,
    age: Duration,
) -> Result<Vec<Claimed>, Error> {
    let priority = *want.priorities.start();
    let rows = sqlx::query(sql::of_segment(&AGED, segment))
        .bind(worker)
        .bind(&*want.kind)
        .bind(priority)
        .bind(want.after[usize::try_from(priority).unwrap_or(0)])
        .bind(want.places)
        .bind(age.as_secs_f64())
        .fetch_all(conn)
        .await?;
    read(&rows, worker, segment, |_| Some(want.kind.clone()))
}

fn read(
    rows: &[PgRow],
    worker: i32,
    segment: i16,
    kind: impl Fn(&str) -> Option<Arc<str>>,
) -> Result<Vec<Claimed>, Error> {
    let mut claimed = rows.iter().map(|row| read_one(row, worker, segment, &kind)).collect::<sqlx::Result<Vec<_>>>()?;
    claimed.sort_unstable_by_key(|claimed| (claimed.priority, claimed.place));
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
        gate: row.try_get(12)?,
        trace: row.try_get(13)?,
        worker,
        segment,
        row: row.try_get(14)?,
        cancelled: CancellationToken::new(),
        ended: OnceLock::new(),
    };
    Ok(Claimed { job: Job(Arc::new(job)), priority: row.try_get(6)?, place: row.try_get(1)? })
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
