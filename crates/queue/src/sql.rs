//! What statements share: the columns a job carries from table to table, one text per segment of the hot table, and the `ctid` of a
//! row.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef, Postgres};

/// Segments of the hot table, `queue.hot_0` to `queue.hot_15`; the migration makes them.
pub(crate) const SEGMENTS: usize = 16;

/// The columns a job carries wherever its row goes.
macro_rules! carried {
    () => {
        "id, created_at, timeout_ms, priority, attempt, max_attempts, kind, unique_key, subject, gate, trace, payload, errors"
    };
}

/// Two common table expressions that make the rows of `due` runnable: into the current segment, or parked under their limit.
/// `due` has the carried columns and `queued_at`.
macro_rules! make_due {
    () => {
        concat!(
            "to_hot as (
                insert into queue.hot (segment, place, queued_at, ",
            crate::sql::carried!(),
            ") select (select last_value from queue.current_segment), nextval('queue.job_ids'), queued_at, ",
            crate::sql::carried!(),
            " from due where gate is null returning id
            ), to_parked as (
                insert into queue.parked (place, queued_at, ",
            crate::sql::carried!(),
            ") select nextval('queue.job_ids'), queued_at, ",
            crate::sql::carried!(),
            " from due where gate is not null returning id
            )"
        )
    };
}

/// Common table expressions that bring back the rows of `gone`, taken out of queue.finished: no longer counted as finished,
/// runnable with all their attempts, in the order of their numbers.
macro_rules! bring_back {
    () => {
        concat!(
            "uncounted as (
                insert into queue.tallies (day, kind, status, jobs)
                select (finished_at at time zone 'utc')::date, kind, status, -count(*) from gone group by 1, 2, 3
            ), due as (
                select id, created_at, timeout_ms, priority, 0::smallint as attempt, max_attempts, kind, unique_key, subject, gate,
                       trace, payload, errors, clock_timestamp() as queued_at
                from gone order by id
            ), ",
            crate::sql::make_due!(),
        )
    };
}

/// Three common table expressions that end the rows of `over` for good: give their keys back, write them down, count them. `over`
/// has the carried columns, `started_at`, `status`, `result`, `code` and `error`; all end at one moment, so that the day they
/// are counted under is the day they are kept under.
macro_rules! end {
    () => {
        concat!(
            "clock as materialized (
                select clock_timestamp() as at
            ), freed as (
                delete from queue.keys using over where keys.key = over.unique_key and keys.job_id = over.id
            ), written as (
                insert into queue.finished (finished_at, started_at, status, result, code, error, ",
            crate::sql::carried!(),
            ") select (select at from clock), started_at, status, result, code, error, ",
            crate::sql::carried!(),
            " from over
            ), counted as (
                insert into queue.tallies (day, kind, status, jobs)
                select (clock.at at time zone 'utc')::date, kind, status, count(*) from over, clock group by 1, 2, 3
            )"
        )
    };
}

pub(crate) use {bring_back, carried, end, make_due};

/// A statement for each segment: `{hot}` in the template becomes the segment's table.
pub(crate) fn per_segment(template: &str) -> [String; SEGMENTS] {
    std::array::from_fn(|segment| template.replace("{hot}", &format!("queue.hot_{segment}")))
}

/// The statement of one segment. Numbers come from the database, so one it cannot have is taken as the first.
pub(crate) fn of_segment(statements: &'static [String; SEGMENTS], segment: i16) -> sqlx::AssertSqlSafe<&'static str> {
    let index = usize::try_from(segment).ok().filter(|&index| index < SEGMENTS).unwrap_or(0);
    sqlx::AssertSqlSafe(statements[index].as_str())
}

/// A row's physical address, the `ctid` of Postgres: block and offset, in the six bytes that go over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ctid([u8; 6]);

impl sqlx::Type<Postgres> for Ctid {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(27))
    }
}

impl PgHasArrayType for Ctid {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1010))
    }
}

impl sqlx::Encode<'_, Postgres> for Ctid {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }
}

impl sqlx::Decode<'_, Postgres> for Ctid {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self(value.as_bytes()?.try_into()?))
    }
}
