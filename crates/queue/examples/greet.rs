//! Puts one job in, runs it, shows it.
#![expect(clippy::print_stdout, reason = "an example shows what it did")]

use queue::{Done, Failure, Job, NewJob, Queue, Runner};
use serde_json::json;
use std::time::Duration;
use tokio::sync::mpsc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = sqlx::PgPool::connect(&std::env::var("DATABASE_URL")?).await?;
    let queue = Queue::new(pool.clone());
    let (ran, mut runs) = mpsc::channel(1);
    let handler = move |job: Job| {
        let ran = ran.clone();
        async move {
            let name = job.payload["name"].as_str().ok_or(Failure::fatal("bad-payload", "nobody to greet"))?;
            ran.send(()).await.map_err(Failure::retry)?;
            Ok(Done::Result(json!({"said": format!("Hello {name}")})))
        }
    };
    let runner = Runner::builder(queue.clone()).node("greeter").kind("greet", 4, handler).start();

    let mut tx = pool.begin().await?;
    let job = queue::enqueue(&mut tx, &NewJob::new("greet", json!({"name": "Ada"})).unique("greet:ada")).await?;
    tx.commit().await?;
    queue.wake();

    runs.recv().await;
    runner.stop(Duration::from_secs(10)).await;
    println!("{:#?}", queue::find(&mut *pool.acquire().await?, job.id).await?);
    Ok(())
}
