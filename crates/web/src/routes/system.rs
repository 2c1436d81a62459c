//! How the whole suite is, for the people who run it.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::Json;
use crate::state::AppState;
use axum::extract::State;
use db::service_status::ServiceStatus;
use db::system_samples::Point;
use model::{KINDS, THRESHOLDS, ThresholdUnit};
use serde::Serialize;
use sqlx::PgConnection;
use std::time::Duration;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_system))
}

const HOUR: Duration = Duration::from_secs(3600);

/// Alerts that are over are shown for a day, and no more than so many.
const ENDED_ALERTS: i64 = 50;

/// How the whole suite is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct System {
    /// The programs that are there.
    services: Vec<Service>,
    /// The volume that files are kept on; none without a processor.
    disk: Option<Disk>,
    cache: Cache,
    database: Database,
    queue: QueueLoad,
    /// The last hour, a point a minute, oldest first. Minutes in which no worker ran are missing.
    points: Vec<SystemPoint>,
    /// What is looked at, and from where on it is too much.
    limits: Vec<AlertLimit>,
    /// What is above its limit, the oldest first, and then what was during the last day, the newest first.
    alerts: Vec<SystemAlert>,
    /// When the last backup was completed; none as long as none was.
    #[serde(with = "time::serde::rfc3339::option")]
    last_backup: Option<OffsetDateTime>,
    /// Files that an older version of their reader has read, so that it may be worth reading them again.
    older_reader_files: i64,
}

/// A program that is there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Service {
    /// web, processor, realtime or worker.
    name: String,
    /// The machine's or container's name and the port.
    node: String,
    version: String,
    /// What it and its children use, without the cache of files.
    memory_used_bytes: u64,
    /// The most its container may have; none when no container is its own.
    memory_limit_bytes: Option<u64>,
    /// The most its container ever had, with the cache of files.
    memory_peak_bytes: Option<u64>,
    /// How many processes of its container were killed for want of memory.
    oom_kills: Option<u64>,
    #[serde(with = "time::serde::rfc3339")]
    reported_at: OffsetDateTime,
}

/// The volume that files are kept on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Disk {
    free_bytes: u64,
    total_bytes: u64,
}

/// The images made of files, and how often what was asked for was there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Cache {
    images: u64,
    size_bytes: u64,
    /// Since the processor's start.
    hits: u64,
    /// Since the processor's start.
    misses: u64,
    /// 0 to 1; none when nothing was read yet.
    hit_rate: Option<f64>,
}

/// The database.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Database {
    size_bytes: i64,
    /// Postgres's version.
    version: String,
}

/// All kinds of jobs together. Each alone is at `/queue`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct QueueLoad {
    active: i64,
    pending: i64,
    /// How long the oldest has waited; 0 when none waits.
    oldest_pending_seconds: f64,
    /// Jobs that ended in the last hour.
    jobs_last_hour: i64,
    /// How many of those failed.
    failed_last_hour: i64,
    /// Mean time that those waited from being put in until they were begun.
    wait_mean_ms: f64,
    /// 99 of 100 of those waited no longer.
    wait_p99_ms: f64,
}

/// A minute of the last hour.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SystemPoint {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// Jobs that ended in it.
    jobs: i64,
    failed: i64,
    /// Jobs that waited.
    pending: i64,
    wait_mean_ms: f64,
    wait_p99_ms: f64,
    /// The largest part of its memory that a program used, 0 to 1; none where no program has a limit.
    memory_share: Option<f64>,
    disk_free_bytes: Option<i64>,
    /// 0 to 1; none when nothing was read.
    cache_hit_rate: Option<f64>,
}

/// Something that is looked at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AlertLimit {
    /// The alerts' name.
    name: &'static str,
    /// What people are shown instead.
    label: &'static str,
    /// More than this is too much.
    limit: f64,
    unit: AlertUnit,
}

/// What a limit counts: jobs, seconds, or a part of the whole from 0 to 1.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum AlertUnit {
    Jobs,
    Seconds,
    Share,
}

/// Something above its limit, or that was.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SystemAlert {
    /// Which limit.
    name: String,
    /// The program or the kind of job; empty when there is only one.
    subject: String,
    /// A sentence for a person.
    message: String,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    /// How much it was when it was looked at last.
    value: f64,
    limit: f64,
    /// When it was over; none while it lasts.
    #[serde(with = "time::serde::rfc3339::option")]
    ended_at: Option<OffsetDateTime>,
}

