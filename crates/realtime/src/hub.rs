//! The plain WebSocket clients: which rooms they are in, and the queue of messages of each.

use crate::auth::SignedIn;
use crate::connection::{ClientId, Connection, ConnectionId};
use crate::room::Room;
use axum::extract::ws::Utf8Bytes;
use db::events::Cursor;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Most rooms of one client.
pub const ROOMS: usize = 100;

/// Most clients of one person, through each front end.
pub const CLIENTS_OF_ONE: usize = 50;

/// How far events have been delivered.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// In the log of events.
    pub cursor: Cursor,
    /// The number of the last event there.
    pub last_id: i64,
}

/// Why a client is disconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It does not read what it gets.
    TooSlow,
    /// What it signed in with has ended.
    SignedOut,
}

/// A message and the rooms it goes to.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Where it goes. A client in several of them gets it once.
    pub rooms: Vec<Room>,
    /// What it says.
    pub text: Utf8Bytes,
}

/// Every client of this process.
pub struct Hub {
    state: Mutex<State>,
}

struct State {
    /// `None` until the events table has been read for the first time.
    position: Option<Position>,
    next_id: ClientId,
    clients: HashMap<ClientId, Client>,
    rooms: HashMap<Room, HashSet<ClientId>>,
}

struct Client {
    user: SignedIn,
    queue: mpsc::Sender<Utf8Bytes>,
    disconnect: oneshot::Sender<Reason>,
    rooms: HashSet<Room>,
}

impl Hub {
    /// Without clients.
    pub fn new() -> Self {
        let state = State { position: None, next_id: 1, clients: HashMap::new(), rooms: HashMap::new() };
        Self { state: Mutex::new(state) }
    }

    /// How many clients there are.
    pub fn len(&self) -> usize {
        self.lock().clients.len()
    }

    /// How far events have been delivered; `None` until the events table has been read for the first time.
    pub fn position(&self) -> Option<Position> {
        self.lock().position
    }

    /// Registers a client and puts it into its own rooms. Its messages go into `queue`; into `disconnect` goes the reason when it
    /// has to be disconnected. `None` when the person has as many clients as one may have.
    pub fn register(
        &self,
        user: SignedIn,
        queue: mpsc::Sender<Utf8Bytes>,
        disconnect: oneshot::Sender<Reason>,
    ) -> Option<ClientId> {
        let mut state = self.lock();
        // Everybody is in the rooms of their own, and nobody else is.
        let own = Room::own(user.user_id);
        let count = own.iter().filter_map(|room| state.rooms.get(room)).map(HashSet::len).max().unwrap_or(0);
        if count >= CLIENTS_OF_ONE {
            return None;
        }
        let id = state.next_id;
        state.next_id += 1;
        state.clients.insert(id, Client { user, queue, disconnect, rooms: HashSet::new() });
        state.join(id, &own);
        Some(id)
    }

    /// Removes a client.
    pub fn unregister(&self, id: ClientId) {
        self.lock().remove(id);
    }

    /// Puts a client into rooms, and returns up to which position events were delivered before. Everything after that arrives in
    /// its queue; everything up to there it has to read itself. `None` when it is gone or has too many rooms.
    pub fn join(&self, id: ClientId, rooms: &[Room]) -> Option<Position> {
        let mut state = self.lock();
        let client = state.clients.get(&id)?;
        if client.rooms.len() + rooms.len() > ROOMS {
            return None;
        }
        state.join(id, rooms);
        state.position
    }

    /// Takes a client out of a room. False when it was not there.
    pub fn leave(&self, id: ClientId, room: &Room) -> bool {
        self.lock().leave(id, room)
    }

    /// Takes a client out of a room and tells it.
    pub fn deny(&self, id: ClientId, room: &Room, text: Utf8Bytes) -> bool {
        let mut state = self.lock();
        let was_there = state.leave(id, room);
        if was_there {
            state.send(id, text);
        }
        was_there
    }

    /// Disconnects a client that is signed out.
    pub fn disconnect(&self, id: ClientId) {
        if let Some(client) = self.lock().remove(id) {
            // Should it have left by itself, nobody needs to know.
            let _ = client.disconnect.send(Reason::SignedOut);
        }
    }

    /// All connections, or those of one person.
    pub fn connections(&self, user_id: Option<Uuid>) -> Vec<Connection> {
        let state = self.lock();
        let chosen = state.clients.iter().filter(|(_, client)| user_id.is_none_or(|id| client.user.user_id == id));
        chosen
            .map(|(id, client)| Connection {
                id: ConnectionId::WebSocket(*id),
                user: client.user.clone(),
                rooms: client.rooms.iter().cloned().collect(),
            })
            .collect()
    }

    /// Puts messages into their rooms' queues and moves the position on in the same moment, so that a client that joins has either
    /// got an event in its queue or finds it before its position.
    pub fn deliver(&self, deliveries: &[Delivery], position: Option<Position>) {
        let mut state = self.lock();
        for delivery in deliveries {
            let clients: HashSet<ClientId> =
                delivery.rooms.iter().filter_map(|room| state.rooms.get(room)).flatten().copied().collect();
            for id in clients {
                state.send(id, delivery.text.clone());
            }
        }
        if position.is_some() {
            state.position = position;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn join(&mut self, id: ClientId, rooms: &[Room]) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        for room in rooms {
            client.rooms.insert(room.clone());
            self.rooms.entry(room.clone()).or_default().insert(id);
        }
    }

    fn leave(&mut self, id: ClientId, room: &Room) -> bool {
        let was_there = self.clients.get_mut(&id).is_some_and(|client| client.rooms.remove(room));
        if let Some(members) = self.rooms.get_mut(room) {
            members.remove(&id);
            if members.is_empty() {
                self.rooms.remove(room);
            }
        }
        was_there
    }

    fn remove(&mut self, id: ClientId) -> Option<Client> {
        let rooms: Vec<Room> = self.clients.get(&id)?.rooms.iter().cloned().collect();
        for room in &rooms {
            self.leave(id, room);
        }
        self.clients.remove(&id)
    }

    /// A client whose queue is full does not keep up: it is dropped, and may come back and resume.
    fn send(&mut self, id: ClientId, text: Utf8Bytes) {
        let Some(client) = self.clients.get(&id) else { return };
        if client.queue.try_send(text).is_err()
            && let Some(client) = self.remove(id)
        {
            metrics::counter!("realtime_slow_clients_total").increment(1);
            let _ = client.disconnect.send(Reason::TooSlow);
        } else {
            metrics::counter!("realtime_messages_total").increment(1);
        }
    }
}
