//! Checks the rights of connected people again: when told that somebody's have changed, and from time to time.

use crate::auth::SignedIn;
use crate::connection::Connection;
use crate::publish::Publisher;
use crate::room::{Room, may_enter, wanted};
use db::room_rights::Credential;
use sqlx::{PgConnection, PgPool};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Runs until nobody can tell of changes any more.
pub async fn run(pool: PgPool, publisher: Publisher, every: Duration, mut changes: mpsc::Receiver<Uuid>) {
    let mut round = tokio::time::interval(every);
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        let user_id = tokio::select! {
            change = changes.recv() => match change {
                Some(user_id) => Some(user_id),
                None => return,
            },
            _ = round.tick() => None,
            _ = second.tick() => {
                publisher.disconnect_slow();
                metrics::gauge!("realtime_connections", "transport" => "websocket").set(publisher.hub.len() as f64);
                metrics::gauge!("realtime_connections", "transport" => "socketio").set(publisher.io.sockets().len() as f64);
                continue;
            }
        };
        if let Err(error) = reauthorize(&pool, &publisher, user_id).await {
            tracing::warn!(%error, "rights could not be checked again");
        }
    }
}

/// Takes everybody, or one person, out of the rooms that they may no longer enter, and disconnects those who are signed out.
pub async fn reauthorize(pool: &PgPool, publisher: &Publisher, user_id: Option<Uuid>) -> Result<(), sqlx::Error> {
    let mut people: BTreeMap<Uuid, Vec<Connection>> = BTreeMap::new();
    for connection in publisher.connections(user_id) {
        people.entry(connection.user.user_id).or_default().push(connection);
    }
    if people.is_empty() {
        return Ok(());
    }
    let mut conn = pool.acquire().await?;
    for (user_id, connections) in people {
        reauthorize_person(&mut conn, publisher, user_id, &connections).await?;
    }
    Ok(())
}

async fn reauthorize_person(
    conn: &mut PgConnection,
    publisher: &Publisher,
    user_id: Uuid,
    connections: &[Connection],
) -> Result<(), sqlx::Error> {
    let rooms: Vec<Room> = connections.iter().flat_map(|connection| connection.rooms.iter().cloned()).collect();
    let allowed = db::room_rights::allowed(conn, user_id, &wanted(&rooms)).await?;
    let mut valid: HashMap<Credential, bool> = HashMap::new();
    for Connection { id, user: SignedIn { credential, .. }, rooms } in connections {
        let is_valid = match valid.get(credential) {
            Some(known) => *known,
            None => {
                let found = db::room_rights::is_good(conn, credential).await?;
                valid.insert(credential.clone(), found);
                found
            }
        };
        if !is_valid {
            publisher.disconnect(*id);
            continue;
        }
        for room in rooms.iter().filter(|room| !may_enter(room, user_id, &allowed)) {
            publisher.deny(*id, room);
        }
    }
    Ok(())
}