/// The suite's health
///
/// Each service's memory, disk, cache, database, queue, the last hour, and what is above its limit. For administrators.
#[utoipa::path(get, path = "/system", tag = "system", responses((status = 200, body = System)))]
async fn get_system(caller: Caller, State(state): State<AppState>) -> Result<Json<System>, Error> {
    caller.require_admin()?;
    let mut conn = state.database.acquire().await?;
    let services = db::service_status::present(&mut conn).await?;
    let database = db::size::read(&mut conn).await?;
    let totals = db::artifacts::totals(&mut conn).await?;
    let stores = || services.iter().filter_map(|service| service.store);
    let hits: u64 = stores().map(|store| store.cache_hits).sum();
    let misses: u64 = stores().map(|store| store.cache_misses).sum();
    Ok(Json(System {
        // Processors share one store.
        disk: stores().next().map(|store| Disk { free_bytes: store.free_bytes, total_bytes: store.total_bytes }),
        cache: Cache {
            images: totals.entries,
            size_bytes: totals.bytes,
            hits,
            misses,
            hit_rate: (hits + misses > 0).then(|| hits as f64 / (hits + misses) as f64),
        },
        database: Database { size_bytes: database.bytes, version: database.version },
        queue: queue_load(&mut conn).await?,
        points: db::system_samples::last_hour(&mut conn).await?.into_iter().map(SystemPoint::from).collect(),
        limits: THRESHOLDS.iter().map(AlertLimit::from).collect(),
        alerts: alerts(&mut conn).await?,
        last_backup: db::backups::latest_success(&mut conn).await?.and_then(|backup| backup.finished_at),
        older_reader_files: db::readings::count_older(&mut conn).await?,
        services: services.into_iter().map(Service::from).collect(),
    }))
}

async fn queue_load(conn: &mut PgConnection) -> Result<QueueLoad, Error> {
    let kinds: Vec<&str> = KINDS.iter().map(|row| row.name).collect();
    let counts = queue::counts_of(conn, &kinds).await?;
    let recent = queue::recent(conn, HOUR).await?;
    Ok(QueueLoad {
        active: counts.iter().map(|kind| kind.active).sum(),
        pending: counts.iter().map(|kind| kind.pending).sum(),
        oldest_pending_seconds: counts.iter().map(|kind| kind.oldest_pending_s).fold(0.0, f64::max),
        jobs_last_hour: recent.jobs,
        failed_last_hour: recent.failed,
        wait_mean_ms: recent.wait_mean_ms,
        wait_p99_ms: recent.wait_p99_ms,
    })
}

async fn alerts(conn: &mut PgConnection) -> Result<Vec<SystemAlert>, Error> {
    let mut alerts = db::alerts::lasting(conn).await?;
    let yesterday = OffsetDateTime::now_utc() - time::Duration::DAY;
    alerts.extend(db::alerts::ended(conn, yesterday, ENDED_ALERTS).await?);
    Ok(alerts.into_iter().map(SystemAlert::from).collect())
}

impl From<ServiceStatus> for Service {
    fn from(status: ServiceStatus) -> Self {
        let ServiceStatus { service, node, version, memory, store: _, reported_at } = status;
        Self {
            name: service,
            node,
            version,
            memory_used_bytes: memory.used_bytes,
            memory_limit_bytes: memory.limit_bytes,
            memory_peak_bytes: memory.peak_bytes,
            oom_kills: memory.oom_kills,
            reported_at,
        }
    }
}

impl From<Point> for SystemPoint {
    fn from(Point { minute, sample, cache_hit_rate }: Point) -> Self {
        Self {
            at: minute,
            jobs: sample.jobs,
            failed: sample.failed,
            pending: sample.pending,
            wait_mean_ms: sample.wait_mean_ms,
            wait_p99_ms: sample.wait_p99_ms,
            memory_share: sample.memory_share,
            disk_free_bytes: sample.disk_free_bytes,
            cache_hit_rate,
        }
    }
}

impl From<&model::ThresholdRow> for AlertLimit {
    fn from(row: &model::ThresholdRow) -> Self {
        let unit = match row.unit {
            ThresholdUnit::Jobs => AlertUnit::Jobs,
            ThresholdUnit::Seconds => AlertUnit::Seconds,
            ThresholdUnit::Share => AlertUnit::Share,
        };
        Self { name: row.name, label: row.label, limit: row.limit, unit }
    }
}

impl From<db::alerts::Alert> for SystemAlert {
    fn from(alert: db::alerts::Alert) -> Self {
        let message = alert.sentence();
        let db::alerts::Alert { name, subject, since, value, limit, ended_at } = alert;
        Self { name, subject, message, since, value, limit, ended_at }
    }
}
