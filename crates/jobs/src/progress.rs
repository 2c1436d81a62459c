//! What a reader says while it works, passed on to whoever looks: at most four times a second, and never stored.

use crate::context::Context;
use model::{ContentHash, Progress};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(250);

/// A callback for one run. Work that is over sooner than the first pause says nothing at all.
pub(crate) fn reporter(context: &Context, hash: &ContentHash) -> sandbox::Progress {
    let (pool, hash) = (context.pool.clone(), hash.clone());
    let runtime = tokio::runtime::Handle::current();
    let mut last = Instant::now();
    Box::new(move |message| {
        let Some(progress) = parse(message).filter(|_| last.elapsed() >= PAUSE) else { return };
        last = Instant::now();
        let (pool, hash) = (pool.clone(), hash.clone());
        runtime.spawn(async move {
            if let Err(error) = db::events::notify_progress(&pool, &hash, &progress).await {
                tracing::debug!(%error, "progress was not passed on");
            }
        });
    })
}

/// A reader's words are not to be trusted: a stage is a short plain word or the message is dropped.
fn parse(message: &[u8]) -> Option<Progress> {
    let progress: Progress = serde_json::from_slice(message).ok()?;
    let plain = progress.stage.len() <= 32 && progress.stage.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    plain.then_some(progress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_stages_pass() {
        assert!(parse(br#"{"stage":"page","done":3,"total":9}"#).is_some());
        assert!(parse(br#"{"stage":"<script>","done":3,"total":9}"#).is_none());
        assert!(parse(b"\xff").is_none());
    }
}
