//! The whole way once, with the real runner and a real confined reader: this binary's own child.

use crate::app::TestApp;
use queue::Runner;
use sqlx::PgPool;
use std::time::{Duration, Instant};

#[sqlx::test(migrations = "../../migrations")]
async fn an_uploaded_text_can_be_read_back_as_text(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let builder = Runner::builder(app.state.context.queue.clone());
    let runner = jobs::processor_kinds(&app.state.context, builder, app.state.config.slots).start();
    let hash = app.upload("note.txt", "Grüße aus Köln\n".as_bytes()).await;
    let began = Instant::now();
    let status = loop {
        let body = app.get(&format!("/cache/{hash}/metadata")).await.ok();
        match body["status"].as_str().unwrap() {
            "pending" | "processing" => assert!(began.elapsed() < Duration::from_secs(60), "{body}"),
            status => break status.to_owned(),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(status, "completed");
    let text = app.get(&format!("/cache/{hash}/extracted-text.txt")).await;
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(text.text().trim_end(), "Grüße aus Köln");
    assert_eq!(app.get("/health").await.ok()["checks"]["sandbox"]["layers"]["seccomp"], true);
    runner.stop(Duration::from_secs(5)).await;
}
