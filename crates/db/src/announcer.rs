//! Saying that there are new events, once for many: a burst of finished jobs is one NOTIFY, not hundreds.

use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// The shortest time between two notifications of one process.
const PAUSE: Duration = Duration::from_millis(20);

/// Cheap to clone. Call [`Announcer::announce`] after the commit of a transaction that wrote events.
#[derive(Debug, Clone)]
pub struct Announcer(Arc<Notify>);

impl Announcer {
    /// Starts the task behind it, inside a tokio runtime. The task ends when the pool is closed.
    pub fn new(pool: PgPool) -> Self {
        let wanted = Arc::new(Notify::new());
        let asked = wanted.clone();
        tokio::spawn(async move {
            loop {
                asked.notified().await;
                match crate::events::notify(&pool).await {
                    Ok(()) => {}
                    Err(sqlx::Error::PoolClosed) => return,
                    // The events are stored; listeners also look by themselves now and then.
                    Err(error) => tracing::warn!(%error, "listeners were not told of new events"),
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self(wanted)
    }

    /// Tells listeners soon; returns at once.
    pub fn announce(&self) {
        self.0.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::postgres::PgListener;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_burst_is_announced_at_least_once_and_not_each_time(pool: PgPool) {
        let mut listener = PgListener::connect_with(&pool).await.unwrap();
        listener.listen(model::CHANNEL).await.unwrap();
        let announcer = Announcer::new(pool.clone());
        for _ in 0..500 {
            announcer.announce();
        }
        listener.recv().await.unwrap();
        let mut more = 0;
        while let Ok(Ok(_)) = tokio::time::timeout(5 * PAUSE, listener.recv()).await {
            more += 1;
        }
        assert!(more <= 2, "{more} more");
    }
}
