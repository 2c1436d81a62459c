//! The worker's lease: registers, beats, hears notifications, promotes due jobs, reaps dead peers. When the connection or
//! the lease is lost it begins again, for ever and without hurry.

use super::Shared;
use crate::queue::CHANNEL;
use crate::{Error, maintain, pressure, schedule, segment, workers};
use sqlx::postgres::PgListener;
use sqlx::{Acquire, PgConnection};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

/// A statement that has not answered for so long never will: the lease is shorter than most networks' patience.
const PATIENCE: Duration = Duration::from_secs(8);

/// Shortest time between two looks at the waiting table, so that many wakes are one look.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Heartbeats between two times of making partitions: an hour.
const BEATS_PER_PARTITIONS: u32 = 720;

/// Heartbeats between two times of folding and turning without need: a minute.
const BEATS_PER_TIDY: u32 = 12;

/// Heartbeats between two looks at how old the oldest jobs are: half a minute.
const BEATS_PER_AGES: u32 = 6;

/// Holds a lease until `end`, then leaves.
pub(super) async fn session(shared: Arc<Shared>, end: CancellationToken) {
    let mut pause = Duration::from_millis(100);
    loop {
        let begun = Instant::now();
        let pool = shared.pool_of_one();
        let result = hold(&shared, &pool, &end).await;
        // Closing waits for the connection to come home; one that hangs is not waited for.
        let _ = tokio::time::timeout(PATIENCE, pool.close()).await;
        match result {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, node = shared.node, "the lease on the job table has to be renewed"),
        }
        if begun.elapsed() > Duration::from_secs(30) {
            pause = Duration::from_millis(100);
        }
        tokio::select! {
            () = end.cancelled() => return,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(5)),
        }
    }
}

async fn hold(shared: &Shared, pool: &sqlx::PgPool, end: &CancellationToken) -> Result<(), Error> {
    let mut listener = patient(async { Ok(PgListener::connect_with(pool).await?) }).await?;
    listener.ignore_pool_close_event(true);
    listener.eager_reconnect(false);
    // Listens before anybody looks for work, so that nothing falls between.
    patient(async { Ok(listener.listen(CHANNEL).await?) }).await?;
    let worker = patient(take_lease(shared, listener.acquire().await?)).await?;
    let mut beats = interval(workers::HEARTBEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut beat: u32 = 0;
    let mut wakes = shared.queue.wakes().subscribe();
    let mut last_look = Instant::now();
    let mut look = last_look;
    loop {
        tokio::select! {
            () = end.cancelled() => {
                return patient(async { workers::leave(listener.acquire().await?, worker).await }).await;
            }
            heard = listener.try_recv() => {
                let Some(heard) = heard? else { return Err(Error::Database(sqlx::Error::PoolClosed)) };
                if heard.payload() == "cancel" {
                    patient(stop_cancelled(shared, listener.acquire().await?, worker)).await?;
                } else {
                    shared.queue.wakes().hear(heard.payload());
                }
            }
            _ = beats.tick() => {
                let conn = listener.acquire().await?;
                if !patient(workers::beat(conn, worker)).await? {
                    lose(shared);
                    return Err(Error::Database(sqlx::Error::WorkerCrashed));
                }
                patient(stop_cancelled(shared, listener.acquire().await?, worker)).await?;
                patient(reap(listener.acquire().await?, worker)).await?;
                if beat.is_multiple_of(BEATS_PER_PARTITIONS) {
                    patient(maintain::make_partitions(listener.acquire().await?)).await?;
                }
                if beat.is_multiple_of(BEATS_PER_TIDY) {
                    patient(maintain::tidy(listener.acquire().await?)).await?;
                    patient(segment::turn(listener.acquire().await?)).await?;
                }
                if beat.is_multiple_of(BEATS_PER_AGES) {
                    patient(measure_ages(shared, listener.acquire().await?)).await?;
                }
                beat = beat.wrapping_add(1);
            }
            () = shared.turns.notified() => patient(segment::turn(listener.acquire().await?)).await?,
            _ = wakes.changed() => look = look.min(last_look + BETWEEN_LOOKS),
            () = shared.waits.notified() => look = look.min(last_look + BETWEEN_LOOKS),
            () = sleep_until(look) => {
                let promoted = patient(maintain::promote(listener.acquire().await?)).await?;
                let scheduled = if promoted.scheduled { patient(schedule::tick(listener.acquire().await?)).await? } else { 0 };
                last_look = Instant::now();
                look = last_look + promoted.next.unwrap_or(workers::HEARTBEAT).clamp(BETWEEN_LOOKS, workers::HEARTBEAT);
                if promoted.jobs + scheduled > 0 {
                    shared.queue.wake();
                    look = last_look + BETWEEN_LOOKS;
                }
            }
        }
    }
}

/// Takes up the lease we had if it still holds, so that a restart of Postgres does not undo running work; else a new one.
async fn take_lease(shared: &Shared, conn: &mut PgConnection) -> Result<i32, Error> {
    let old = *shared.worker.borrow();
    if let Some(old) = old {
        if workers::resume(conn, old).await? {
            // Sent although it is the same: claims whose answer was lost are looked for.
            shared.worker.send_replace(Some(old));
            return Ok(old);
        }
        lose(shared);
    }
    let worker = workers::register(conn, &shared.node).await?;
    tracing::info!(worker, node = shared.node, "registered with the job table");
    shared.worker.send_replace(Some(worker));
    Ok(worker)
}

/// Somebody has reaped us: what runs is somebody else's now, and nothing it completes will count.
fn lose(shared: &Shared) {
    tracing::warn!(node = shared.node, "lost the lease; running jobs are given up");
    shared.worker.send_replace(None);
    shared.running().values().for_each(CancellationToken::cancel);
}

async fn stop_cancelled(shared: &Shared, conn: &mut PgConnection, worker: i32) -> Result<(), Error> {
    let running: Vec<i64> = shared.running().keys().map(|id| id.0).collect();
    if running.is_empty() {
        return Ok(());
    }
    for id in workers::cancelled(conn, worker, &running).await? {
        if let Some(token) = shared.running().get(&id) {
            token.cancel();
        }
    }
    Ok(())
}

async fn reap(conn: &mut PgConnection, worker: i32) -> Result<(), Error> {
    if !workers::suspects(conn, worker).await? {
        return Ok(());
    }
    let reaped = workers::reap_peers(conn, worker).await?;
    if reaped != workers::Reaped::default() {
        tracing::warn!(
            workers = reaped.workers,
            returned = reaped.returned,
            ended = reaped.ended,
            "took up the jobs of dead workers"
        );
        metrics::counter!("queue_reaped_workers_total").increment(reaped.workers);
        metrics::counter!("queue_reaped_jobs_total").increment(reaped.returned + reaped.ended);
    }
    Ok(())
}

async fn measure_ages(shared: &Shared, conn: &mut PgConnection) -> Result<(), Error> {
    let kinds: Vec<&str> = shared.kinds.iter().map(|kind| &**kind).collect();
    let ages = pressure::oldest(conn, &kinds).await?;
    for kind in kinds {
        let age = ages.iter().find(|(name, _)| name == kind).map_or(0.0, |(_, age)| age.as_secs_f64());
        metrics::gauge!("queue_oldest_pending_seconds", "kind" => kind.to_owned()).set(age);
    }
    Ok(())
}

async fn patient<T>(act: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(PATIENCE, act).await.unwrap_or(Err(Error::Database(sqlx::Error::PoolTimedOut)))
}
