//! Running the service: connect, serve, work, and stop in good order.

use crate::config::FOREIGN;
use crate::{AppState, Config, app};
use service::{ConnectionLimits, Settings, Shutdown};
use std::net::SocketAddr;
use std::time::Duration;

/// How long jobs under way have when the service stops; what is not done by then is handed back. Less than the time
/// between SIGTERM and exit.
const GRACE: Duration = Duration::from_secs(10);
/// How often reads of artifacts are written down.
const FLUSH: Duration = Duration::from_secs(30);

/// Runs until shutdown.
pub async fn run(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    let config = Config::read(&settings)?;
    settings.answer_foreign(&FOREIGN);
    let address = SocketAddr::from((config.address, config.port));
    let pool = service::connect(&config.database, "processor").await?;
    db::migrations::check(&pool).await?;
    let state = AppState::open(config, pool, shutdown.clone()).await?;

    let builder = queue::Runner::builder(state.context.queue.clone()).node("processor");
    let runner = jobs::register_processor_kinds(&state.context, builder, &state.config.slots).start();
    let work = async {
        shutdown.begun().await;
        runner.stop(GRACE).await;
    };
    let flush = async {
        while tokio::time::timeout(FLUSH, shutdown.begun()).await.is_err() {
            state.cache_reads.flush(&state.context.pool).await;
        }
    };
    let served = service::serve(address, app(state.clone()), ConnectionLimits::internal(), shutdown.clone());
    let (served, (), (), (), ()) = tokio::join!(served, work, flush, state.keep_cache_trimmed(), state.keep_scrubbed());
    state.cache_reads.flush(&state.context.pool).await;
    served
}
