//! M15: membership by consent.

use crate::test_app::{Answer, Client, TestApp};
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

fn member(email: &str, role: &str) -> Value {
    json!({"email": email, "role": role})
}

async fn invite(owner: &Client, drive: Uuid, email: &str) -> Answer {
    owner.post(&format!("/api/v1/drives/{drive}/invitations"), member(email, "editor")).await
}

async fn waiting(person: &Client) -> Vec<Value> {
    person.get("/api/v1/invitations").await.expect(StatusCode::OK).json().as_array().unwrap().clone()
}

fn path(invitation: &Value) -> String {
    format!("/api/v1/invitations/{}", invitation["id"].as_str().unwrap())
}

/// The answer without what is of this invitation alone.
fn alike(answer: Answer) -> (StatusCode, Value) {
    let mut body = answer.json();
    for name in ["id", "email", "createdAt", "expiresAt"] {
        assert!(body[name].take().is_string(), "{name}");
    }
    (answer.status, body)
}

#[sqlx::test(migrations = "../../migrations")]
async fn m15_nobody_is_a_member_without_consent(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (mallory, ann) = (app.person("mallory").await, app.person("ann").await);
    let drive = mallory.new_drive("Plans").await;
    let members = format!("/api/v1/drives/{drive}/members");
    mallory.put(&members, member("ann@example.org", "owner")).await.expect(StatusCode::ACCEPTED);
    assert_eq!(ann.get("/api/v1/drives").await.json(), json!([]));
    assert_eq!(mallory.get(&members).await.json().as_array().unwrap().len(), 1);

    invite(&mallory, drive, "ANN@example.org").await.expect(StatusCode::CREATED);
    let found = waiting(&ann).await;
    assert_eq!((found.len(), &found[0]["driveName"], &found[0]["role"]), (1, &json!("Plans"), &json!("editor")));
    assert_eq!(found[0]["inviterEmail"], "mallory@example.org");
    let accept = format!("{}/accept", path(&found[0]));
    mallory.post(&accept, json!({})).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    assert_eq!(ann.post(&accept, json!({})).await.expect(StatusCode::OK).json()["role"], "editor");
    ann.post(&accept, json!({})).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    assert_eq!(waiting(&ann).await, [] as [Value; 0]);
    assert_eq!(mallory.get(&members).await.json().as_array().unwrap().len(), 2);
    invite(&mallory, drive, "ann@example.org").await.expect_problem(StatusCode::CONFLICT, "already-member");
    // Of a member the role changes as before.
    mallory.put(&members, member("ann@example.org", "viewer")).await.expect(StatusCode::OK);
    assert_eq!(ann.get("/api/v1/drives").await.json()[0]["role"], "viewer");
}

