//! M15: lists in pages.

use crate::test_app::{Client, TestApp};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;

/// Follows a list page by page, two items each, and says what its items are called.
async fn follow(client: &Client, path: &str, name: &str) -> Vec<String> {
    let mut next = Some(format!("{path}?limit=2"));
    let mut names = vec![];
    while let Some(page) = next {
        let answer = client.get(&page).await.expect(StatusCode::OK);
        let items = answer.json().as_array().unwrap().clone();
        assert!((1..=2).contains(&items.len()), "{page}: {items:?}");
        names.extend(items.iter().map(|item| item[name].as_str().unwrap().to_owned()));
        next = answer.next_page(path);
        assert!(next.is_none() || items.len() == 2);
    }
    names
}

#[sqlx::test(migrations = "../../migrations")]
async fn m15_lists_come_in_pages(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let admin = app.admin().await;
    let mut drives = vec![];
    for name in ["b", "A", "b", "c", "a"] {
        drives.push(admin.new_drive(name).await);
        admin.post("/api/v1/tokens", json!({"name": name})).await.expect(StatusCode::CREATED);
    }
    let mut conn = pool.acquire().await.unwrap();
    for (at, name) in ["ann", "Ben", "cy", "Ann"].into_iter().enumerate() {
        let person = db::users::NewUser { email: &format!("p{at}@x"), name, password_hash: "", is_admin: false };
        let id = db::users::insert(&mut conn, &person).await.unwrap().id;
        db::drives::set_member(&mut conn, drives[0], id, db::drives::Role::Viewer).await.unwrap();
        let owner = db::invitations::NewInvitation {
            drive_id: db::drives::insert(&mut conn, name, id).await.unwrap(),
            email: "admin@example.org",
            role: db::drives::Role::Viewer,
            invited_by: id,
            lifetime: time::Duration::days(1),
        };
        db::invitations::insert(&mut conn, &owner).await.unwrap();
        let hash = [at as u8; 32];
        db::sessions::insert(&mut conn, &hash, admin.id, name, time::Duration::days(1)).await.unwrap();
    }
    drop(conn);
    let lower = |names: Vec<String>| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    assert_eq!(lower(follow(&admin, "/api/v1/drives", "name").await), ["a", "a", "b", "b", "c"]);
    assert_eq!(lower(follow(&admin, "/api/v1/users", "name").await), ["admin", "ann", "ann", "ben", "cy"]);
    let members = format!("/api/v1/drives/{}/members", drives[0]);
    assert_eq!(lower(follow(&admin, &members, "name").await), ["admin", "ann", "ann", "ben", "cy"]);
    assert_eq!(follow(&admin, "/api/v1/tokens", "name").await, ["a", "c", "b", "A", "b"]);
    assert_eq!(follow(&admin, "/api/v1/sessions", "userAgent").await, ["Ann", "cy", "Ben", "ann", ""]);
    assert_eq!(follow(&admin, "/api/v1/invitations", "driveName").await, ["Ann", "cy", "Ben", "ann"]);
    // Without pages nothing is said of them, and what is no cursor is refused.
    assert!(admin.get("/api/v1/drives").await.next_page("").is_none());
    let bad = admin.get("/api/v1/drives?cursor=AAAA").await;
    bad.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-cursor");
}
