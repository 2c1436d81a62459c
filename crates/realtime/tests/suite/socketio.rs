//! Socket.IO, as it goes over the wire: Engine.IO 4 packets with Socket.IO 5 packets in them.

use crate::client::Client;
use crate::server::{SECRET, TestServer};
use db::drives::Role;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

const PATH: &str = "/socket.io/?EIO=4&transport=websocket";

impl Client {
    /// The next Socket.IO packet: its type and its data. Engine.IO's pings are answered on the way.
    async fn packet(&mut self) -> (String, Value) {
        loop {
            let text = self.next_text().await;
            if text == "2" {
                self.send_text("3").await;
                continue;
            }
            let message = text.strip_prefix('4').unwrap_or_else(|| panic!("not a message: {text}"));
            let (kind, data) = message.split_at(1);
            return (kind.into(), if data.is_empty() { Value::Null } else { serde_json::from_str(data).unwrap() });
        }
    }

    async fn emit(&mut self, event: &str, data: Value) {
        self.send_text(&format!("42{}", json!([event, data]))).await;
    }

    /// Something happens in the drive again and again until the client hears of it: a join has no answer.
    async fn hears(&mut self, server: &TestServer, drive: Uuid) -> Value {
        for _ in 0..50 {
            server.happen(drive).await;
            if let Ok((_, event)) = tokio::time::timeout(Duration::from_millis(200), self.packet()).await {
                assert_eq!(event[0], "file.created");
                return event;
            }
        }
        panic!("the client is not in the drive");
    }

