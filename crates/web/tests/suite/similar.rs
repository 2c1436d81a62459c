//! Pictures that look alike.

use crate::test_app::TestApp;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn pictures_that_look_alike_are_found_in_their_drive_alone(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let (drive, other) = (ann.new_drive("d").await, ann.new_drive("e").await);
    let hashes = [
        (drive, "original", "00000000000000ff"),
        (drive, "smaller", "00000000000000fe"),
        (drive, "cropped", "0000000000000f0f"),
        (drive, "stranger", "ffffffff00000000"),
        (drive, "trashed", "00000000000000ff"),
        (other, "elsewhere", "00000000000000ff"),
    ];
    let mut ids = vec![];
    for (drive, name, hash) in hashes {
        let id = ann.new_file(drive, name, name.as_bytes()).await;
        sqlx::query(
            "update contents set facts = facts || jsonb_build_object('perceptualHash', $2::text)
             where hash = (select content_hash from files where id = $1)",
        )
        .bind(id)
        .bind(hash)
        .execute(&pool)
        .await
        .unwrap();
        ids.push(id);
    }
    let text = ann.new_file(drive, "text", b"no picture").await;
    ann.patch(&format!("/api/v1/files/{}", ids[4]), json!({"trashed": true})).await.expect(StatusCode::OK);

    let similar = async |query: &str| {
        ann.get(&format!("/api/v1/files/{}/similar{query}", ids[0])).await.expect(StatusCode::OK).json()
    };
    let found = |distances: &[(usize, i32)]| -> Value {
        distances.iter().map(|&(at, distance)| json!({"id": ids[at], "distance": distance})).collect()
    };
    assert_eq!(similar("").await, found(&[(1, 1), (2, 8)]));
    assert_eq!(similar("?distance=1").await, found(&[(1, 1)]));
    let of_text = ann.get(&format!("/api/v1/files/{text}/similar")).await.expect(StatusCode::OK).json();
    assert_eq!(of_text, json!([]));

    ann.get(&format!("/api/v1/files/{}/similar?distance=25", ids[0])).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let bob = app.person("bob").await;
    bob.get(&format!("/api/v1/files/{}/similar", ids[0])).await.expect(StatusCode::NOT_FOUND);
}
