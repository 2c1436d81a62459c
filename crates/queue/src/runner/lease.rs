//! The worker's lease: registers the worker, sends its heartbeats, hears notifications, promotes due jobs, reaps dead peers.
//! When the connection or the lease is lost it begins again, for ever and with growing pauses.

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
    within(STATEMENT_TIMEOUT, act).await
}

async fn within<T>(timeout: Duration, act: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(timeout, act).await.unwrap_or(Err(Error::Timeout(timeout)))
}

/// What ends a lease says so by its own name. A log that blamed sqlx's worker thread or the pool sent its reader the wrong way.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::Queue;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use std::collections::HashMap;
    use std::net::SocketAddr;
    use std::sync::Mutex;
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::{Notify, watch};
    use tokio::task::JoinHandle;

    /// Longer than anything here takes on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn shared(pool: &sqlx::PgPool) -> Arc<Shared> {
        Arc::new(Shared {
            queue: Queue::new(pool.clone()),
            node: "test".into(),
            kinds: Vec::new(),
            aging: Duration::from_secs(60),
            worker: watch::Sender::new(None),
            retry_scheduled: Notify::new(),
            rotation_due: Notify::new(),
            running: Mutex::new(HashMap::new()),
        })
    }

    /// Holds a lease; returns once it is held, with its worker and the task that ends with it.
    async fn hold(pool: &sqlx::PgPool) -> (i32, JoinHandle<Error>) {
        let shared = shared(pool);
        let mut worker = shared.worker.subscribe();
        let held = tokio::spawn(async move {
            let pool = shared.pool_of_one();
            hold_until_lost(&shared, &pool, &CancellationToken::new()).await.unwrap_err()
        });
        let registered = worker.wait_for(Option::is_some);
        let worker = tokio::time::timeout(PATIENCE, registered).await.unwrap().unwrap().unwrap();
        (worker, held)
    }

    async fn ends(held: JoinHandle<Error>) -> Error {
        tokio::time::timeout(PATIENCE, held).await.unwrap().unwrap()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_reaped_worker_says_that_its_lease_was_lost(pool: sqlx::PgPool) {
        let (worker, held) = hold(&pool).await;
        sqlx::query("delete from queue.workers where id = $1").bind(worker).execute(&pool).await.unwrap();
        let error = ends(held).await;
        assert!(matches!(error, Error::LeaseLost { worker: lost } if lost == worker), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!("the lease of worker {worker} ran out, and its jobs were given to others")
        );
    }

    /// A connection that breaks off without a word, as one through a proxy does. Whoever uses it at that moment says so: the
    /// listener that waits, or a heartbeat's statement with what the socket said.
    #[sqlx::test(migrations = "../../migrations")]
    async fn a_connection_that_breaks_off_says_so(_: PgPoolOptions, options: PgConnectOptions) {
        let server = tokio::net::lookup_host((options.get_host(), options.get_port())).await.unwrap().next().unwrap();
        let (proxy, forwarding) = forward(server).await;
        let options = options.host(&proxy.ip().to_string()).port(proxy.port());
        let (_, held) = hold(&PgPoolOptions::new().connect_lazy_with(options)).await;
        forwarding.abort();
        let error = ends(held).await;
        assert!(matches!(error, Error::ListenerClosed | Error::Database(sqlx::Error::Io(_))), "{error:?}");
    }

    /// Forwards one connection to `server` until the task is aborted.
    async fn forward(server: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let forwarding = tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut server = TcpStream::connect(server).await.unwrap();
            // However one side ends: the other ends with it.
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
        (address, forwarding)
    }

    #[tokio::test]
    async fn a_statement_without_an_answer_says_that_it_took_too_long() {
        let timeout = Duration::from_millis(1);
        let error = within::<()>(timeout, std::future::pending()).await.unwrap_err();
        assert!(matches!(error, Error::Timeout(limit) if limit == timeout), "{error:?}");
        assert_eq!(error.to_string(), "the job table did not answer within 1ms");
    }
}
