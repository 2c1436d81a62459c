//! What goes over the plain WebSocket, as JSON.

use axum::extract::ws::Utf8Bytes;
use model::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromClient {
    /// First of all.
    #[serde(rename_all = "camelCase")]
    Hello {
        /// The last event it saw, if it has been here before.
        #[serde(default)]
        last_event_id: Option<i64>,
        /// A ticket or an API token, where there is no cookie.
        #[serde(default)]
        ticket: Option<String>,
    },
    /// It wants to hear.
    Join {
        /// What of.
        room: String,
    },
    /// It has heard enough.
    Leave {
        /// What of.
        room: String,
    },
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromServer<'a> {
    /// Come in.
    #[serde(rename_all = "camelCase")]
    Welcome {
        /// The last event there is: the place to resume from for one that has seen none since.
        last_event_id: i64,
    },
    /// The client hears this room from now on.
    Joined {
        /// Its name.
        room: &'a str,
    },
    /// The client does not, or no longer, hear this room.
    Denied {
        /// Its name, as the client wrote it.
        room: &'a str,
    },
    /// Something happened. Progress has id 0: it is not stored and cannot be resumed from.
    Event {
        /// What.
        event: &'a Event,
    },
    /// Somebody with the broadcast secret says something to a room.
    Broadcast {
        /// The room's name.
        room: &'a str,
        /// The event's name.
        event: &'a str,
        /// Whatever belongs to it.
        payload: &'a Value,
    },
    /// Events were missed that cannot be told any more: look at everything again.
    Resync,
}

impl FromServer<'_> {
    /// The message's text. It is made once, however many clients it goes to.
    pub fn text(&self) -> Utf8Bytes {
        serde_json::to_string(self).expect("messages have string keys and finite numbers").into()
    }
}