    /// Opens Engine.IO and asks for the main namespace.
    async fn open(server: &TestServer, headers: &[(&'static str, String)], auth: Option<Value>) -> Self {
        let mut client = Self::connect(server, PATH, headers).await;
        let open = client.next_text().await;
        assert!(open.starts_with("0{"), "{open}");
        client.send_text(&format!("40{}", auth.map(|auth| auth.to_string()).unwrap_or_default())).await;
        client
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_connects_unknown(pool: PgPool) {
    let server = TestServer::start(pool).await;
    for auth in [None, Some(json!({})), Some(json!({"token": "made up"})), Some(json!("noise"))] {
        let mut client = Client::open(&server, &[], auth).await;
        let (kind, error) = client.packet().await;
        assert_eq!(kind, "4", "{error}");
        assert!(error["message"].as_str().unwrap().starts_with("Authentication error"), "{error}");
    }
}

/// M4: anybody could open sessions without end, each with all the headers it came with.
#[sqlx::test(migrations = "../../migrations")]
async fn m4_sessions_are_counted_from_their_opening(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let client = reqwest::Client::new();
    let open = async |address: &str, padding: usize| {
        let url = format!("http://{}/socket.io/?EIO=4&transport=polling", server.address);
        let request = client.get(url).header("x-forwarded-for", address).header("x-padding", "x".repeat(padding));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(open("192.0.2.1", 20_000).await, 431);
    let mut opened = 0;
    while open("192.0.2.1", 0).await == 200 {
        opened += 1;
        assert!(opened <= 2048, "there is no bound");
    }
    assert!(opened >= 128, "{opened}");
    assert_eq!(open("192.0.2.1", 0).await, 429);
    assert_eq!(open("192.0.2.2", 0).await, 200);
    let two_of_one_customer = [open("2001:db8::1", 0).await, open("2001:db8::2", 0).await];
    assert_eq!(two_of_one_customer, [200, 200]);
}

/// M4: whoever reached the port itself named another address each time, and had no bound of their own.
#[sqlx::test(migrations = "../../migrations")]
async fn m4_an_address_that_somebody_names_for_themselves_is_not_believed(pool: PgPool) {
    let server = TestServer::start_with(pool, |config| config.trusted_proxies = "192.0.2.0/24".parse().unwrap()).await;
    let client = reqwest::Client::new();
    let url = format!("http://{}/socket.io/?EIO=4&transport=polling", server.address);
    let mut opened = 0;
    loop {
        let named = format!("198.51.100.{}", opened % 250);
        let answer = client.get(&url).header("x-forwarded-for", named).send().await.unwrap();
        if answer.status() == 429 {
            break;
        }
        opened += 1;
        assert!(answer.status() == 200 && opened <= 128, "{} after {opened}", answer.status());
    }
}

/// M4: 25,000 openings held some 250 MB, and ten times that with large heads. Each is from another address.
#[sqlx::test(migrations = "../../migrations")]
async fn m4_a_flood_of_openings_holds_little_memory(pool: PgPool) {
    let server = TestServer::start_with(pool, |config| config.connections = 10_000).await;
    let client = reqwest::Client::new();
    let url = format!("http://{}/socket.io/?EIO=4&transport=polling", server.address);
    let before = service::Memory::read().rss_bytes;
    let mut answers = BTreeMap::<u16, usize>::new();
    for number in 0..4096 {
        let named = format!("10.1.{}.{}", number >> 8, number & 255);
        let request = client.get(&url).header("x-forwarded-for", named).header("x-padding", "x".repeat(7000));
        *answers.entry(request.send().await.unwrap().status().as_u16()).or_default() += 1;
    }
    let grown = service::Memory::read().rss_bytes.saturating_sub(before);
    let most_in_ten_seconds = 2048;
    assert!(answers[&503] > 0 && answers[&200] >= most_in_ten_seconds, "{answers:?}");
    assert!(grown < 64 << 20, "{grown} bytes after {answers:?}");
}

/// M4: one person, or one address, could take all places.
#[sqlx::test(migrations = "../../migrations")]
async fn m4_connected_clients_are_counted_by_person_and_by_address(pool: PgPool) {
    let server = TestServer::start_with(pool, |config| config.connections = 500).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let open = async |session: &str, address: &str| {
        let headers = [("cookie", format!("pagespace_session={session}")), ("x-forwarded-for", address.to_owned())];
        let mut client = Client::open(&server, &headers, None).await;
        let (kind, data) = client.packet().await;
        (client, kind, data)
    };
    let mut clients = vec![];
    for _ in 0..50 {
        let (client, kind, data) = open(&anna.session, "192.0.2.1").await;
        assert_eq!(kind, "0", "{data}");
        clients.push(client);
    }
    let (_, kind, data) = open(&anna.session, "192.0.2.2").await;
    assert_eq!((kind.as_str(), &data["message"]), ("4", &json!("Too many sockets")));
    for _ in 0..14 {
        let (client, kind, data) = open(&ben.session, "192.0.2.1").await;
        assert_eq!(kind, "0", "{data}");
        clients.push(client);
    }
    let (_, kind, data) = open(&ben.session, "192.0.2.1").await;
    assert_eq!((kind.as_str(), &data["message"]), ("4", &json!("Too many sockets")));
    assert_eq!(open(&ben.session, "192.0.2.2").await.1, "0");
    drop(clients);
    while open(&anna.session, "192.0.2.1").await.1 != "0" {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_member_hears_its_drive_and_leaves_it(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let anna = server.person("anna").await;
    let ticket = server.ticket(&anna, "a ticket").await;
    let mut client = Client::open(&server, &[], Some(json!({"token": ticket}))).await;
    let (kind, data) = client.packet().await;
    assert!(kind == "0" && data["sid"].is_string(), "{data}");

    client.emit("join_drive", json!(7)).await;
    assert_eq!(client.packet().await.1[0], "validation_error");
    client.emit("join_drive", json!(anna.drive)).await;
    let event = client.hears(&server, anna.drive).await;
    assert_eq!(event[1]["driveId"], json!(anna.drive));
    client.emit("leave_drive", json!(anna.drive)).await;
    let own = json!({"channelId": format!("user:{}", anna.id), "event": "hi", "payload": {"a": 1}}).to_string();
    assert_eq!(server.post_signed("/api/broadcast", &own, SECRET, 0).await.0, 200);
    while client.packet().await.1 != json!(["hi", {"a": 1}]) {}
}

// One in a hundred was lost when the wishes of a client were listened for only after it was told that it is connected.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_asked_at_once_is_not_lost(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let mut clients = vec![];
    for person in [server.person("anna").await, server.person("ben").await] {
        let cookie = format!("pagespace_session={}", person.session);
        for _ in 0..50 {
            let mut client = Client::open(&server, &[("cookie", cookie.clone())], None).await;
            assert_eq!(client.packet().await.0, "0");
            client.emit("join_drive", json!(person.drive)).await;
            clients.push((client, person.drive));
        }
    }
    for (client, drive) in &mut clients {
        client.hears(&server, *drive).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_stranger_hears_nothing_and_asks_for_channels_once(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let cookie = format!("pagespace_session={}", ben.session);
    let mut client = Client::open(&server, &[("cookie", cookie)], None).await;
    assert_eq!(client.packet().await.0, "0");
    client.emit("join_drive", json!(anna.drive)).await;
    client.emit("join_dm_conversation", json!("conversation1")).await;
    client.emit("join_channel", json!("a-page-of-annas")).await;
    // The refusal of the channel is the end; whatever it heard of the drive would have come before.
    server.happen(anna.drive).await;
    assert_eq!(client.packet().await.0, "1");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_right_taken_away_ends_the_room(pool: PgPool) {
    let server = TestServer::start(pool).await;
    let (anna, ben) = (server.person("anna").await, server.person("ben").await);
    let mut conn = server.pool.acquire().await.unwrap();
    db::drives::set_member(&mut conn, anna.drive, ben.id, Role::Viewer).await.unwrap();
    let ticket = server.ticket(&ben, "a ticket").await;
    let mut client = Client::open(&server, &[], Some(json!({"token": ticket}))).await;
    assert_eq!(client.packet().await.0, "0");
    client.emit("join_drive", json!(anna.drive)).await;
    client.hears(&server, anna.drive).await;
    db::drives::remove_member(&mut conn, anna.drive, ben.id).await.unwrap();
    db::room_rights::notify_changed(&mut *conn, ben.id).await.unwrap();
    let room = format!("drive:{}", anna.drive);
    let revoked = json!(["access_revoked", {"room": room, "reason": "access_changed"}]);
    while client.packet().await.1 != revoked {}
}
