//! Publishes to both front ends, and manages the connections of both.

use crate::auth::SignedIn;
use crate::connection::{Connection, ConnectionId};
use crate::hub::{Delivery, Hub, Position};
use crate::messages::FromServer;
use crate::room::Room;
use model::Event;
use serde::Serialize;
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::socket::Sid;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// Both front ends. Cheap to clone.
#[derive(Clone)]
pub struct Publisher {
    /// The plain WebSockets.
    pub hub: Arc<Hub>,
    /// Socket.IO.
    pub io: SocketIo,
    /// Socket.IO sockets to be disconnected.
    pub slow: SlowSockets,
}

/// Socket.IO sockets with a full queue, which cannot even be disconnected until a message of theirs was sent. One that never reads
/// again is closed by Socket.IO's own heartbeat.
#[derive(Clone, Default)]
pub struct SlowSockets(Arc<Mutex<HashSet<Sid>>>);

impl SlowSockets {
    /// Adds one, to be disconnected by [`Publisher::disconnect_slow`].
    pub fn add(&self, sid: Sid) {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(sid);
    }
}

impl Publisher {
    /// A publisher to both.
    pub fn new(hub: Arc<Hub>, io: SocketIo) -> Self {
        Self { hub, io, slow: SlowSockets::default() }
    }

    /// Publishes events that follow each other in the table, up to `position`.
    pub async fn events(&self, events: &[Event], position: Option<Position>) {
        let deliveries: Vec<Delivery> = events
            .iter()
            .map(|event| Delivery { rooms: rooms(event), text: FromServer::Event { event }.text() })
            .collect();
        self.hub.deliver(&deliveries, position);
        for (event, delivery) in events.iter().zip(&deliveries) {
            metrics::counter!("realtime_events_total").increment(1);
            if let Ok(Value::String(name)) = serde_json::to_value(event.kind) {
                self.emit(delivery.rooms.iter().map(ToString::to_string).collect(), &name, event).await;
            }
        }
    }

    /// Publishes a message of PageSpace's servers to one channel.
    pub async fn broadcast(&self, channel: &str, event: &str, payload: &Value) {
        if let Some(room) = Room::parse(channel) {
            let text = FromServer::Broadcast { room: channel, event, payload }.text();
            self.hub.deliver(&[Delivery { rooms: vec![room], text }], None);
        }
        self.emit(vec![channel.to_owned()], event, payload).await;
    }

    /// All connections of both front ends, or those of one person.
    pub fn connections(&self, user_id: Option<Uuid>) -> Vec<Connection> {
        let mut connections = self.hub.connections(user_id);
        for socket in self.io.sockets() {
            let Some(user) = socket.extensions.get::<SignedIn>() else { continue };
            if user_id.is_none_or(|id| user.user_id == id) {
                let rooms = socket.rooms().iter().filter_map(|name| Room::parse(name)).collect();
                connections.push(Connection { id: ConnectionId::SocketIo(socket.id), user, rooms });
            }
        }
        connections
    }

    /// Takes a connection out of a room and tells it.
    pub fn deny(&self, connection: ConnectionId, room: &Room) {
        let name = room.to_string();
        match connection {
            ConnectionId::WebSocket(id) => {
                self.hub.deny(id, room, FromServer::Denied { room: &name }.text());
            }
            ConnectionId::SocketIo(sid) => {
                if let Some(socket) = self.io.get_socket(sid) {
                    socket.leave(name.clone());
                    // One that cannot take it finds out when it asks for anything.
                    let _ = socket.emit("access_revoked", &json!({"room": name, "reason": "access_changed"}));
                }
            }
        }
    }

    /// Ends a connection whose session, token or ticket is no longer valid.
    pub fn disconnect(&self, connection: ConnectionId) {
        match connection {
            ConnectionId::WebSocket(id) => self.hub.disconnect(id),
            ConnectionId::SocketIo(sid) => {
                if let Some(socket) = self.io.get_socket(sid) {
                    for room in socket.rooms() {
                        socket.leave(room);
                    }
                    if socket.disconnect().is_err() {
                        self.slow.add(sid);
                    }
                }
            }
        }
    }

    async fn emit<T: Serialize>(&self, rooms: Vec<String>, event: &str, data: &T) {
        // No room at all would mean everybody.
        if rooms.is_empty() || self.io.within(rooms.clone()).emit(event, data).await.is_ok() {
            return;
        }
        // Somebody's queue was full. Whose queue takes this message was not the one.
        for socket in self.io.within(rooms).sockets() {
            if socket.emit("resync", &()).is_err() {
                metrics::counter!("realtime_slow_clients_total").increment(1);
                self.slow.add(socket.id);
            }
        }
    }

    /// Disconnects the Socket.IO sockets that missed something, as soon as that is possible.
    pub fn disconnect_slow(&self) {
        let mut slow = self.slow.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        slow.retain(|sid| self.io.get_socket(*sid).is_some_and(|socket| socket.disconnect().is_err()));
    }
}

/// Where an event goes.
fn rooms(event: &Event) -> Vec<Room> {
    let id = |text: &Option<String>| text.as_deref().and_then(|text| Uuid::try_parse(text).ok());
    let person = event.user_id().and_then(|id| Uuid::try_parse(id).ok()).map(Room::Notifications);
    [id(&event.drive_id).map(Room::Drive), id(&event.file_id).map(Room::File), person].into_iter().flatten().collect()
}
