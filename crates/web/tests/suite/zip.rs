//! Files of a drive as one zip.

use crate::test_app::TestApp;
use axum::http::StatusCode;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    (0..zip.len())
        .map(|n| {
            let mut entry = zip.by_index(n).expect("an entry");
            let mut content = vec![];
            entry.read_to_end(&mut content).expect("its bytes, and their checksum");
            (entry.name().expect("a name").into_owned(), content)
        })
        .collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_chosen_and_what_a_list_has_is_in_it_byte_for_byte(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("Année 2026").await;
    let large = (0..300_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
    let first = ann.new_file(drive, "größe.bin", &large).await;
    let second = ann.new_file(drive, "note.txt", b"one").await;
    ann.new_file(drive, "Note.txt", b"two").await;
    ann.new_file(drive, "empty.txt", b"").await;

    let chosen = ann.get(&format!("/api/v1/drives/{drive}/zip?ids={first},{second}")).await.expect(StatusCode::OK);
    assert_eq!(chosen.header("content-type"), "application/zip");
    assert!(chosen.header("content-disposition").starts_with("attachment; filename=\"Ann"), "{:?}", chosen.headers);
    let expected = [("größe.bin", large.clone()), ("note.txt", b"one".to_vec())];
    assert_eq!(unpacked(&chosen.body), expected.map(|(name, bytes)| (name.to_owned(), bytes)).into());

    let listed = ann.get(&format!("/api/v1/drives/{drive}/zip?q=.txt")).await.expect(StatusCode::OK);
    let listed = unpacked(&listed.body);
    let names: Vec<&str> = listed.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.contains(&"empty.txt") && names.iter().any(|name| name.ends_with(" (2).txt")), "{names:?}");

    let downloads: i64 = sqlx::query_scalar("select count(*) from audit_entries where kind = 'file-downloaded'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(downloads, 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn strangers_wrong_ids_and_nothing_are_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (drive, other) = (ann.new_drive("d").await, ann.new_drive("other").await);
    let file = ann.new_file(drive, "a.txt", b"a").await;
    let path = format!("/api/v1/drives/{drive}/zip");
    bob.get(&path).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    ann.get(&format!("/api/v1/drives/{other}/zip?ids={file}")).await.expect(StatusCode::NOT_FOUND);
    ann.get(&format!("{path}?ids={}", uuid::Uuid::new_v4())).await.expect(StatusCode::NOT_FOUND);
    ann.get(&format!("{path}?ids=1,2")).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-ids");
    let many: Vec<String> = (0..201).map(|n| uuid::Uuid::from_u128(n).to_string()).collect();
    let answer = ann.get(&format!("{path}?ids={}", many.join(","))).await;
    answer.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "too-many-files");
    ann.get(&format!("{path}?q=nothing")).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "no-files");
}

/// Whoever gets less than all must not take it for all.
#[sqlx::test(migrations = "../../migrations")]
async fn a_zip_that_lacks_a_files_bytes_breaks_off(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    ann.new_file(drive, "a.txt", b"a").await;
    let lost = ann.new_file(drive, "b.txt", b"lost").await;
    sqlx::query("update contents set size_bytes = 9 where hash = (select content_hash from files where id = $1)")
        .bind(lost)
        .execute(&pool)
        .await
        .unwrap();
    let path = format!("/api/v1/drives/{drive}/zip");
    let response = ann.begin(axum::http::Method::GET, &path, &[], axum::body::Body::empty()).await;
    assert_eq!(response.status(), StatusCode::OK);
    axum::body::to_bytes(response.into_body(), usize::MAX).await.expect_err("it is not whole");
}
