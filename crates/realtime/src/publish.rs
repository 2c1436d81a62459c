//! Hands an event to both front ends.

use crate::hub::{Hub, Parcel, Position};
use crate::messages::FromServer;
use crate::room::Room;
use model::Event;
use serde::Serialize;
use serde_json::Value;
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
    /// Socket.IO sockets that have to go.
    pub slow: Slow,
}

/// Socket.IO sockets with a full queue, which cannot even be told to go until there is room. One that never reads again
/// is let go by the heartbeat.
#[derive(Clone, Default)]
pub struct Slow(Arc<Mutex<HashSet<Sid>>>);

impl Slow {
    /// Remembers one.
    pub fn add(&self, sid: Sid) {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(sid);
    }
}

impl Publisher {
    /// A publisher to both.
    pub fn new(hub: Arc<Hub>, io: SocketIo) -> Self {
        Self { hub, io, slow: Slow::default() }
    }

    /// Gives out events that follow each other in the log, up to `position`.
    pub async fn events(&self, events: &[Event], position: Option<Position>) {
        let parcels: Vec<Parcel> = events
            .iter()
            .map(|event| Parcel { rooms: rooms(event), text: FromServer::Event { event }.text() })
            .collect();
        self.hub.deliver(&parcels, position);
        for (event, parcel) in events.iter().zip(&parcels) {
            metrics::counter!("realtime_events_total").increment(1);
            if let Ok(Value::String(name)) = serde_json::to_value(event.kind) {
                self.emit(parcel.rooms.iter().map(ToString::to_string).collect(), &name, event).await;
            }
        }
    }

    /// Says something to one channel.
    pub async fn broadcast(&self, channel: &str, event: &str, payload: &Value) {
        if let Some(room) = Room::parse(channel) {
            let text = FromServer::Broadcast { room: channel, event, payload }.text();
            self.hub.deliver(&[Parcel { rooms: vec![room], text }], None);
        }
        self.emit(vec![channel.to_owned()], event, payload).await;
    }

    async fn emit<T: Serialize>(&self, rooms: Vec<String>, event: &str, data: &T) {
        // No room at all would mean everybody.
        if rooms.is_empty() || self.io.within(rooms.clone()).emit(event, data).await.is_ok() {
            return;
        }
        // Somebody did not get it; whoever has no room for this either, it was.
        for socket in self.io.within(rooms).sockets() {
            if socket.emit("resync", &()).is_err() {
                metrics::counter!("realtime_slow_clients_total").increment(1);
                self.slow.add(socket.id);
            }
        }
    }

    /// Disconnects the Socket.IO sockets that missed something, as soon as that is possible.
    pub fn drop_slow(&self) {
        let mut slow = self.slow.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        slow.retain(|sid| self.io.get_socket(*sid).is_some_and(|socket| socket.disconnect().is_err()));
    }
}

/// Where an event goes.
fn rooms(event: &Event) -> Vec<Room> {
    let id = |text: &Option<String>| text.as_deref().and_then(|text| Uuid::try_parse(text).ok());
    [id(&event.drive_id).map(Room::Drive), id(&event.file_id).map(Room::File)].into_iter().flatten().collect()
}
