//! `cache-cleanup`: cached images nobody reads, temporary files and orphaned blobs. The processor owns the files, so the
//! worker asks it.

use super::new_job::maintenance_job;
use crate::context::WorkerContext;
use crate::failure::Failure;
use crate::processor::{Processor, Refused};
use model::JobKind;
use queue::{Done, Job, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// It needs to know nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {}

/// Clean up; at most one such job is in flight.
pub fn new_job() -> NewJob {
    maintenance_job(JobKind::CacheCleanup, &Payload {})
}

/// Runs one job.
pub(super) async fn run(context: WorkerContext, _: Job, _: Payload) -> Result<Done, Failure> {
    clean_up(&context.processor).await
}

async fn clean_up(processor: &Processor) -> Result<Done, Failure> {
    let failed = |error: anyhow::Error| match error.downcast::<Refused>() {
        Ok(refused) => Failure::fatal("refused", refused),
        Err(error) => Failure::of(error),
    };
    let cache = processor.clean_up_cache().await.map_err(failed)?;
    let storage = processor.sweep_storage().await.map_err(failed)?;
    Ok(Done::Result(json!({"cache": cache, "storage": storage})))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const CLEANED: &str = r#"{"deleted": 0, "freedBytes": 0, "success": true}"#;
    const REFUSED: &str =
        r#"{"code": "too_many_orphans", "error": "Conflict", "message": "Nothing was swept.", "success": false}"#;

    /// A sweep that is refused waits for a person: walking the store four more times tells nobody more.
    #[tokio::test]
    async fn a_refused_sweep_is_not_tried_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let processor = Processor::new(format!("http://{}", listener.local_addr().unwrap()), "token").unwrap();
        let serving = tokio::spawn(async move {
            for (status, body) in [("200 OK", CLEANED), ("409 Conflict", REFUSED)] {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut head = vec![];
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(socket.read_u8().await.unwrap());
                }
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let failure = clean_up(&processor).await.unwrap_err();
        serving.await.unwrap();
        assert!(failure == Failure::fatal("refused", "Nothing was swept."), "{failure:?}");
    }
}
