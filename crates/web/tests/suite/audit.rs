//! The audit log: what is in it, who sees it, and how it leaves.

use crate::test_app::{Answer, Client, PASSWORD, TestApp};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

const JSON: (&str, &str) = ("content-type", "application/json");

async fn entries(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("/api/v1/audit?{query}")).await.expect(StatusCode::OK).json();
    page["items"].as_array().unwrap().clone()
}

/// The words of all entries, the oldest first.
async fn kinds(client: &Client, query: &str) -> Vec<String> {
    let entries = entries(client, query).await;
    entries.iter().rev().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}

async fn sign_in_from(app: &TestApp, address: &str, email: &str, password: &str) -> Answer {
    let headers = [JSON, ("x-forwarded-for", address), ("x-request-id", "request-of-the-test")];
    let body = json!({"email": email, "password": password}).to_string();
    app.stranger().send(Method::POST, "/api/v1/session", &headers, Body::from(body)).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_audit_log_is_shown_to_administrators_alone(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    for path in ["/api/v1/audit", "/api/v1/audit/export?format=csv"] {
        app.stranger().get(path).await.expect(StatusCode::UNAUTHORIZED);
        ann.get(path).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    }
    app.admin().await.get("/api/v1/audit").await.expect(StatusCode::OK);
}

/// The client behind the trusted proxy, and never the word that was typed for an account that is not there.
#[sqlx::test(migrations = "../../migrations")]
async fn sign_ins_good_and_bad_are_written_down_with_the_address(pool: PgPool) {
    let app = TestApp::with(pool, &[("TRUSTED_PROXIES", "0.0.0.0")]).await;
    app.user_with_password("ann@example.org").await;
    let admin = app.admin().await;
    sign_in_from(&app, "203.0.113.1", "ANN@example.org", "guess").await.expect(StatusCode::UNAUTHORIZED);
    sign_in_from(&app, "203.0.113.2", "hunter2", "guess").await.expect(StatusCode::UNAUTHORIZED);
    sign_in_from(&app, "2001:db8::5", "ann@example.org", PASSWORD).await.expect(StatusCode::CREATED);
    let all = admin.get("/api/v1/audit").await;
    all.expect_no(b"hunter2");
    let [good, unknown, wrong]: [Value; 3] = entries(&admin, "").await.try_into().unwrap();
    assert_eq!((&good["kind"], &good["address"]), (&json!("sign-in"), &json!("2001:db8::5")));
    assert_eq!((&good["actor"]["name"], &good["credential"]), (&json!("Ann"), &json!("session")));
    assert_eq!(good["requestId"], "request-of-the-test");
    let ann = &good["actor"]["id"];
    assert_eq!(wrong["target"], json!({"type": "person", "id": ann, "name": "ann@example.org"}));
    for (entry, address) in [(&wrong, "203.0.113.1"), (&unknown, "203.0.113.2")] {
        assert_eq!((&entry["kind"], &entry["address"]), (&json!("sign-in-failed"), &json!(address)));
        assert_eq!((&entry["actor"], &entry["detail"]), (&json!(null), &json!("wrong address or password")));
    }
    assert_eq!((&unknown["target"]["type"], &unknown["target"]["name"]), (&json!("account"), &json!(null)));
    assert_eq!(unknown["target"]["id"].as_str().unwrap().len(), 16);
}

/// What strangers can do as often as they like does not fill the disk.
#[sqlx::test(migrations = "../../migrations")]
async fn refusals_without_number_are_one_entry(pool: PgPool) {
    let app = TestApp::with(pool, &[("TRUSTED_PROXIES", "0.0.0.0")]).await;
    let admin = app.admin().await;
    // Too long to be hashed.
    let guess = "x".repeat(1025);
    for _ in 0..10 {
        sign_in_from(&app, "203.0.113.1", "ann@example.org", &guess).await.expect(StatusCode::UNAUTHORIZED);
    }
    for _ in 0..20 {
        sign_in_from(&app, "203.0.113.1", "ann@example.org", &guess).await.expect(StatusCode::TOO_MANY_REQUESTS);
    }
    let entries = entries(&admin, "kind=sign-in-failed").await;
    assert_eq!((entries.len(), &entries[0]["detail"]), (11, &json!("too many tries")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_done_to_accounts_members_drives_and_files_is_written_down(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let new = json!({"email": "bob@example.org", "name": "Bob", "password": PASSWORD});
    let bob = admin.post("/api/v1/users", new).await.expect(StatusCode::CREATED).id();
    let drive = ann.new_drive("Holidays").await;
    let other = ann.new_drive("Other").await;
    ann.share(drive, "bob@example.org", "viewer").await;
    ann.share(drive, "bob@example.org", "editor").await;
    ann.delete(&format!("/api/v1/drives/{drive}/members/{bob}")).await.expect(StatusCode::NO_CONTENT);
    let file = ann.new_file(drive, "beach.txt", b"sand").await;
    let path = format!("/api/v1/files/{file}");
    for change in [json!({"trashed": true}), json!({"trashed": false}), json!({"driveId": other}), json!({"name": "b"})]
    {
        ann.patch(&path, change).await.expect(StatusCode::OK);
    }
    ann.delete(&path).await.expect(StatusCode::NO_CONTENT);
    ann.delete(&format!("/api/v1/drives/{drive}")).await.expect(StatusCode::NO_CONTENT);
    ann.delete("/api/v1/session").await.expect(StatusCode::NO_CONTENT);
    let expected = [
        "person-added",
        "drive-made",
        "drive-made",
        "invitation-made",
        "member-changed",
        "member-removed",
        "file-trashed",
        "file-restored",
        "file-moved",
        "file-deleted",
        "drive-deleted",
        "sign-out",
    ];
    assert_eq!(kinds(&admin, "").await, expected);
    assert_eq!(kinds(&admin, &format!("person={bob}")).await, ["person-added", "member-changed", "member-removed"]);
    assert_eq!(kinds(&admin, &format!("drive={other}&kind=file-deleted")).await, ["file-deleted"]);
    let moved = &entries(&admin, "kind=file-moved").await[0];
    assert_eq!((&moved["target"]["name"], &moved["detail"]), (&json!("beach.txt"), &json!("to Other")));
    assert_eq!(moved["drive"], json!({"id": drive, "name": "Holidays"}), "it is known though it is gone");
    let invited = &entries(&admin, "kind=invitation-made").await[0];
    assert_eq!((&invited["detail"], &invited["actor"]["name"]), (&json!("viewer"), &json!("ann")));
    assert_eq!(invited["target"]["name"], "bob@example.org");
}

/// What is said of somebody stays when the account is gone.
#[sqlx::test(migrations = "../../migrations")]
async fn what_administrators_do_to_accounts_is_written_down(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let path = format!("/api/v1/users/{}", ann.id);
    for disabled in [true, false] {
        admin.patch(&path, json!({"disabled": disabled})).await.expect(StatusCode::OK);
    }
    admin.delete(&format!("{path}/credentials")).await.expect(StatusCode::NO_CONTENT);
    admin.post(&format!("{path}/password"), json!({})).await.expect(StatusCode::CREATED);
    admin.delete(&path).await.expect(StatusCode::NO_CONTENT);
    let expected = ["person-disabled", "person-enabled", "session-ended", "password-reset", "person-removed"];
    assert_eq!(kinds(&admin, &format!("person={}", ann.id)).await, expected);
    for entry in entries(&admin, "").await {
        assert_eq!((&entry["target"]["name"], &entry["actor"]["name"]), (&json!("ann@example.org"), &json!("admin")));
    }
}

/// An answer to an invitation, and all tokens at once.
#[sqlx::test(migrations = "../../migrations")]
async fn answers_to_invitations_and_ended_credentials_are_written_down(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann, bob) = (app.admin().await, app.person("ann").await, app.person("bob").await);
    for answer in ["accept", "decline"] {
        let drive = ann.new_drive(answer).await;
        let invitation = json!({"email": "bob@example.org", "role": "viewer"});
        let made = ann.post(&format!("/api/v1/drives/{drive}/invitations"), invitation).await;
        let path = format!("/api/v1/invitations/{}", made.expect(StatusCode::CREATED).id());
        match answer {
            "accept" => bob.post(&format!("{path}/accept"), json!({})).await.expect(StatusCode::OK),
            _ => bob.delete(&path).await.expect(StatusCode::NO_CONTENT),
        };
    }
    bob.delete("/api/v1/tokens").await.expect(StatusCode::NO_CONTENT);
    bob.delete("/api/v1/sessions").await.expect(StatusCode::NO_CONTENT);
    let by_bob = kinds(&admin, &format!("person={}", bob.id)).await;
    assert_eq!(by_bob, ["invitation-accepted", "invitation-declined", "token-revoked", "sign-out-everywhere"]);
    let declined = &entries(&admin, "kind=invitation-declined").await[0];
    assert_eq!(declined["drive"]["name"], "decline");
}

/// What did not happen is not in the log: the entry is written on the transaction of what it is about.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_refused_leaves_no_entry(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let drive = ann.new_drive("d").await;
    let last_owner = json!({"email": "ann@example.org", "role": "viewer"});
    ann.put(&format!("/api/v1/drives/{drive}/members"), last_owner).await.expect(StatusCode::CONFLICT);
    ann.delete(&format!("/api/v1/tokens/{}", Uuid::nil())).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(kinds(&admin, "").await, ["drive-made"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_tokens_use_is_written_down_once_a_day(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let made = ann.post("/api/v1/tokens", json!({"name": "backup"})).await.expect(StatusCode::CREATED).json();
    let program = ann.with_token(made["secret"].as_str().unwrap());
    let use_it = async || {
        let (one, two) = tokio::join!(program.get("/api/v1/drives"), program.get("/api/v1/drives"));
        assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK));
    };
    use_it().await;
    // Some minutes later, on the same day: not more than once a minute is looked at at all.
    sqlx::query(
        "update api_tokens set last_used_at = greatest(now() - interval '5 minutes', date_trunc('day', now(), 'UTC'))",
    )
    .execute(&pool)
    .await
    .unwrap();
    use_it().await;
    assert_eq!(kinds(&admin, "").await, ["token-made", "token-used"]);
    sqlx::query("update api_tokens set last_used_at = now() - interval '25 hours'").execute(&pool).await.unwrap();
    use_it().await;
    program.new_drive("by a program").await;
    ann.delete(&format!("/api/v1/tokens/{}", made["id"].as_str().unwrap())).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(kinds(&admin, "").await, ["token-made", "token-used", "token-used", "drive-made", "token-revoked"]);
    let drive = &entries(&admin, "kind=drive-made").await[0];
    assert_eq!((&drive["credential"], &drive["tokenName"]), (&json!("token"), &json!("backup")));
}

/// Pieces of one file are one download, thumbnails and what the browser has already are none.
#[sqlx::test(migrations = "../../migrations")]
async fn downloads_of_originals_and_exports_are_written_down(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let drive = ann.new_drive("d").await;
    let uploaded = ann.upload(drive, "a.txt", b"some text").await.expect(StatusCode::CREATED).json();
    let (file, hash) = (uploaded["file"]["id"].as_str().unwrap(), uploaded["file"]["contentHash"].as_str().unwrap());
    let hash = hash.parse().unwrap();
    for (name, mime) in [("thumbnail", "image/webp"), ("extracted-text.txt", "text/plain")] {
        app.processor.keep(&hash, name, b"derived");
        ann.note_artifact(&hash, name, mime, 7).await;
    }
    let path = format!("/api/v1/files/{file}");
    let original = format!("{path}/original");
    let current = ann.get_with(&original, &[("if-none-match", &format!("\"{hash}-original\""))]).await;
    current.expect(StatusCode::NOT_MODIFIED);
    ann.send(Method::HEAD, &original, &[], Body::empty()).await.expect(StatusCode::OK);
    ann.get(&format!("{path}/artifacts/thumbnail")).await.expect(StatusCode::OK);
    app.person("bob").await.get(&original).await.expect(StatusCode::NOT_FOUND);
    app.downloads.flush().await;
    assert_eq!(kinds(&admin, &format!("person={}", ann.id)).await, ["drive-made"]);

    ann.get_with(&original, &[("range", "bytes=5-8")]).await.expect(StatusCode::PARTIAL_CONTENT);
    ann.get(&original).await.expect(StatusCode::OK);
    ann.get(&format!("{path}/export?format=txt")).await.expect(StatusCode::OK);
    app.downloads.flush().await;
    assert_eq!(kinds(&admin, &format!("drive={drive}")).await, ["drive-made", "file-downloaded", "file-exported"]);
    let [exported, downloaded, ..] = &entries(&admin, "").await[..] else { panic!("there are three") };
    assert_eq!((&downloaded["target"]["name"], &downloaded["actor"]["name"]), (&json!("a.txt"), &json!("ann")));
    assert_eq!(exported["detail"], "txt");
}

#[sqlx::test(migrations = "../../migrations")]
async fn pages_of_entries_follow_each_other(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    for _ in 0..5 {
        ann.new_drive("d").await;
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/api/v1/audit?limit=2&cursor={cursor}")).await.expect(StatusCode::OK).json();
        found.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["id"].as_i64().unwrap()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = next.to_owned();
    }
    assert!(found.len() == 5 && found.is_sorted_by(|one, next| one > next), "{found:?}");
    for wrong in ["cursor=x", "kind=nothing", "person=ann", "from=yesterday"] {
        admin.get(&format!("/api/v1/audit?{wrong}")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let none = kinds(&admin, "to=2020-01-01T00:00:00Z").await;
    assert_eq!((none.len(), kinds(&admin, "from=2020-01-01T00:00:00Z&person=&kind=").await.len()), (0, 5));
}

/// More than fits into one batch, all of them once; and the export itself is the newest of them.
#[sqlx::test(migrations = "../../migrations")]
async fn an_export_has_every_entry_once_and_runs_nothing(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    ann.new_drive("=cmd|' /C calc'!A0").await;
    let mut conn = pool.acquire().await.unwrap();
    let more: Vec<_> = (0..1200).map(|_| db::audit::Actor::default().did(model::AuditKind::SignInFailed)).collect();
    db::audit::insert(&mut conn, &more).await.unwrap();

    let jsonl = admin.get("/api/v1/audit/export?format=jsonl").await.expect(StatusCode::OK);
    assert_eq!(jsonl.header("content-type"), "application/jsonl");
    assert!(jsonl.header("content-disposition").starts_with("attachment; filename=\"audit-20"));
    let lines: Vec<Value> = jsonl
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let ids: Vec<i64> = lines.iter().map(|line| line["id"].as_i64().unwrap()).collect();
    assert!(ids.len() == 1202 && ids.is_sorted_by(|one, next| one > next));
    assert_eq!((&lines[0]["kind"], &lines[0]["detail"]), (&json!("audit-exported"), &json!("jsonl")));

    let csv = admin.get("/api/v1/audit/export?format=csv&kind=drive-made").await.expect(StatusCode::OK);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    let text = String::from_utf8(csv.body.clone()).unwrap();
    let [head, row, ""] = text.split("\r\n").collect::<Vec<_>>()[..] else { panic!("one entry: {text}") };
    assert!(head.starts_with("\"id\",\"time\",\"kind\",\"actor_id\""));
    assert!(row.contains(",\"'=cmd|' /C calc'!A0\","), "{row}");
    admin.get("/api/v1/audit/export?format=xml").await.expect(StatusCode::BAD_REQUEST);
}
