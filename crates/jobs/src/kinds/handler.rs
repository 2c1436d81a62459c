//! How a kind's `run` is given to a runner: with its payload read, and with the slots of its kind.

use super::slots::Slots;
use crate::failure::{self, Failure};
use crate::machine::Machine;
use model::JobKind;
use queue::{Builder, Done, Job, KindOptions};
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How long a job may take before it counts as hung. Far above what any needs: a reader has its own limits of a minute or two and
/// may have to be waited for, and the processor's answer to a clean-up is waited for ten minutes.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);

type Running = Pin<Box<dyn Future<Output = Result<Done, Failure>> + Send>>;

/// A kind and what runs its jobs, which work with a `C`.
pub(super) struct KindHandler<C> {
    pub(super) kind: JobKind,
    run: Arc<dyn Fn(C, Job) -> Running + Send + Sync>,
}

impl<C> KindHandler<C> {
    /// A handler that reads the job's payload first. A payload that is none of this kind's gives the job up: it will not change.
    pub(super) fn new<P, F>(kind: JobKind, run: impl Fn(C, Job, P) -> F + Send + Sync + 'static) -> Self
    where
        P: DeserializeOwned,
        F: Future<Output = Result<Done, Failure>> + Send + 'static,
    {
        let run = move |context, job: Job| -> Running {
            match P::deserialize(&job.payload) {
                Ok(payload) => Box::pin(run(context, job, payload)),
                Err(error) => Box::pin(std::future::ready(Err(failure::bad_payload(error)))),
            }
        };
        Self { kind, run: Arc::new(run) }
    }
}

/// Registers the handlers. A handler is called for many jobs at once, so each call gets its own handle on what they share. None is
/// called while the machine is known to be ill.
pub(super) fn register<C>(
    handlers: Vec<KindHandler<C>>,
    context: &C,
    machine: &Machine,
    builder: Builder,
    slots: &Slots,
) -> Builder
where
    C: Clone + Send + Sync + 'static,
{
    handlers.into_iter().fold(builder, |builder, KindHandler { kind, run }| {
        let (context, machine) = (context.clone(), machine.clone());
        let options = KindOptions::slots(slots.of(kind)).timeout(TIMEOUT);
        builder.kind(kind.name(), options, move |job: Job| {
            let (run, context, machine) = (run.clone(), context.clone(), machine.clone());
            async move {
                if let Some(pause) = machine.hold_back(&job).await {
                    return Ok(Done::Snooze(pause));
                }
                match run(context, job.clone()).await {
                    Ok(done) => {
                        if !matches!(done, Done::Snooze(_)) {
                            machine.is_well();
                        }
                        Ok(done)
                    }
                    Err(Failure::Job(failure)) => Err(failure),
                    Err(Failure::Machine { fault, error }) => machine.put_off(&job, fault, error).await,
                }
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::{NewJob, Queue, Runner, Status};
    use serde::Deserialize;
    use serde_json::json;
    use tokio::sync::mpsc;

    #[derive(Deserialize)]
    struct Payload {
        page: u32,
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_job_with_a_payload_of_no_job_of_its_kind_is_given_up_at_once(pool: sqlx::PgPool) {
        let queue = Queue::new(pool.clone());
        let new = |payload| NewJob::new(JobKind::Retention.name(), payload);
        let wrong = queue.enqueue(new(json!({"page": "seven"}))).await.unwrap().id;
        queue.enqueue(new(json!({"page": 7}))).await.unwrap();
        let (sender, mut pages) = mpsc::unbounded_channel();
        let run = move |sender: mpsc::UnboundedSender<u32>, _, payload: Payload| async move {
            sender.send(payload.page).map_err(Failure::retry)?;
            Ok(Done::Result(json!(null)))
        };
        let handlers = vec![KindHandler::new(JobKind::Retention, run)];
        let slots = Slots::default().with(JobKind::Retention, 1);
        let runner = register(handlers, &sender, &Machine::new(None), Runner::builder(queue), &slots).start();
        assert_eq!(pages.recv().await, Some(7), "the other was not run");
        // With one slot, the one before has ended.
        runner.stop(Duration::from_secs(10)).await;
        let job = queue::find(&mut pool.acquire().await.unwrap(), wrong).await.unwrap().unwrap();
        assert_eq!((job.status, job.code.as_deref(), job.attempts), (Status::Failed, Some("bad-payload"), 1));
    }
}
