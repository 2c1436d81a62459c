//! Listing, renaming, moving, trashing, deleting.

use crate::test_app::{Client, TestApp};
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeSet;
use uuid::Uuid;

async fn names(client: &Client, drive: Uuid, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/api/v1/drives/{drive}/files?{query}")).await.expect(StatusCode::OK).json();
    answer["items"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
}

/// Every file of the list, page by page.
async fn walk(client: &Client, drive: Uuid, query: &str) -> Vec<Value> {
    let (mut files, mut cursor) = (vec![], String::new());
    loop {
        let path = format!("/api/v1/drives/{drive}/files?{query}&cursor={cursor}");
        let page = client.get(&path).await.expect(StatusCode::OK).json();
        files.extend(page["items"].as_array().unwrap().clone());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return files,
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn pages_cover_every_file_exactly_once_in_every_order(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    // Equal times, equal names and equal sizes, so that only the id tells them apart.
    for n in 0..23 {
        let bytes = "x".repeat(n % 3);
        ann.new_file(drive, &format!("{}.txt", ["a", "B", "c"][n % 3]), bytes.as_bytes()).await;
    }
    sqlx::query("update files set created_at = date_trunc('second', created_at)").execute(&pool).await.unwrap();
    for sort in ["", "created", "-created", "name", "-name", "size", "-size"] {
        let files = walk(&ann, drive, &format!("sort={sort}&limit=5")).await;
        let ids: BTreeSet<&str> = files.iter().map(|file| file["id"].as_str().unwrap()).collect();
        assert_eq!((files.len(), ids.len()), (23, 23), "sort={sort}");
    }
    let by_name = walk(&ann, drive, "sort=name&limit=5").await;
    assert!(by_name.is_sorted_by_key(|file| file["name"].as_str().unwrap().to_lowercase()));
    let by_size = walk(&ann, drive, "sort=-size&limit=5").await;
    assert!(by_size.is_sorted_by_key(|file| std::cmp::Reverse(file["sizeBytes"].as_u64())));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_added_meanwhile_neither_repeats_nor_hides_another(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    for n in 0..6 {
        ann.new_file(drive, &format!("{n}.txt"), b"x").await;
    }
    let first = ann.get(&format!("/api/v1/drives/{drive}/files?limit=3")).await.json();
    ann.new_file(drive, "new.txt", b"x").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    assert_eq!(names(&ann, drive, &format!("limit=3&cursor={cursor}")).await, ["2.txt", "1.txt", "0.txt"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_list_is_narrowed_by_name_status_and_type(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    ann.new_file(drive, "Report 100%.txt", b"1").await;
    ann.new_file(drive, "report_final.txt", b"2").await;
    ann.new_file(drive, "photo.txt", b"3").await;
    sqlx::query(
        "update contents set status = 'visual', mime = 'image/jpeg', format = 'jpeg' where size_bytes = 1 and hash in
                 (select content_hash from files where name = 'photo.txt')",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(names(&ann, drive, "q=REPORT&sort=name").await, ["Report 100%.txt", "report_final.txt"]);
    assert_eq!(names(&ann, drive, "q=100%25").await, ["Report 100%.txt"]);
    assert_eq!(names(&ann, drive, "q=t_f").await, ["report_final.txt"]);
    assert_eq!(names(&ann, drive, "q=%25").await, ["Report 100%.txt"]);
    assert_eq!(names(&ann, drive, "status=visual").await, ["photo.txt"]);
    assert_eq!(names(&ann, drive, "type=image&status=&q=").await, ["photo.txt"]);
    assert_eq!(names(&ann, drive, "type=jpeg").await, ["photo.txt"]);
    assert_eq!(names(&ann, drive, "type=text").await.len(), 2);
    let path = format!("/api/v1/drives/{drive}/files");
    for (query, code) in
        [("status=done", "invalid-status"), ("sort=colour", "invalid-sort"), ("cursor=rubbish", "invalid-cursor")]
    {
        ann.get(&format!("{path}?{query}")).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
    ann.get(&format!("{path}?limit=many")).await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_cursor_that_was_tampered_with_is_refused(pool: PgPool) {
    use base64::Engine;
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    for (sort, key) in [
        ("-created", "yesterday'; drop table files"),
        ("size", "many"),
        ("created", "9223372036854775807"),
        ("name", "\0"),
    ] {
        let place = json!({"sort": sort, "key": key, "id": Uuid::nil()}).to_string();
        let cursor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(place);
        let answer = ann.get(&format!("/api/v1/drives/{drive}/files?sort={sort}&cursor={cursor}")).await;
        answer.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-cursor");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_is_renamed_by_the_rules_for_names(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "a.txt", b"a").await);
    assert_eq!(
        ann.patch(&path, json!({"name": " e\u{301}.txt"})).await.expect(StatusCode::OK).json()["name"],
        "\u{e9}.txt"
    );
    for name in ["", "a/b", "..", "a\u{202e}b", "a\u{200b}b", "a\u{2060}b"] {
        let answer = ann.patch(&path, json!({"name": name})).await;
        answer.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-name");
    }
    let kinds: Vec<String> = sqlx::query_scalar("select kind from events order by id").fetch_all(&pool).await.unwrap();
    assert_eq!(kinds, ["file.updated"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_trashed_file_leaves_the_list_and_comes_back(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "a.txt", b"a").await);
    assert!(ann.patch(&path, json!({"trashed": true})).await.json()["trashedAt"].is_string());
    assert!(names(&ann, drive, "").await.is_empty());
    assert_eq!(names(&ann, drive, "trashed=true").await, ["a.txt"]);
    assert!(ann.patch(&path, json!({"trashed": false})).await.json()["trashedAt"].is_null());
    assert_eq!(names(&ann, drive, "").await, ["a.txt"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_file_is_gone_and_those_who_watch_are_told(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let file = ann.new_file(drive, "a.txt", b"a").await;
    let path = format!("/api/v1/files/{file}");
    ann.delete(&path).await.expect(StatusCode::NO_CONTENT);
    ann.get(&path).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    ann.delete(&path).await.expect(StatusCode::NOT_FOUND);
    let event: (String, Uuid, Uuid) =
        sqlx::query_as("select kind, drive_id, file_id from events").fetch_one(&pool).await.unwrap();
    assert_eq!(event, ("file.deleted".into(), drive, file));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_moves_only_where_its_mover_may_add_files(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (from, to) = (ann.new_drive("from").await, ann.new_drive("to").await);
    let (bobs, shared) = (bob.new_drive("bobs").await, bob.new_drive("shared").await);
    bob.share(shared, "ann@example.org", "viewer").await;
    let path = format!("/api/v1/files/{}", ann.new_file(from, "a.txt", b"a").await);
    ann.patch(&path, json!({"driveId": bobs})).await.expect(StatusCode::NOT_FOUND);
    ann.patch(&path, json!({"driveId": shared})).await.expect(StatusCode::FORBIDDEN);
    ann.patch(&path, json!({"driveId": to})).await.expect(StatusCode::OK);
    assert!(names(&ann, from, "").await.is_empty());
    assert_eq!(names(&ann, to, "").await, ["a.txt"]);
    let told: Vec<Uuid> = sqlx::query_scalar("select drive_id from events order by id").fetch_all(&pool).await.unwrap();
    assert_eq!(told, [to, from]);
}

/// L4: members of the drive it left were told where it went and what it is called there.
#[sqlx::test(migrations = "../../migrations")]
async fn l4_the_drive_a_file_left_hears_only_that_it_is_gone(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let (from, to) = (ann.new_drive("from").await, ann.new_drive("to").await);
    let path = format!("/api/v1/files/{}", ann.new_file(from, "a.txt", b"a").await);
    ann.patch(&path, json!({"driveId": to, "name": "secret.txt"})).await.expect(StatusCode::OK);
    let told: (String, serde_json::Value) =
        sqlx::query_as("select kind, data from events where drive_id = $1 order by id desc limit 1")
            .bind(from)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(told, ("file.deleted".to_owned(), json!({})));
}
