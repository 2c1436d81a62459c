//! Texts that are not found yet, as an earlier release left them.

use crate::app::TestApp;
use model::EXTRACTED_TEXT;
use sqlx::PgPool;

/// The newest one's file was damaged, and of the older ones none was ever found.
#[sqlx::test(migrations = "../../migrations")]
async fn a_damaged_text_does_not_keep_older_ones_from_being_found(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for (name, text) in [("old.txt", b"found by its words".as_slice()), ("new.txt", b"\xff\xfe")] {
        let hash = app.upload(name, text).await;
        app.derive(&hash, EXTRACTED_TEXT, "text/plain; charset=utf-8", text).await;
    }
    sqlx::query("update contents set status = 'completed'").execute(&app.pool).await.unwrap();
    let step = jobs::index_texts(&app.state.context, None).await.unwrap();
    assert_eq!((step.contents, step.is_cut_short), (0, true));
    let step = jobs::index_texts(&app.state.context, step.next).await.unwrap();
    assert_eq!((step.contents, step.is_cut_short), (1, false));
    assert_eq!(app.count("select count(*) from contents where search_version > 0").await, 1);
}
