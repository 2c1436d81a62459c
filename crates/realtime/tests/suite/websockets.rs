//! Plain WebSockets: signing in, rooms and rights, resuming, slow readers.

use crate::client::Client;
use crate::server::{TestServer, hash};
use db::drives::Role;
use futures_util::SinkExt;
use serde_json::json;
use sqlx::PgPool;
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};
use uuid::Uuid;

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_comes_in_unknown(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let mut client = Client::connect(&server, "/ws", &[]).await;
    client.send(json!({"type": "hello"})).await;
    assert_eq!(client.closed().await, 4401);
    let mut client = Client::connect(&server, "/ws", &[]).await;
    client.send(json!({"type": "hello", "ticket": "made up"})).await;
    assert_eq!(client.closed().await, 4401);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_ticket_opens_one_socket(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let ticket = server.ticket(&anna, "a ticket").await;
    for expected in [true, false] {
        let mut client = Client::connect(&server, "/ws", &[]).await;
        client.send(json!({"type": "hello", "lastEventId": null, "ticket": ticket})).await;
        if expected {
            assert_eq!(client.next().await["type"], "welcome");
        } else {
            assert_eq!(client.closed().await, 4401);
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_api_token_needs_the_right_to_read(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut conn = server.pool.acquire().await.unwrap();
    for (secret, scopes) in [("reads", ["read"]), ("writes", ["write"])] {
        let token = db::tokens::NewToken {
            user_id: anna.id,
            name: "t",
            token_hash: &hash(secret),
            scopes: &scopes,
            expires_at: None,
        };
        db::tokens::insert(&mut conn, &token).await.unwrap();
    }
    drop(conn);
    let mut client = Client::connect(&server, "/ws", &[("authorization", "Bearer reads".into())]).await;
    client.send(json!({"type": "hello"})).await;
    assert_eq!(client.next().await["type"], "welcome");
    let mut client = Client::connect(&server, "/ws", &[("authorization", "Bearer writes".into())]).await;
    client.send(json!({"type": "hello"})).await;
    assert_eq!(client.closed().await, 4401);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_sites_page_has_no_session(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let cookie = format!("pagespace_session={}", anna.session);
    for (origin, is_welcome) in [("http://evil.example", false), ("http://files.example", true)] {
        let headers = [("cookie", cookie.clone()), ("origin", origin.into())];
        let mut client = Client::connect(&server, "/ws", &headers).await;
        client.send(json!({"type": "hello"})).await;
        if is_welcome {
            assert_eq!(client.next().await["type"], "welcome");
        } else {
            assert_eq!(client.closed().await, 4401);
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn noise_is_answered_with_goodbye(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    for noise in ["", "[]", r#"{"type":"shout"}"#, r#"{"type":"join","room":7}"#, r#"{"type":"hello"}"#] {
        let mut client = Client::hello(&server, &anna, None).await;
        client.send_text(noise).await;
        assert_eq!(client.closed().await, 4400, "{noise}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_members_hear_a_drive(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let room = format!("drive:{}", anna.drive);
    let mut annas = Client::hello(&server, &anna, None).await;
    let mut bens = Client::hello(&server, &ben, None).await;
    assert_eq!(annas.join(&room).await, json!({"type": "joined", "room": room}));
    assert_eq!(bens.join(&room).await, json!({"type": "denied", "room": room}));
    for foreign in [format!("user:{}", anna.id), format!("file:{}", Uuid::nil()), "*".into(), String::new()] {
        assert_eq!(bens.join(&foreign).await, json!({"type": "denied", "room": foreign}));
    }
    let own = format!("drive:{}", ben.drive);
    assert_eq!(bens.join(&own).await["type"], "joined");
    let first = server.happen(anna.drive).await;
    let second = server.happen(ben.drive).await;
    assert_eq!(annas.event().await, first);
    // Had Ben heard the first, it would have come before.
    assert_eq!(bens.event().await, second);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_right_taken_away_ends_the_listening(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let mut conn = server.pool.acquire().await.unwrap();
    db::drives::set_member(&mut conn, anna.drive, ben.id, Role::Viewer).await.unwrap();
    let (room, own) = (format!("drive:{}", anna.drive), format!("drive:{}", ben.drive));
    let mut bens = Client::hello(&server, &ben, None).await;
    assert_eq!(bens.join(&room).await["type"], "joined");
    assert_eq!(bens.join(&own).await["type"], "joined");
    db::drives::remove_member(&mut conn, anna.drive, ben.id).await.unwrap();
    db::room_rights::notify_changed(&mut *conn, ben.id).await.unwrap();
    assert_eq!(bens.next().await, json!({"type": "denied", "room": room}));
    server.happen(anna.drive).await;
    let second = server.happen(ben.drive).await;
    assert_eq!(bens.event().await, second);
}

#[sqlx::test(migrations = "../../migrations")]
async fn signing_out_closes_the_socket(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut client = Client::hello(&server, &anna, None).await;
    let mut conn = server.pool.acquire().await.unwrap();
    db::sessions::delete_all(&mut conn, anna.id).await.unwrap();
    db::room_rights::notify_changed(&mut *conn, anna.id).await.unwrap();
    assert_eq!(client.closed().await, 4401);
}

/// M14: whatever a disabled person has, its sockets close and it opens no other.
#[sqlx::test(migrations = "../../migrations")]
async fn m14_a_disabled_person_is_disconnected_and_stays_out(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let ticket = server.ticket(&anna, "a ticket").await;
    let mut conn = server.pool.acquire().await.unwrap();
    let token = db::tokens::NewToken {
        user_id: anna.id,
        name: "t",
        token_hash: &hash("a token"),
        scopes: &["read"],
        expires_at: None,
    };
    db::tokens::insert(&mut conn, &token).await.unwrap();
    let mut by_session = Client::hello(&server, &anna, None).await;
    let bearer = [("authorization", "Bearer a token".to_owned())];
    let mut by_token = Client::connect(&server, "/ws", &bearer).await;
    by_token.send(json!({"type": "hello"})).await;
    assert_eq!(by_token.next().await["type"], "welcome");

    db::users::set_disabled(&mut conn, anna.id, true).await.unwrap();
    db::room_rights::notify_changed(&mut *conn, anna.id).await.unwrap();
    assert_eq!(by_session.closed().await, 4401);
    assert_eq!(by_token.closed().await, 4401);
    let mut again = Client::connect(&server, "/ws", &bearer).await;
    again.send(json!({"type": "hello"})).await;
    assert_eq!(again.closed().await, 4401);
    let mut again = Client::connect(&server, "/ws", &[]).await;
    again.send(json!({"type": "hello", "ticket": ticket})).await;
    assert_eq!(again.closed().await, 4401);
}

/// L2: the socket stayed while the person had any session or token.
#[sqlx::test(migrations = "../../migrations")]
async fn l2_a_socket_by_ticket_ends_with_the_session_that_asked_for_it(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut conn = server.pool.acquire().await.unwrap();
    let other = crate::server::hash("another session of anna");
    db::sessions::insert(&mut conn, &other, anna.id, "", time::Duration::hours(1)).await.unwrap();
    let ticket = server.ticket(&anna, "a ticket").await;
    let late = server.ticket(&anna, "a late ticket").await;
    let mut client = Client::connect(&server, "/ws", &[]).await;
    client.send(json!({"type": "hello", "ticket": ticket})).await;
    assert_eq!(client.next().await["type"], "welcome");
    db::sessions::delete_others(&mut conn, anna.id, &other).await.unwrap();
    db::room_rights::notify_changed(&mut *conn, anna.id).await.unwrap();
    assert_eq!(client.closed().await, 4401);
    let mut client = Client::connect(&server, "/ws", &[]).await;
    client.send(json!({"type": "hello", "ticket": late})).await;
    assert_eq!(client.closed().await, 4401);
}

/// M5: only signed-in sockets were counted.
#[sqlx::test(migrations = "../../migrations")]
async fn m5_a_socket_counts_before_anybody_signs_in(pool: PgPool) {
    let server = TestServer::start_with(pool, |config| config.connections = 1).await;
    let silent = Client::connect(&server, "/ws", &[]).await;
    let url = format!("ws://{}/ws", server.address);
    let refused = tokio_tungstenite::connect_async(&url).await.unwrap_err().to_string();
    assert!(refused.contains("503"), "{refused}");
    drop(silent);
    while tokio_tungstenite::connect_async(&url).await.is_err() {
        tokio::task::yield_now().await;
    }
}

/// M5: sockets of strangers at one address could take all places.
#[sqlx::test(migrations = "../../migrations")]
async fn m5_strangers_of_one_address_leave_places_to_others(pool: PgPool) {
    let server = TestServer::start_with(pool, |config| config.connections = 10_000).await;
    let anna = server.person("anna").await;
    let open = async |address: &str, cookie: &str| {
        let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(refused)) => Err(refused.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    };
    let mut strangers = vec![];
    for _ in 0..128 {
        strangers.push(open("192.0.2.1", "a=b").await.unwrap());
    }
    assert_eq!(open("192.0.2.1", "a=b").await.unwrap_err(), 429);
    open("192.0.2.1", &format!("pagespace_session={}", anna.session)).await.unwrap();
    open("192.0.2.2", "a=b").await.unwrap();
    // One says who it is, and another stranger may come.
    let ticket = server.ticket(&anna, "a ticket").await;
    let mut signed_in = Client { socket: strangers.pop().unwrap() };
    signed_in.send(json!({"type": "hello", "ticket": ticket})).await;
    assert_eq!(signed_in.next().await["type"], "welcome");
    open("192.0.2.1", "a=b").await.unwrap();
}

/// M5: an address could take all places.
#[sqlx::test(migrations = "../../migrations")]
async fn m5_an_address_has_a_tenth_of_the_places(pool: PgPool) {
    let server = TestServer::start_with(pool, |config| config.connections = 700).await;
    let mut sockets = vec![];
    let url = format!("ws://{}/ws", server.address);
    let refused = loop {
        match tokio_tungstenite::connect_async(&url).await {
            Ok((socket, _)) => sockets.push(socket),
            Err(error) => break error.to_string(),
        }
    };
    assert!(refused.contains("429"), "{refused}");
    assert_eq!(sockets.len(), 70);
}

/// M4, M5: requests for rooms and sign-ins took the connection that events are read by, and nobody heard anything.
#[sqlx::test(migrations = "../../migrations")]
async fn m5_events_go_on_while_requests_have_every_connection(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut client = Client::hello(&server, &anna, None).await;
    assert_eq!(client.join(&format!("drive:{}", anna.drive)).await["type"], "joined");
    let mut all = vec![];
    for _ in 0..server.pool.options().get_max_connections() {
        all.push(server.pool.acquire().await.unwrap());
    }
    let conn = &mut all[0];
    let id = db::events::insert(conn, model::EventKind::FileCreated, Some(anna.drive), None, json!({})).await.unwrap();
    db::events::notify(&mut **conn).await.unwrap();
    assert_eq!(client.event().await, id);
}

/// M5: one person could take all places.
#[sqlx::test(migrations = "../../migrations")]
async fn m5_one_person_has_fifty_sockets(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let mut annas = vec![];
    for _ in 0..50 {
        annas.push(Client::hello(&server, &anna, None).await);
    }
    let cookie = format!("pagespace_session={}", anna.session);
    let mut more = Client::connect(&server, "/ws", &[("cookie", cookie)]).await;
    more.send(json!({"type": "hello"})).await;
    assert_eq!(more.closed().await, 4429);
    Client::hello(&server, &ben, None).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_client_that_comes_back_gets_what_it_missed(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut conn = server.pool.acquire().await.unwrap();
    let other = db::drives::insert(&mut conn, "Other", anna.id).await.unwrap();
    drop(conn);
    let rooms = [format!("drive:{}", anna.drive), format!("drive:{other}")];
    let mut client = Client::hello(&server, &anna, None).await;
    for room in &rooms {
        assert_eq!(client.join(room).await["type"], "joined");
    }
    let seen = server.happen(anna.drive).await;
    assert_eq!(client.event().await, seen);
    drop(client);
    let mut missed = vec![];
    for round in 0..6 {
        missed.push(server.happen(if round % 2 == 0 { anna.drive } else { other }).await);
    }
    let mut client = Client::hello(&server, &anna, Some(seen)).await;
    // Both in one breath, so that what was missed comes in one order.
    for room in &rooms {
        client.socket.feed(format!(r#"{{"type":"join","room":"{room}"}}"#).into()).await.unwrap();
    }
    client.socket.flush().await.unwrap();
    let mut heard = vec![];
    while heard.len() < missed.len() {
        let message = client.next().await;
        if message["type"] == "event" {
            heard.push(message["event"]["id"].as_i64().unwrap());
        } else {
            assert_eq!(message["type"], "joined");
        }
    }
    // Each room's in order, and none left out. The two joins may still have arrived as two.
    heard.sort_unstable();
    assert_eq!(heard, missed);
    let next = server.happen(anna.drive).await;
    assert_eq!(client.event().await, next);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_late_commit_is_heard_and_in_its_place(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut client = Client::hello(&server, &anna, None).await;
    assert_eq!(client.join(&format!("drive:{}", anna.drive)).await["type"], "joined");
    let mut late = server.pool.begin().await.unwrap();
    let kind = model::EventKind::FileUpdated;
    let first = db::events::insert(&mut late, kind, Some(anna.drive), None, json!({})).await.unwrap();
    let second = server.happen(anna.drive).await;
    late.commit().await.unwrap();
    assert_eq!(client.event().await, first);
    assert_eq!(client.event().await, second);
    let mut again = Client::hello(&server, &anna, Some(first)).await;
    assert_eq!(again.join(&format!("drive:{}", anna.drive)).await["type"], "joined");
    assert_eq!(again.event().await, second);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_alert_reaches_the_administrator_it_is_for_without_asking(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let mut annas = Client::hello(&server, &anna, None).await;
    let mut bens = Client::hello(&server, &ben, None).await;
    assert_eq!(bens.join(&format!("drive:{}", ben.drive)).await["type"], "joined");
    let mut conn = server.pool.acquire().await.unwrap();
    let (kind, data) = (model::EventKind::AlertBegan, json!({"userId": anna.id}));
    let alert = db::events::insert(&mut conn, kind, None, None, data).await.unwrap();
    let next = server.happen(ben.drive).await;
    assert_eq!(annas.event().await, alert);
    assert_eq!(bens.event().await, next, "nobody else's");
}

/// A program that is a version older than the one that wrote it goes on with what it knows.
#[sqlx::test(migrations = "../../migrations")]
async fn an_event_of_an_unknown_kind_is_stepped_over(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut client = Client::hello(&server, &anna, None).await;
    assert_eq!(client.join(&format!("drive:{}", anna.drive)).await["type"], "joined");
    let strange = "insert into events (kind, drive_id) values ('file.painted', $1)";
    sqlx::query(strange).bind(anna.drive).execute(&server.pool).await.unwrap();
    let next = server.happen(anna.drive).await;
    assert_eq!(client.event().await, next);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_unknown_place_means_looking_again(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut client = Client::hello(&server, &anna, Some(123_456)).await;
    assert_eq!(client.next().await, json!({"type": "resync"}));
    assert_eq!(client.join(&format!("drive:{}", anna.drive)).await["type"], "joined");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_notification_costs_only_time(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let mut client = Client::hello(&server, &anna, None).await;
    assert_eq!(client.join(&format!("drive:{}", anna.drive)).await["type"], "joined");
    // The listening connection dies; what happens meanwhile is not announced to anybody.
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'")
        .execute(&server.pool)
        .await
        .unwrap();
    let mut conn = server.pool.acquire().await.unwrap();
    let kind = model::EventKind::FileDeleted;
    let id = db::events::insert(&mut conn, kind, Some(anna.drive), None, json!({})).await.unwrap();
    assert_eq!(client.event().await, id);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_slow_reader_is_dropped_and_others_are_not(pool: PgPool) {
    let server = TestServer::start_with(pool, |config| config.queue = 4).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let mut frozen = Client::hello(&server, &anna, None).await;
    assert_eq!(frozen.join(&format!("drive:{}", anna.drive)).await["type"], "joined");
    let mut bens = Client::hello(&server, &ben, None).await;
    assert_eq!(bens.join(&format!("drive:{}", ben.drive)).await["type"], "joined");
    // More than the sockets' buffers take, and nobody reads.
    let payload = "x".repeat(500_000);
    let mut count = 0;
    while server.realtime.clients() == 2 {
        count += 1;
        let event = format!("e{count}");
        let body =
            json!({"channelId": format!("drive:{}", anna.drive), "event": event, "payload": payload}).to_string();
        assert_eq!(server.post_signed("/api/broadcast", &body, crate::server::SECRET, 0).await.0, 200);
    }
    let id = server.happen(ben.drive).await;
    assert_eq!(bens.event().await, id);
}

#[sqlx::test(migrations = "../../migrations")]
async fn progress_reaches_the_files_viewers(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let hash: model::ContentHash = "c".repeat(64).parse().unwrap();
    let mut conn = server.pool.acquire().await.unwrap();
    db::contents::upsert_pending(&mut conn, &hash, 1, "text/plain", None).await.unwrap();
    let drive = anna.drive.to_string();
    let file = db::files::NewFile { content_hash: &hash, name: "a", drive: Some(&drive), owner: None, page_id: None };
    let file = db::files::insert(&mut conn, &file).await.unwrap();
    let mut client = Client::hello(&server, &anna, None).await;
    assert_eq!(client.join(&format!("file:{}", file.id)).await["type"], "joined");
    for done in 1..=20 {
        let progress = model::Progress { stage: "page".into(), done, total: 20 };
        db::events::notify_progress(&mut *conn, &hash, &progress).await.unwrap();
    }
    let mut heard = 0;
    loop {
        let event = client.next().await["event"].take();
        assert_eq!((event["kind"].as_str(), event["id"].as_i64()), (Some("file.progress"), Some(0)));
        heard += 1;
        if event["data"]["done"] == 20 {
            break;
        }
    }
    // The first at once, the newest later, and hardly any between.
    assert!((2..=4).contains(&heard), "{heard}");
}
