//! Recurring jobs. Any number of nodes keep the same schedules; the row's `next_at` decides, so each time makes one job.

use crate::{Error, NewJob, enqueue};
use croner::parser::CronParser;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use sqlx::{Acquire, PgConnection, Row};
use std::time::Duration;
use time::OffsetDateTime;

/// The most jobs made at once of times that were missed.
const MAX_MISSED: usize = 100;

/// What happens to times at which no node was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// Nothing: the next time is the next one to come.
    Skip,
    /// One job for all of them, at once.
    Once,
    /// A job for each, at most a hundred; older ones are skipped.
    All,
}

impl Missed {
    fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Once => "once",
            Self::All => "all",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "skip" => Self::Skip,
            "all" => Self::All,
            _ => Self::Once,
        }
    }
}

/// How late a time may be noticed and still count as kept: nodes look every few seconds.
const ON_TIME: Duration = Duration::from_secs(60);

/// A recurring job.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Its name; declaring it again changes it.
    pub name: String,
    /// Five fields (minute, hour, day of month, month, day of week), or six with seconds first; `@hourly` and the like. As in
    /// Vixie cron, of two restricted day fields either is enough.
    pub cron: String,
    /// An IANA time zone. Times that a clock change skips happen at the change; those it repeats happen once.
    pub zone: String,
    /// What happens to missed times.
    pub missed: Missed,
    /// The job: kind, payload, priority, attempts and unique key are used. With a key, a time that comes while the last job is
    /// still in flight makes none.
    pub job: NewJob,
}

impl Schedule {
    /// A schedule in UTC that makes up for missed times once.
    pub fn new(name: impl Into<String>, cron: impl Into<String>, job: NewJob) -> Self {
        Self { name: name.into(), cron: cron.into(), zone: "UTC".into(), missed: Missed::Once, job }
    }

    /// In this time zone.
    pub fn zone(self, zone: impl Into<String>) -> Self {
        Self { zone: zone.into(), ..self }
    }

    /// With this policy for missed times.
    pub fn missed(self, missed: Missed) -> Self {
        Self { missed, ..self }
    }
}

/// The first time of `cron` in `zone` after `after`.
fn next_time(cron: &str, zone: &str, after: Timestamp) -> Result<Timestamp, Error> {
    let invalid = |what: String| Error::Invalid(what);
    let parsed = CronParser::builder()
        .seconds(croner::parser::Seconds::Optional)
        .build()
        .parse(cron)
        .map_err(|error| invalid(format!("{cron:?} is no cron expression: {error}")))?;
    let zone = TimeZone::get(zone).map_err(|_| invalid(format!("{zone:?} is no time zone we know")))?;
    let after = Zoned::new(after, zone);
    let next = parsed
        .find_next_occurrence(&after, false)
        .map_err(|error| invalid(format!("{cron:?} has no next time: {error}")))?;
    Ok(next.timestamp())
}

fn to_jiff(at: OffsetDateTime) -> Timestamp {
    Timestamp::from_nanosecond(at.unix_timestamp_nanos()).unwrap_or(Timestamp::MAX)
}

