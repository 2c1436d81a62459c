//! What PageSpace's servers post.

use crate::client::Client;
use crate::server::{SECRET, TestServer};
use db::drives::Role;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn only_a_fresh_signature_of_ours_counts(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let body = r#"{"channelId":"page1","event":"updated","payload":{}}"#;
    assert_eq!(server.post_signed("/api/broadcast", body, SECRET, 0).await.0, 200);
    assert_eq!(server.post_signed("/api/broadcast", body, SECRET, 280).await.0, 200);
    assert_eq!(server.post_signed("/api/broadcast", body, SECRET, 320).await.0, 401);
    assert_eq!(server.post_signed("/api/broadcast", body, "another secret of some length...", 0).await.0, 401);
    assert_eq!(server.post("/api/broadcast", body, None).await.0, 401);
    assert_eq!(server.post("/api/broadcast", body, Some("t=1,v1=00")).await.0, 401);
}

/// L7: for five minutes whoever saw one could send it again.
#[sqlx::test(migrations = "../../migrations")]
async fn l7_a_broadcast_counts_once(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let body = r#"{"channelId":"page1","event":"updated","payload":{}}"#;
    let signature = server.sign(body, SECRET, at);
    assert_eq!(server.post("/api/broadcast", body, Some(&signature)).await.0, 200);
    for again in [signature.clone(), signature.replace(",v1=", " , v1="), format!("{signature},x=y")] {
        assert_eq!(server.post("/api/broadcast", body, Some(&again)).await.0, 409, "{again}");
    }
    let upper = format!("t={at},v1={}", signature.split_once("v1=").unwrap().1.to_uppercase());
    assert_eq!(server.post("/api/broadcast", body, Some(&upper)).await.0, 409);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_malformed_body_is_refused(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let bodies = [
        "",
        "not json",
        "[]",
        r#"{"event":"e","payload":1}"#,
        r#"{"channelId":"","event":"e","payload":1}"#,
        r#"{"channelId":"c","event":7,"payload":1}"#,
        r#"{"channelId":"c","event":"e"}"#,
    ];
    for body in bodies {
        assert_eq!(server.post_signed("/api/broadcast", body, SECRET, 0).await.0, 400, "{body}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_broadcast_reaches_its_channel_and_no_other(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let mut annas = Client::hello(&server, &anna, None).await;
    let mut bens = Client::hello(&server, &ben, None).await;
    for (person, number) in [(&anna, 1), (&ben, 2)] {
        // Everybody is in the rooms of their own.
        let channel = format!("notifications:{}", person.id);
        let body = json!({"channelId": channel, "event": "notified", "payload": {"n": number}}).to_string();
        assert_eq!(server.post_signed("/api/broadcast", &body, SECRET, 0).await.0, 200);
    }
    for (client, person, number) in [(&mut annas, &anna, 1), (&mut bens, &ben, 2)] {
        let room = format!("notifications:{}", person.id);
        let expected = json!({"type": "broadcast", "room": room, "event": "notified", "payload": {"n": number}});
        assert_eq!(client.next().await, expected);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_is_kicked_is_out_before_the_answer(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let mut conn = server.pool.acquire().await.unwrap();
    db::drives::set_member(&mut conn, anna.drive, ben.id, Role::Viewer).await.unwrap();
    let room = format!("drive:{}", anna.drive);
    let mut bens = Client::hello(&server, &ben, None).await;
    assert_eq!(bens.join(&room).await["type"], "joined");
    db::drives::remove_member(&mut conn, anna.drive, ben.id).await.unwrap();
    let body = json!({"userId": ben.id, "roomPattern": room, "reason": "member_removed"}).to_string();
    assert_eq!(server.post("/api/kick", &body, None).await.0, 401);
    let (status, answer) = server.post_signed("/api/kick", &body, SECRET, 0).await;
    assert_eq!((status, answer), (200, json!({"kickedCount": 1, "rooms": [room], "success": true}).to_string()));
    server.happen(anna.drive).await;
    assert_eq!(bens.next().await, json!({"type": "denied", "room": room}));
    let channel = json!({"channelId": format!("user:{}", ben.id), "event": "e", "payload": 1}).to_string();
    server.post_signed("/api/broadcast", &channel, SECRET, 0).await;
    assert_eq!(bens.next().await["type"], "broadcast");
}