#[sqlx::test(migrations = "../../migrations")]
async fn m15_known_and_unknown_addresses_are_answered_alike(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (mallory, _ann) = (app.person("mallory").await, app.person("ann").await);
    let drive = mallory.new_drive("Plans").await;
    let known = alike(invite(&mallory, drive, "ann@example.org").await);
    assert_eq!(known, alike(invite(&mallory, drive, "nobody@example.org").await));
    assert_eq!(known.0, StatusCode::CREATED);
    let members = format!("/api/v1/drives/{drive}/members");
    let known = mallory.put(&members, member("ann@example.org", "viewer")).await.expect(StatusCode::ACCEPTED);
    let unknown = mallory.put(&members, member("no@example.org", "viewer")).await.expect(StatusCode::ACCEPTED);
    assert_eq!(known.body, unknown.body);
    invite(&mallory, drive, "no address").await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-email");
    // Whoever gets an account later finds what waits.
    let later = app.person("nobody").await;
    assert_eq!(waiting(&later).await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn m15_an_invitation_is_declined_withdrawn_or_expires(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("Plans").await;
    let pending = format!("/api/v1/drives/{drive}/invitations");
    let seen = async || ann.get(&pending).await.expect(StatusCode::OK).json().as_array().unwrap().len();
    invite(&ann, drive, "bob@example.org").await.expect(StatusCode::CREATED);
    let first = waiting(&bob).await.remove(0);
    ann.delete(&path(&first)).await.expect(StatusCode::NOT_FOUND);
    bob.delete(&path(&first)).await.expect(StatusCode::NO_CONTENT);
    // Declined, it does not come back, and whoever made it does not learn of it.
    assert_eq!(seen().await, 1);
    invite(&ann, drive, "bob@example.org").await.expect(StatusCode::CREATED);
    assert!(waiting(&bob).await.is_empty());
    bob.post(&format!("{}/accept", path(&first)), json!({})).await.expect(StatusCode::NOT_FOUND);

    let withdraw = format!("{pending}/{}", first["id"].as_str().unwrap());
    bob.get(&pending).await.expect(StatusCode::NOT_FOUND);
    bob.delete(&withdraw).await.expect(StatusCode::NOT_FOUND);
    ann.delete(&withdraw).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(seen().await, 0);

    invite(&ann, drive, "bob@example.org").await.expect(StatusCode::CREATED);
    let second = waiting(&bob).await.remove(0);
    sqlx::query("update drive_invitations set expires_at = now()").execute(&pool).await.unwrap();
    assert!(waiting(&bob).await.is_empty() && seen().await == 0);
    bob.post(&format!("{}/accept", path(&second)), json!({})).await.expect(StatusCode::NOT_FOUND);
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(db::invitations::delete_expired(&mut conn).await.unwrap(), 1);
}

/// An owner about to be put out must not leave a way back in.
#[sqlx::test(migrations = "../../migrations")]
async fn m15_an_invitation_counts_while_its_maker_owns_the_drive(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, mallory, bob) = (app.person("ann").await, app.person("mallory").await, app.person("bob").await);
    let drive = ann.new_drive("Plans").await;
    ann.share(drive, "mallory@example.org", "owner").await;
    invite(&mallory, drive, "bob@example.org").await.expect(StatusCode::CREATED);
    let accept = format!("{}/accept", path(&waiting(&bob).await[0]));
    ann.share(drive, "mallory@example.org", "editor").await;
    assert!(waiting(&bob).await.is_empty());
    bob.post(&accept, json!({})).await.expect(StatusCode::NOT_FOUND);
    invite(&mallory, drive, "bob@example.org").await.expect(StatusCode::FORBIDDEN);
    ann.share(drive, "mallory@example.org", "owner").await;
    sqlx::query("update users set disabled_at = now() where name = 'mallory'").execute(&pool).await.unwrap();
    bob.post(&accept, json!({})).await.expect(StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../../migrations")]
async fn m15_pending_invitations_are_bounded(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (mallory, ann) = (app.person("mallory").await, app.person("ann").await);
    let mut drives = vec![];
    for _ in 0..11 {
        drives.push(mallory.new_drive("Plans").await);
    }
    for drive in &drives[..10] {
        invite(&mallory, *drive, "ann@example.org").await.expect(StatusCode::CREATED);
    }
    let refused = invite(&mallory, drives[10], "ann@example.org").await;
    refused.expect_problem(StatusCode::CONFLICT, "too-many-invitations");
    assert_eq!(waiting(&ann).await.len(), 10);
    // The same one again is not one more.
    invite(&mallory, drives[0], "ann@example.org").await.expect(StatusCode::CREATED);
    let fill = "insert into drive_invitations (drive_id, email, role, invited_by, expires_at)
         select $1, 'x' || n || '@example.org', 'viewer', $2, now() + interval '1 day' from generate_series(1, $3) n";
    let fill = async |drive: Uuid, count: i32| {
        sqlx::query(fill).bind(drive).bind(mallory.id).bind(count).execute(&pool).await.unwrap();
    };
    fill(drives[0], 99).await;
    let refused = invite(&mallory, drives[0], "bob@example.org").await;
    refused.expect_problem(StatusCode::CONFLICT, "too-many-invitations");
    invite(&mallory, drives[10], "bob@example.org").await.expect(StatusCode::CREATED);
    fill(drives[10], 90).await;
    let refused = invite(&mallory, drives[10], "cy@example.org").await;
    refused.expect_problem(StatusCode::CONFLICT, "too-many-invitations");
}
