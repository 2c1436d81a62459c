//! One signal for everybody: SIGTERM or Ctrl-C means stop taking work, finish what is under way, leave.

use tokio_util::sync::CancellationToken;

/// Cloned into every part that has to stop.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// Not yet asked to stop; only [`Shutdown::begin`] asks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins when the process gets SIGTERM or SIGINT. Call inside a tokio runtime.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let shutdown = Self::new();
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let begun = shutdown.clone();
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            tracing::info!("stopping");
            begun.begin();
        });
        Ok(shutdown)
    }

    /// Asks everybody to stop.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// True once asked.
    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits to be asked.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }

    /// The token itself, for libraries that take one.
    pub fn token(&self) -> CancellationToken {
        self.0.clone()
    }
}
