//! M14: administrators let people go, and people see what they are signed in with.

use crate::test_app::{Client, PASSWORD, TestApp};
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

fn right(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

/// The person with that address and [`PASSWORD`], signed in by it.
async fn sign_in(app: &TestApp, email: &str) -> Client {
    let answer = app.stranger().post("/api/v1/session", right(email)).await.expect(StatusCode::CREATED);
    let id = answer.json()["user"]["id"].as_str().unwrap().parse().unwrap();
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let mut client = app.stranger().with_cookie(&cookie);
    client.id = id;
    client
}

async fn token(person: &Client, name: &str) -> Client {
    let made = person.post("/api/v1/tokens", json!({"name": name})).await.expect(StatusCode::CREATED).json();
    person.with_token(made["secret"].as_str().unwrap())
}

fn account(id: Uuid) -> String {
    format!("/api/v1/users/{id}")
}

async fn is_signed_in(person: &Client) -> bool {
    person.get("/api/v1/session").await.status == StatusCode::OK
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_a_disabled_persons_sessions_tokens_and_tickets_end_at_once(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let program = token(&ann, "backup").await;
    let ticket = program.post("/api/v1/realtime/ticket", json!({})).await.expect(StatusCode::CREATED).json();
    let mut listener = sqlx::postgres::PgListener::connect_with(&pool).await.unwrap();
    listener.listen(db::room_rights::CHANNEL).await.unwrap();

    let answer = admin.patch(&account(ann.id), json!({"disabled": true})).await.expect(StatusCode::OK);
    assert!(answer.json()["disabledAt"].is_string());
    assert_eq!(listener.recv().await.unwrap().payload(), ann.id.to_string());
    ann.get("/api/v1/drives").await.expect_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    program.get("/api/v1/drives").await.expect_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let mut conn = pool.acquire().await.unwrap();
    let hash = web::auth::secret::hash(ticket["ticket"].as_str().unwrap());
    let (_, credential) = db::tickets::take(&mut conn, &hash).await.unwrap().unwrap();
    assert!(!db::room_rights::is_good(&mut conn, &credential).await.unwrap());

    // Enabled again, a program goes on; a browser has to sign in.
    admin.patch(&account(ann.id), json!({"disabled": false})).await.expect(StatusCode::OK);
    program.get("/api/v1/drives").await.expect(StatusCode::OK);
    assert!(!is_signed_in(&ann).await);
}

/// A session that began while the account was being disabled, or that an older release made, counts no more than others.
#[sqlx::test(migrations = "../../migrations")]
async fn m14_a_session_of_a_disabled_person_is_nobodys(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    sqlx::query("update users set disabled_at = now()").execute(&pool).await.unwrap();
    assert!(!is_signed_in(&ann).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_only_the_right_password_learns_that_an_account_is_disabled(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    app.user_with_password("ann@example.org").await;
    sqlx::query("update users set disabled_at = now()").execute(&pool).await.unwrap();
    let guess = json!({"email": "ann@example.org", "password": "guess"});
    let wrong = app.stranger().post("/api/v1/session", guess).await;
    let unknown = app.stranger().post("/api/v1/session", json!({"email": "x@example.org", "password": "guess"})).await;
    assert_eq!(wrong.body, unknown.body);
    wrong.expect_problem(StatusCode::UNAUTHORIZED, "wrong-credentials");
    let told = app.stranger().post("/api/v1/session", right("ann@example.org")).await;
    assert!(told.headers.get("set-cookie").is_none());
    told.expect_problem(StatusCode::FORBIDDEN, "account-disabled");
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_a_removed_persons_drives_stay_with_their_owners_or_go_to_the_administrator(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (admin, ann, bob) = (app.admin().await, app.person("ann").await, app.person("bob").await);
    let (alone, common, read) =
        (ann.new_drive("Alone").await, ann.new_drive("Common").await, ann.new_drive("Read").await);
    ann.share(common, "bob@example.org", "owner").await;
    ann.share(read, "bob@example.org", "viewer").await;
    ann.share(read, "admin@example.org", "viewer").await;
    let file = ann.new_file(alone, "a.txt", b"a").await;
    let program = token(&ann, "backup").await;

    admin.delete(&account(ann.id)).await.expect(StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&ann).await && !is_signed_in(&program).await);
    admin.delete(&account(ann.id)).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    let drives = admin.get("/api/v1/drives").await.json();
    let seen: Vec<_> = drives.as_array().unwrap().iter().map(|drive| (&drive["name"], &drive["role"])).collect();
    assert_eq!(seen, [(&json!("Alone"), &json!("owner")), (&json!("Read"), &json!("owner"))]);
    admin.get(&format!("/api/v1/files/{file}/original")).await.expect(StatusCode::OK);
    let role = |drive: Uuid| {
        let bob = bob.clone();
        async move { bob.get(&format!("/api/v1/drives/{drive}")).await.json()["role"].clone() }
    };
    assert_eq!(role(common).await, "owner");
    assert_eq!(role(read).await, "viewer");
}

/// A co-owner who is disabled cannot look after a drive.
#[sqlx::test(migrations = "../../migrations")]
async fn m14_a_drive_is_not_left_to_a_disabled_owner_alone(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (admin, ann, bob) = (app.admin().await, app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("Common").await;
    ann.share(drive, "bob@example.org", "owner").await;
    admin.patch(&account(bob.id), json!({"disabled": true})).await.expect(StatusCode::OK);
    admin.delete(&account(ann.id)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(admin.get(&format!("/api/v1/drives/{drive}")).await.expect(StatusCode::OK).json()["role"], "owner");
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_an_administrator_always_stays(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let admin = app.admin().await;
    let disable = json!({"disabled": true});
    admin.patch(&account(admin.id), disable.clone()).await.expect_problem(StatusCode::CONFLICT, "last-administrator");
    admin.delete(&account(admin.id)).await.expect_problem(StatusCode::CONFLICT, "last-administrator");
    let other = app.admin_named("other").await;
    admin.delete(&account(admin.id)).await.expect_problem(StatusCode::CONFLICT, "own-account");
    other.patch(&account(admin.id), disable).await.expect(StatusCode::OK);
    other.delete(&account(other.id)).await.expect_problem(StatusCode::CONFLICT, "last-administrator");
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_of_two_administrators_who_remove_each_other_at_once_one_stays(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    for round in 0..10 {
        let (one, two) = (app.admin_named(&format!("one{round}")).await, app.admin_named(&format!("two{round}")).await);
        let (to_one, to_two) = (account(one.id), account(two.id));
        let (by_two, by_one) = if round % 2 == 0 {
            tokio::join!(two.delete(&to_one), one.delete(&to_two))
        } else {
            let disable = json!({"disabled": true});
            tokio::join!(two.patch(&to_one, disable.clone()), one.patch(&to_two, disable))
        };
        let done = [by_one.status, by_two.status].into_iter().filter(StatusCode::is_success).count();
        assert_eq!(done, 1, "{} {}", by_one.status, by_two.status);
        let left = "select count(*) from users where is_admin and disabled_at is null";
        assert_eq!(sqlx::query_scalar::<_, i64>(left).fetch_one(&pool).await.unwrap(), 1);
        sqlx::query("delete from users").execute(&pool).await.unwrap();
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_only_administrators_do_it_and_no_token_does(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann, bob) = (app.admin().await, app.person("ann").await, app.person("bob").await);
    let program = token(&admin, "t").await;
    for client in [&ann, &program] {
        client.patch(&account(bob.id), json!({"disabled": true})).await.expect(StatusCode::FORBIDDEN);
        client.delete(&account(bob.id)).await.expect(StatusCode::FORBIDDEN);
        client.delete(&format!("{}/credentials", account(bob.id))).await.expect(StatusCode::FORBIDDEN);
        client.post(&format!("{}/password", account(bob.id)), json!({})).await.expect(StatusCode::FORBIDDEN);
    }
    assert!(is_signed_in(&bob).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_an_administrator_ends_somebodys_sessions_and_tokens(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let program = token(&ann, "backup").await;
    admin.delete(&format!("{}/credentials", account(ann.id))).await.expect(StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&ann).await && !is_signed_in(&program).await && is_signed_in(&admin).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_a_password_that_an_administrator_resets_is_the_only_one(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    let (admin, ann) = (app.admin().await, sign_in(&app, "ann@example.org").await);
    let path = format!("{}/password", account(ann.id));
    let made = admin.post(&path, json!({})).await.expect(StatusCode::CREATED).json();
    assert!(!is_signed_in(&ann).await);
    app.stranger().post("/api/v1/session", right("ann@example.org")).await.expect(StatusCode::UNAUTHORIZED);
    let new = json!({"email": "ann@example.org", "password": made["password"]});
    app.stranger().post("/api/v1/session", new).await.expect(StatusCode::CREATED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_sessions_are_listed_and_ended_one_by_one(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    let bob = app.person("bob").await;
    let (there, here) = (sign_in(&app, "ann@example.org").await, sign_in(&app, "ann@example.org").await);
    let listed = here.get("/api/v1/sessions").await.expect(StatusCode::OK).json();
    let current: Vec<_> = listed.as_array().unwrap().iter().map(|session| &session["isCurrent"]).collect();
    assert_eq!(current, [true, false]);
    let path = format!("/api/v1/sessions/{}", listed[1]["id"].as_str().unwrap());
    bob.delete(&path).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    here.delete(&path).await.expect(StatusCode::NO_CONTENT);
    assert!(is_signed_in(&here).await && !is_signed_in(&there).await);
    token(&here, "t").await.get("/api/v1/sessions").await.expect(StatusCode::FORBIDDEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn m14_tokens_older_than_the_password_are_shown_and_end_together(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    let ann = sign_in(&app, "ann@example.org").await;
    let before = token(&ann, "before").await;
    let names = async || {
        let tokens = ann.get("/api/v1/tokens").await.json();
        let of = |token: &Value| (token["name"].as_str().unwrap().to_owned(), token["predatesPassword"] == true);
        tokens.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(names().await, [("before".into(), false)]);
    let change = json!({"current": PASSWORD, "new": "another long password"});
    ann.put("/api/v1/password", change).await.expect(StatusCode::NO_CONTENT);
    let after = token(&ann, "after").await;
    assert_eq!(names().await, [("after".into(), false), ("before".into(), true)]);
    assert!(is_signed_in(&before).await);
    ann.delete("/api/v1/tokens?predates_password=true").await.expect(StatusCode::BAD_REQUEST);
    ann.delete("/api/v1/tokens?predatesPassword=true").await.expect(StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&before).await && is_signed_in(&after).await);
    ann.delete("/api/v1/tokens").await.expect(StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&after).await);
}
