//! What a browser without a session sees.

use crate::test_app::TestApp;
use axum::http::StatusCode;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn the_description_is_served_for_programs_and_for_people(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let served = app.stranger().get("/api/openapi.json").await.expect(StatusCode::OK).json();
    assert_eq!(served["openapi"], "3.1.0");
    let page = app.stranger().get("/api/docs").await.expect(StatusCode::OK);
    let page = String::from_utf8(page.body).unwrap();
    for path in served["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path), "{path} is not on the page");
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("style="));
    app.stranger().get("/api/docs.css").await.expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_neighbours_being_away_is_degraded_and_no_more(pool: PgPool) {
    let app = TestApp::with(pool, &[("REALTIME_URL", "http://127.0.0.1:1")]).await;
    let health = app.stranger().get("/health").await.expect(StatusCode::OK).json();
    assert_eq!(health["status"], "degraded");
    assert_eq!(health["checks"]["processor"]["status"], "healthy");
    assert_eq!(health["checks"]["realtime"]["status"], "degraded");
    app.stranger().get("/readyz").await.expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn addresses_of_the_interface_answer_with_it_or_say_that_it_is_missing(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let page = app.stranger().get("/files/anything").await.expect(StatusCode::OK);
    let page = String::from_utf8(page.body).unwrap();
    assert!(page.contains("<html") || page.starts_with("This server was built without its interface."), "{page}");
    app.stranger().get("/assets/none-0000.js").await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    app.stranger().post("/somewhere", serde_json::json!({})).await.expect(StatusCode::METHOD_NOT_ALLOWED);
}
