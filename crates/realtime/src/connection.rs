//! A client's connection, through either front end.

use crate::auth::SignedIn;
use crate::room::Room;
use socketioxide::socket::Sid;

/// A plain WebSocket client's number.
pub type ClientId = u64;

/// Which connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionId {
    /// A plain WebSocket.
    WebSocket(ClientId),
    /// A Socket.IO socket.
    SocketIo(Sid),
}

/// A signed-in person's connection and the rooms it is in.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Which connection.
    pub id: ConnectionId,
    /// Whose it is.
    pub user: SignedIn,
    /// Which rooms it is in.
    pub rooms: Vec<Room>,
}