fn from_jiff(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(at.as_nanosecond()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Declares a schedule: makes it, or changes it where it says something else. Its next time is kept unless the expression or the
/// zone has changed.
///
/// # Errors
/// [`Error::Invalid`] when the expression is no cron expression or the zone is unknown.
pub async fn declare_schedule(conn: &mut PgConnection, schedule: &Schedule) -> Result<(), Error> {
    let now: OffsetDateTime = sqlx::query_scalar("select clock_timestamp()").fetch_one(&mut *conn).await?;
    let next = next_time(&schedule.cron, &schedule.zone, to_jiff(now))?;
    sqlx::query(
        "insert into queue.schedules as known (name, cron, zone, missed, kind, priority, max_attempts, unique_key, payload, next_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10)
         on conflict (name) do update set
            next_at = case when (known.cron, known.zone) = (excluded.cron, excluded.zone) then known.next_at else excluded.next_at end,
            cron = excluded.cron, zone = excluded.zone, missed = excluded.missed, kind = excluded.kind,
            priority = excluded.priority, max_attempts = excluded.max_attempts, unique_key = excluded.unique_key,
            payload = excluded.payload",
    )
    .bind(&schedule.name)
    .bind(&schedule.cron)
    .bind(&schedule.zone)
    .bind(schedule.missed.name())
    .bind(&schedule.job.kind)
    .bind(schedule.job.priority)
    .bind(schedule.job.max_attempts)
    .bind(schedule.job.unique_key.as_deref())
    .bind(crate::text::json_text(&schedule.job.payload))
    .bind(from_jiff(next))
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a schedule; false when there was none.
pub async fn remove_schedule(conn: &mut PgConnection, name: &str) -> Result<bool, Error> {
    let done = sqlx::query("delete from queue.schedules where name = $1").bind(name).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Makes the jobs whose time has come; returns how many. Runners call it by themselves.
pub async fn tick(conn: &mut PgConnection) -> Result<u64, Error> {
    let mut tx = conn.begin().await?;
    let due = sqlx::query(
        "select name, cron, zone, missed, kind, priority, max_attempts, unique_key, payload, next_at, clock_timestamp() as now
         from queue.schedules where next_at <= clock_timestamp() order by next_at for update skip locked",
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut made = 0;
    for row in &due {
        let name: String = row.try_get("name")?;
        let (cron, zone): (String, String) = (row.try_get("cron")?, row.try_get("zone")?);
        let missed: String = row.try_get("missed")?;
        let (first, now): (OffsetDateTime, OffsetDateTime) = (row.try_get("next_at")?, row.try_get("now")?);
        let (times, next) = match times(&cron, &zone, Missed::named(&missed), to_jiff(first), to_jiff(now)) {
            Ok(times) => times,
            Err(error) => {
                // Declaring has checked it, so somebody wrote it by hand. The other schedules go on.
                tracing::warn!(%error, schedule = name, "a schedule has no next time");
                continue;
            }
        };
        let mut job = NewJob::new(row.try_get::<String, _>("kind")?, row.try_get("payload")?)
            .priority(row.try_get("priority")?)
            .max_attempts(row.try_get("max_attempts")?);
        job.unique_key = row.try_get("unique_key")?;
        for _ in 0..times {
            made += u64::from(!enqueue(&mut tx, &job).await?.duplicate);
        }
        sqlx::query("update queue.schedules set next_at = $2, last_at = clock_timestamp() where name = $1")
            .bind(&name)
            .bind(from_jiff(next))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(made)
}

/// How many jobs the times from `first` to `now` make, and the first time after `now`.
fn times(
    cron: &str,
    zone: &str,
    missed: Missed,
    first: Timestamp,
    now: Timestamp,
) -> Result<(usize, Timestamp), Error> {
    let on_time = now.duration_since(first).unsigned_abs() <= ON_TIME;
    let next = next_time(cron, zone, now)?;
    let jobs = match missed {
        Missed::Once => 1,
        Missed::Skip => usize::from(on_time),
        Missed::All => {
            let (mut jobs, mut at) = (1, next_time(cron, zone, first)?);
            while at <= now && jobs < MAX_MISSED {
                jobs += 1;
                at = next_time(cron, zone, at)?;
            }
            jobs
        }
    };
    Ok((jobs, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn cron_in_a_time_zone() {
        let next = |cron, zone, after| next_time(cron, zone, at(after)).unwrap();
        assert_eq!(next("30 3 * * *", "UTC", "2026-11-24T03:30:00Z"), at("2026-11-25T03:30:00Z"));
        assert_eq!(next("30 3 * * *", "Europe/Berlin", "2026-11-24T00:00:00Z"), at("2026-11-24T02:30:00Z"));
        assert_eq!(next("30 3 * * *", "Europe/Berlin", "2026-07-24T00:00:00Z"), at("2026-07-24T01:30:00Z"));
        assert_eq!(next("0 9 * * 1", "America/New_York", "2026-11-24T00:00:00Z"), at("2026-11-30T14:00:00Z"));
        assert_eq!(next("*/10 * * * * *", "UTC", "2026-11-24T00:00:01Z"), at("2026-11-24T00:00:10Z"));
    }

    #[test]
    fn clock_changes_neither_lose_nor_double_a_run() {
        let runs = |cron: &str, from: &str, to: &str| {
            let (mut runs, mut now) = (Vec::new(), at(from));
            while let Ok(next) = next_time(cron, "Europe/Berlin", now)
                && next < at(to)
            {
                runs.push(next.to_string());
                now = next;
            }
            runs
        };
        // 2:30 does not exist on 29 March 2026 and exists twice on 25 October.
        assert_eq!(runs("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z").len(), 1);
        assert_eq!(runs("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z").len(), 1);
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_a_sentence() {
        for (cron, zone) in [("every day", "UTC"), ("61 * * * *", "UTC"), ("0 0 * * *", "Mars/Olympus")] {
            assert!(
                matches!(next_time(cron, zone, at("2026-01-01T00:00:00Z")), Err(Error::Invalid(_))),
                "{cron} {zone}"
            );
        }
    }

    #[test]
    fn missed_times_follow_the_policy() {
        let jobs = |missed, first, now| times("0 * * * *", "UTC", missed, at(first), at(now)).unwrap();
        let (first, late) = ("2026-01-01T01:00:00Z", "2026-01-01T04:30:00Z");
        assert_eq!(jobs(Missed::Skip, first, late), (0, at("2026-01-01T05:00:00Z")));
        assert_eq!(jobs(Missed::Once, first, late), (1, at("2026-01-01T05:00:00Z")));
        assert_eq!(jobs(Missed::All, first, late), (4, at("2026-01-01T05:00:00Z")));
        assert_eq!(jobs(Missed::Skip, first, "2026-01-01T01:00:03Z").0, 1, "a few seconds are not missed");
        assert_eq!(jobs(Missed::All, "2020-01-01T00:00:00Z", late).0, MAX_MISSED);
    }
}
