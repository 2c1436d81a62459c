//! Sweeps of the store: one at a time, and what the last was refused for, so that health can say so.

use jobs::{Context, SweepError, Swept};
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// Age from which a temporary file belongs to no upload any more.
const TEMP_AGE: Duration = Duration::from_secs(24 * 3600);

/// Shared by the route and by health.
#[derive(Debug, Default)]
pub(crate) struct Sweep {
    turn: Mutex<()>,
    refusal: watch::Sender<Option<String>>,
}

impl Sweep {
    /// Sweeps. Who asks during one is answered when there is nothing left to do.
    pub(crate) async fn run(&self, context: &Context, force: bool) -> Result<Swept, SweepError> {
        let _turn = self.turn.lock().await;
        let swept = jobs::sweep_storage(context, TEMP_AGE, force).await;
        let (outcome, refusal) = match &swept {
            Ok(_) => ("done", None),
            Err(error) if is_refusal(error) => ("refused", Some(error.to_string())),
            Err(_) => ("failed", self.refusal()),
        };
        metrics::counter!("storage_sweeps_total", "outcome" => outcome).increment(1);
        self.refusal.send_replace(refusal);
        swept
    }

    /// Why the last sweep was refused; none when it was not, or was never asked for.
    pub(crate) fn refusal(&self) -> Option<String> {
        self.refusal.borrow().clone()
    }
}

/// Somebody has to decide; it is not that something broke.
fn is_refusal(error: &SweepError) -> bool {
    matches!(error, SweepError::TooMany { .. } | SweepError::Bond(jobs::BondError::Mismatch(_)))
}
