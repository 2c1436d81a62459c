//! The same done to many files at once.

use crate::test_app::{Client, TestApp};
use axum::http::StatusCode;
use model::AuditKind;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

const PATH: &str = "/api/v1/files/bulk";

async fn names(client: &Client, drive: Uuid, query: &str) -> Vec<String> {
    let path = format!("/api/v1/drives/{drive}/files?sort=name&limit=200&{query}");
    let answer = client.get(&path).await.expect(StatusCode::OK).json();
    answer["items"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
}

async fn changed(client: &Client, body: Value) -> u64 {
    client.post(PATH, body).await.expect(StatusCode::OK).json()["changed"].as_u64().unwrap()
}

async fn events(pool: &PgPool) -> Vec<(String, Uuid, Option<Uuid>, Value)> {
    sqlx::query_as("select kind, drive_id, file_id, data from events order by id").fetch_all(pool).await.unwrap()
}

async fn audited(pool: &PgPool, kind: AuditKind) -> Vec<(String, Option<String>)> {
    sqlx::query_as("select target_name, detail from audit_entries where kind = $1 order by id")
        .bind(kind.as_str())
        .fetch_all(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_go_into_the_trash_and_come_back_together(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let mut ids = vec![];
    for name in ["a", "b", "c"] {
        ids.push(ann.new_file(drive, &format!("{name}.txt"), name.as_bytes()).await);
    }
    assert_eq!(changed(&ann, json!({"ids": [ids[0], ids[1], ids[0]], "action": "trash"})).await, 2);
    assert_eq!(names(&ann, drive, "").await, ["c.txt"]);
    assert_eq!(changed(&ann, json!({"ids": ids, "action": "trash"})).await, 1, "two are there already");
    assert_eq!(changed(&ann, json!({"ids": [ids[2]], "action": "restore"})).await, 1);
    assert_eq!(names(&ann, drive, "trashed=true").await, ["a.txt", "b.txt"]);

    let updated = "file.updated".to_owned();
    let mut named = ids[..2].to_vec();
    named.sort();
    let both = json!({"files": 2, "fileIds": named});
    let only = |n: usize| (updated.clone(), drive, Some(ids[n]), json!({}));
    assert_eq!(events(&pool).await, [(updated.clone(), drive, None, both), only(2), only(2)]);
    let trashed = audited(&pool, AuditKind::FileTrashed).await;
    assert_eq!(trashed, ["a.txt", "b.txt", "c.txt"].map(|name| (name.to_owned(), None)));
    assert_eq!(audited(&pool, AuditKind::FileRestored).await, [("c.txt".to_owned(), None)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_filter_takes_what_its_list_has_and_nothing_else(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let (drive, other) = (ann.new_drive("d").await, ann.new_drive("other").await);
    for n in 0..105 {
        ann.new_file(drive, &format!("note {n:03}.txt"), format!("{n}").as_bytes()).await;
    }
    ann.new_file(drive, "kept.txt", b"kept").await;
    ann.new_file(other, "note.txt", b"note").await;
    let filter = json!({"driveId": drive, "q": "NOTE"});
    assert_eq!(changed(&ann, json!({"filter": filter, "action": "trash"})).await, 105);
    assert_eq!(names(&ann, drive, "").await, ["kept.txt"]);
    assert_eq!(names(&ann, other, "").await, ["note.txt"]);
    assert_eq!(events(&pool).await, [("file.updated".into(), drive, None, json!({"files": 105}))], "one for all");

    // As the button that empties the trash does.
    let trash = json!({"driveId": drive, "trashed": true});
    assert_eq!(changed(&ann, json!({"filter": trash, "action": "delete"})).await, 105);
    assert!(names(&ann, drive, "trashed=true").await.is_empty());
    assert_eq!(audited(&pool, AuditKind::FileDeleted).await.len(), 105);
    assert_eq!(events(&pool).await[1], ("file.deleted".into(), drive, None, json!({"files": 105})));
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_move_together_and_the_drive_they_left_hears_only_that_they_are_gone(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let (from, to) = (ann.new_drive("from").await, ann.new_drive("to").await);
    let ids = [ann.new_file(from, "a.txt", b"a").await, ann.new_file(from, "b.txt", b"b").await];
    assert_eq!(changed(&ann, json!({"ids": ids, "action": "move", "driveId": to})).await, 2);
    assert!(names(&ann, from, "").await.is_empty());
    assert_eq!(names(&ann, to, "").await, ["a.txt", "b.txt"]);
    let told: Vec<_> = events(&pool).await.into_iter().map(|(kind, drive, ..)| (kind, drive)).collect();
    assert_eq!(told, [("file.updated".to_owned(), to), ("file.deleted".to_owned(), from)]);
    let detail = Some("to to".to_owned());
    assert_eq!(
        audited(&pool, AuditKind::FileMoved).await,
        ["a.txt", "b.txt"].map(|name| (name.to_owned(), detail.clone()))
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_file_that_may_not_be_changed_stops_all(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (mine, shared, bobs) =
        (ann.new_drive("mine").await, bob.new_drive("shared").await, bob.new_drive("bobs").await);
    bob.share(shared, "ann@example.org", "viewer").await;
    let own = ann.new_file(mine, "own.txt", b"own").await;
    let seen = bob.new_file(shared, "seen.txt", b"seen").await;
    let hidden = bob.new_file(bobs, "hidden.txt", b"hidden").await;
    for action in ["trash", "delete"] {
        let answer = ann.post(PATH, json!({"ids": [own, hidden], "action": action})).await;
        answer.expect_problem(StatusCode::NOT_FOUND, "not-found");
        let answer = ann.post(PATH, json!({"ids": [own, seen], "action": action})).await;
        answer.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    }
    for (to, status) in [(shared, StatusCode::FORBIDDEN), (bobs, StatusCode::NOT_FOUND)] {
        ann.post(PATH, json!({"ids": [own], "action": "move", "driveId": to})).await.expect(status);
        let filter = json!({"driveId": to});
        ann.post(PATH, json!({"filter": filter, "action": "delete"})).await.expect(status);
    }
    assert_eq!(names(&ann, mine, "").await, ["own.txt"]);
    assert_eq!(names(&bob, shared, "").await, ["seen.txt"]);
    assert!(events(&pool).await.is_empty());

    let made = ann.post("/api/v1/tokens", json!({"name": "reader", "scopes": ["read"]})).await.json();
    let reader = ann.with_token(made["secret"].as_str().unwrap());
    reader.post(PATH, json!({"ids": [own], "action": "trash"})).await.expect(StatusCode::FORBIDDEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_makes_no_sense_is_refused_in_a_sentence(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let file = ann.new_file(drive, "a.txt", b"a").await;
    let many: Vec<Uuid> = (0..1001).map(Uuid::from_u128).collect();
    for (body, code) in [
        (json!({"action": "trash"}), "invalid-bulk"),
        (json!({"ids": [file], "filter": {"driveId": drive}, "action": "trash"}), "invalid-bulk"),
        (json!({"ids": [file], "action": "trash", "driveId": drive}), "invalid-bulk"),
        (json!({"ids": [file], "action": "move"}), "no-drive"),
        (json!({"ids": many, "action": "trash"}), "too-many-files"),
        (json!({"filter": {"driveId": drive, "status": "purple"}, "action": "trash"}), "invalid-status"),
    ] {
        ann.post(PATH, body).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
    assert_eq!(changed(&ann, json!({"ids": [], "action": "trash"})).await, 0);
    assert_eq!(names(&ann, drive, "").await, ["a.txt"]);
}
