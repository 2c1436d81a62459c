//! Whether a drive has a file already, before it is sent.

use crate::test_app::TestApp;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgPool;

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn m2_files_of_ones_own_drive_are_known_by_their_bytes_and_others_are_not(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (drive, elsewhere) = (ann.new_drive("d").await, ann.new_drive("e").await);
    let theirs = bob.new_drive("f").await;
    ann.new_file(drive, "old.txt", b"here").await;
    let here = ann.new_file(drive, "here.txt", b"here").await;
    ann.new_file(elsewhere, "elsewhere.txt", b"elsewhere").await;
    bob.new_file(theirs, "theirs.txt", b"theirs").await;
    let trashed = ann.new_file(drive, "trashed.txt", b"trashed").await;
    ann.patch(&format!("/api/v1/files/{trashed}"), json!({"trashed": true})).await.expect(StatusCode::OK);

    let path = format!("/api/v1/drives/{drive}/known");
    let asked: Vec<String> =
        [&b"here"[..], b"elsewhere", b"theirs", b"trashed", b"nowhere"].map(hash).into_iter().collect();
    let known = ann.post(&path, json!({"hashes": asked})).await.expect(StatusCode::OK).json();
    assert_eq!(known, json!([{"contentHash": hash(b"here"), "id": here, "name": "here.txt"}]));
    assert_eq!(ann.post(&path, json!({"hashes": []})).await.json(), json!([]));
    // A hash is not a permission.
    bob.post(&path, json!({"hashes": asked})).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    for (hashes, code) in [
        (Value::from(vec!["00"]), "invalid-hash"),
        (Value::from(vec![hash(b"here").to_uppercase()]), "invalid-hash"),
        (Value::from(vec![hash(b"here"); 1001]), "too-many-hashes"),
    ] {
        let answer = ann.post(&path, json!({"hashes": hashes})).await;
        answer.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
}
