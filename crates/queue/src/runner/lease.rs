//! The worker's lease: registers the worker, sends its heartbeats, hears notifications, promotes due jobs, reaps dead peers. When the
//! connection or the lease is lost it begins again, for ever and with growing pauses.

use super::Shared;
use crate::notify::{CANCEL, CHANNEL, FINISHED_CHANNEL};
use crate::{Error, maintain, pressure, schedule, segment, workers};
use sqlx::postgres::PgListener;
use sqlx::{Acquire, PgConnection};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

/// A statement that has not answered for so long never will: the lease is shorter than most networks' timeouts.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(8);

/// Shortest time between two promotions, so that many wakes are one look at the waiting table.
const PROMOTION_PAUSE: Duration = Duration::from_millis(100);

/// Heartbeats between two times of making partitions: an hour.
const BEATS_PER_PARTITIONS: u32 = 720;

/// Heartbeats between two times of folding counters and rotating segments without need: a minute.
const BEATS_PER_TIDY: u32 = 12;

/// Heartbeats between two measurements of how old the oldest pending jobs are: half a minute.
const BEATS_PER_AGES: u32 = 6;

/// Holds a lease until `leave`, then unregisters the worker.
pub(super) async fn hold_lease(shared: Arc<Shared>, leave: CancellationToken) {
    let mut pause = Duration::from_millis(100);
    loop {
        let begun = Instant::now();
        let pool = shared.pool_of_one();
        let result = hold_until_lost(&shared, &pool, &leave).await;
        // Closing waits for the connection to come back; one that hangs is not waited for.
        let _ = tokio::time::timeout(STATEMENT_TIMEOUT, pool.close()).await;
        match result {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, node = shared.node, "the lease on the job table has to be renewed"),
        }
        if begun.elapsed() > Duration::from_secs(30) {
            pause = Duration::from_millis(100);
        }
        tokio::select! {
            () = leave.cancelled() => return,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(5)),
        }
    }
}

async fn hold_until_lost(shared: &Shared, pool: &sqlx::PgPool, leave: &CancellationToken) -> Result<(), Error> {
    let mut listener = within_timeout(async { Ok(PgListener::connect_with(pool).await?) }).await?;
    listener.ignore_pool_close_event(true);
    listener.eager_reconnect(false);
    // Listens before anything is claimed, so that no wake is missed in between.
    within_timeout(async { Ok(listener.listen_all([CHANNEL, FINISHED_CHANNEL]).await?) }).await?;
    let worker = within_timeout(take_lease(shared, listener.acquire().await?)).await?;
    let mut beats = interval(workers::HEARTBEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut beat: u32 = 0;
    let mut wakes = shared.queue.notifier().wake_signal().subscribe();
    let mut last_promotion = Instant::now();
    let mut next_promotion = last_promotion;
    loop {
        tokio::select! {
            () = leave.cancelled() => {
                return within_timeout(async { workers::leave(listener.acquire().await?, worker).await }).await;
            }
            heard = listener.try_recv() => {
                let Some(heard) = heard? else { return Err(Error::ListenerClosed) };
                let notifier = shared.queue.notifier();
                match (heard.channel(), heard.payload()) {
                    (FINISHED_CHANNEL, ids) => notifier.receive_finished(ids),
                    (_, CANCEL) => within_timeout(stop_cancelled(shared, listener.acquire().await?, worker)).await?,
                    (_, wake) => notifier.wake_signal().receive(wake),
                }
            }
            _ = beats.tick() => {
                let conn = listener.acquire().await?;
                if !within_timeout(workers::beat(conn, worker)).await? {
                    give_up_jobs(shared);
                    return Err(Error::LeaseLost { worker });
                }
                within_timeout(stop_cancelled(shared, listener.acquire().await?, worker)).await?;
                within_timeout(reap(listener.acquire().await?, worker)).await?;
                if beat.is_multiple_of(BEATS_PER_PARTITIONS) {
                    within_timeout(maintain::make_partitions(listener.acquire().await?)).await?;
                }
                if beat.is_multiple_of(BEATS_PER_TIDY) {
                    within_timeout(maintain::tidy(listener.acquire().await?)).await?;
                    within_timeout(segment::rotate(listener.acquire().await?)).await?;
                }
                if beat.is_multiple_of(BEATS_PER_AGES) {
                    within_timeout(measure_ages(shared, listener.acquire().await?)).await?;
                }
                beat = beat.wrapping_add(1);
            }
            () = shared.rotation_due.notified() => within_timeout(segment::rotate(listener.acquire().await?)).await?,
            _ = wakes.changed() => next_promotion = next_promotion.min(last_promotion + PROMOTION_PAUSE),
            () = shared.retry_scheduled.notified() => next_promotion = next_promotion.min(last_promotion + PROMOTION_PAUSE),
            () = sleep_until(next_promotion) => {
                let promoted = within_timeout(maintain::promote(listener.acquire().await?)).await?;
                let scheduled = if promoted.scheduled { within_timeout(schedule::tick(listener.acquire().await?)).await? } else { 0 };
                last_promotion = Instant::now();
                let pause = promoted.next.unwrap_or(workers::HEARTBEAT).clamp(PROMOTION_PAUSE, workers::HEARTBEAT);
                next_promotion = last_promotion + pause;
                if promoted.jobs + scheduled > 0 {
                    shared.queue.wake();
                    next_promotion = last_promotion + PROMOTION_PAUSE;
                }
            }
        }
    }
}

/// Resumes the lease we had if it still holds, so that a restart of Postgres does not undo running work; else a new one.
async fn take_lease(shared: &Shared, conn: &mut PgConnection) -> Result<i32, Error> {
    let old = *shared.worker.borrow();
    if let Some(old) = old {
        if workers::resume(conn, old).await? {
            // Sent although it is the same: the dispatcher then looks for claims whose answer was lost.
            shared.worker.send_replace(Some(old));
            return Ok(old);
        }
        give_up_jobs(shared);
    }
    let worker = workers::register(conn, &shared.node).await?;
    tracing::info!(worker, node = shared.node, "registered with the job table");
    shared.worker.send_replace(Some(worker));
    Ok(worker)
}

/// Somebody has reaped us: what runs is somebody else's now, and nothing it completes will count.
fn give_up_jobs(shared: &Shared) {
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

async fn within_timeout<T>(act: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(STATEMENT_TIMEOUT, act).await.unwrap_or(Err(Error::Timeout(STATEMENT_TIMEOUT)))
}
