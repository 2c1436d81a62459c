//! Everybody who is there, through either front end.

use crate::auth::SignedIn;
use crate::hub::ClientId;
use crate::messages::FromServer;
use crate::publish::Publisher;
use crate::room::Room;
use serde_json::json;
use socketioxide::socket::Sid;
use uuid::Uuid;

/// One connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// A plain WebSocket.
    Plain(ClientId),
    /// A Socket.IO socket.
    SocketIo(Sid),
}

/// Somebody on a connection.
#[derive(Debug, Clone)]
pub struct Present {
    /// Which connection.
    pub seat: Seat,
    /// Who.
    pub who: SignedIn,
    /// In which rooms.
    pub rooms: Vec<Room>,
}

impl Publisher {
    /// Everybody, or every connection of one person.
    pub fn present(&self, user_id: Option<Uuid>) -> Vec<Present> {
        let mut present: Vec<Present> = self
            .hub
            .presences(user_id)
            .into_iter()
            .map(|presence| Present { seat: Seat::Plain(presence.id), who: presence.who, rooms: presence.rooms })
            .collect();
        for socket in self.io.sockets() {
            let Some(who) = socket.extensions.get::<SignedIn>() else { continue };
            if user_id.is_none_or(|id| who.user_id == id) {
                let rooms = socket.rooms().iter().filter_map(|name| Room::parse(name)).collect();
                present.push(Present { seat: Seat::SocketIo(socket.id), who, rooms });
            }
        }
        present
    }

    /// Takes a connection out of a room and tells it.
    pub fn deny(&self, seat: Seat, room: &Room) {
        let name = room.to_string();
        match seat {
            Seat::Plain(id) => {
                self.hub.deny(id, room, FromServer::Denied { room: &name }.text());
            }
            Seat::SocketIo(sid) => {
                if let Some(socket) = self.io.get_socket(sid) {
                    socket.leave(name.clone());
                    // One that cannot take it finds out when it asks for anything.
                    let _ = socket.emit("access_revoked", &json!({"room": name, "reason": "access_changed"}));
                }
            }
        }
    }

    /// Ends a connection whose right to be there has ended.
    pub fn expel(&self, seat: Seat) {
        match seat {
            Seat::Plain(id) => self.hub.expel(id),
            Seat::SocketIo(sid) => {
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
}
