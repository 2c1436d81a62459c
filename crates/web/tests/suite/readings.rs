//! Reading again, as people ask for it.

use crate::test_app::TestApp;
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

/// Says of the content of these bytes how it stands.
async fn stands(pool: &PgPool, file: Uuid, status: &str, more: &str) {
    let sql =
        format!("update contents set status = $2, {more} where hash = (select content_hash from files where id = $1)");
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(file).bind(status).execute(pool).await.unwrap();
}

async fn listed(pool: &PgPool) -> Vec<Uuid> {
    sqlx::query_scalar(
        "select f.id from reading_contents r join files f on f.content_hash = r.content_hash order by f.created_at",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_asked_for_is_read_again_and_nothing_else(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let mut files = vec![];
    for name in ["failed", "picture", "scan", "recognised", "older", "new", "pending", "trashed"] {
        files.push(ann.new_file(drive, name, name.as_bytes()).await);
    }
    let [failed, picture, scan, recognised, older, new, pending, trashed] = files[..] else { panic!() };
    let newest = "reader_version = 99";
    stands(&pool, failed, "failed", newest).await;
    stands(&pool, picture, "visual", newest).await;
    stands(&pool, scan, "completed", r#"reader_version = 99, facts = '{"pagesWithoutText": [2]}'"#).await;
    let facts = r#"reader_version = 99, facts = '{"pagesWithoutText": [2], "ocr": {"pages": 1}}'"#;
    stands(&pool, recognised, "completed", facts).await;
    stands(&pool, older, "completed", "reader_version = 1, format = 'pdf'").await;
    stands(&pool, new, "completed", "reader_version = 1, format = 'toml'").await;
    stands(&pool, trashed, "failed", newest).await;
    ann.patch(&format!("/api/v1/files/{trashed}"), json!({"trashed": true})).await.expect(StatusCode::OK);
    let read = format!("/api/v1/drives/{drive}/read");
    let cases = [
        (json!({"what": "failed"}), vec![failed]),
        (json!({"what": "without_text", "ocr": "force"}), vec![picture, scan]),
        (json!({"what": "older_reader"}), vec![older]),
        (json!({}), vec![failed, picture, scan, recognised, older, new]),
        (json!({"fileIds": [new, trashed, pending, Uuid::nil()]}), vec![new, trashed]),
        (json!({"fileIds": [new, failed], "what": "failed", "ocr": "off"}), vec![failed]),
    ];
    for (body, expected) in cases {
        let begun = ann.post(&read, body.clone()).await.expect(StatusCode::ACCEPTED).json();
        assert_eq!(begun["enqueued"], expected.len(), "{body}");
        assert_eq!(listed(&pool).await, expected, "{body}");
        let id = begun["readingId"].as_str().unwrap();
        let shown = ann.get(&format!("/api/v1/readings/{id}")).await.expect(StatusCode::OK).json();
        assert_eq!(
            (&shown["state"], &shown["total"], &shown["done"]),
            (&json!("waiting"), &json!(expected.len()), &json!(0))
        );
        let cancelled =
            ann.post(&format!("/api/v1/readings/{id}/cancel"), json!({})).await.expect(StatusCode::OK).json();
        assert_eq!(cancelled["state"], "cancelled");
        assert!(listed(&pool).await.is_empty());
    }
    let one = ann.post(&format!("/api/v1/files/{new}/read"), json!({})).await.expect(StatusCode::ACCEPTED).json();
    assert_eq!(one["enqueued"], 1);
    let again = ann.post(&format!("/api/v1/files/{new}/read"), json!({})).await.expect(StatusCode::ACCEPTED).json();
    assert_eq!(again, json!({"enqueued": 0, "readingId": null}), "it waits already");
    let busy = ann.post(&format!("/api/v1/files/{pending}/read"), json!({})).await.expect(StatusCode::ACCEPTED).json();
    assert_eq!(busy["enqueued"], 0, "its first reading is to come");
    ann.post(&read, json!({"what": "odd"})).await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    let many: Vec<Uuid> = (0..1_001).map(|_| Uuid::nil()).collect();
    ann.post(&read, json!({"fileIds": many})).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "too-many-files");
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_are_read_again_by_those_who_may_change_them_and_all_by_administrators(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, vi, bob, admin) =
        (app.person("ann").await, app.person("vi").await, app.person("bob").await, app.admin().await);
    let drive = ann.new_drive("d").await;
    ann.share(drive, "vi@example.org", "viewer").await;
    let file = ann.new_file(drive, "a.txt", b"a").await;
    stands(&pool, file, "completed", "reader_version = 1, format = 'pdf'").await;
    let (of_file, of_drive) = (format!("/api/v1/files/{file}/read"), format!("/api/v1/drives/{drive}/read"));
    for path in [&of_file, &of_drive] {
        vi.post(path, json!({})).await.expect(StatusCode::FORBIDDEN);
        bob.post(path, json!({})).await.expect(StatusCode::NOT_FOUND);
        app.stranger().post(path, json!({})).await.expect(StatusCode::UNAUTHORIZED);
    }
    ann.post("/api/v1/read", json!({})).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(admin.get("/api/v1/system").await.json()["olderReaderFiles"], 1);
    let begun = admin.post("/api/v1/read", json!({"what": "older_reader"})).await.expect(StatusCode::ACCEPTED).json();
    assert_eq!(begun["enqueued"], 1);
    let reading = format!("/api/v1/readings/{}", begun["readingId"].as_str().unwrap());
    ann.get(&reading).await.expect(StatusCode::NOT_FOUND);
    ann.post(&format!("{reading}/cancel"), json!({})).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(ann.get("/api/v1/readings").await.json(), json!([]));
    assert_eq!(admin.get("/api/v1/readings").await.json().as_array().unwrap().len(), 1);
    admin.post(&format!("{reading}/cancel"), json!({})).await.expect(StatusCode::OK);
    admin.post(&format!("{reading}/cancel"), json!({})).await.expect_problem(StatusCode::CONFLICT, "wrong-status");
    ann.post(&of_drive, json!({})).await.expect(StatusCode::ACCEPTED);
    assert_eq!(ann.get("/api/v1/readings").await.json().as_array().unwrap().len(), 1);
    assert_eq!(admin.get("/api/v1/readings").await.json().as_array().unwrap().len(), 2);
}

/// Each is a job, and a row that is looked at every second.
#[sqlx::test(migrations = "../../migrations")]
async fn readings_of_a_person_are_bounded(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let file = ann.new_file(drive, "a.txt", b"a").await;
    stands(&pool, file, "completed", "reader_version = 1").await;
    sqlx::query(
        "insert into readings (asked_by, what, ocr, total)
         select id, 'all', 'off', 1 from users, generate_series(1, 100) where email = 'ann@example.org'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let path = format!("/api/v1/drives/{drive}/read");
    ann.post(&path, json!({})).await.expect_problem(StatusCode::TOO_MANY_REQUESTS, "too-many-readings");
}
