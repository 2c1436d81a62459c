//! Socket.IO at `/socket.io/`, with the events PageSpace's clients use, where we have the object they are about.

use crate::auth::{self, SignedIn};
use crate::client::ClientAddress;
use crate::config::Config;
use crate::hub::{CLIENTS_OF_ONE, ROOMS};
use crate::openings::CONNECT_TIMEOUT;
use crate::places::Places;
use crate::publish::SlowSockets;
use crate::room::{Room, may_enter, wanted};
use serde::Deserialize;
use serde_json::json;
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a client sends with its CONNECT.
#[derive(Debug, Default, Deserialize)]
struct Auth {
    /// A ticket or an API token; without one the session cookie counts.
    token: Option<String>,
}

/// Why a client is not let in. Its text goes to the client.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("Authentication error: no valid token or session")]
    NotSignedIn,
    #[error("Too many sockets")]
    TooMany,
    #[error("Service unavailable")]
    Unavailable,
}

/// What the handlers have. Not the sockets' handle: that holds the handlers, and neither would ever be freed.
#[derive(Clone)]
pub struct SocketContext {
    /// The settings.
    pub config: Arc<Config>,
    /// The database.
    pub pool: PgPool,
    /// Sockets to be disconnected.
    pub slow: SlowSockets,
    /// Turns at the database for joins: fewer than it has connections, so that nobody's sign-in waits behind them.
    pub joins: Arc<Semaphore>,
    /// Places for those who are signed in; before that they are counted by their openings.
    pub places: Arc<Places>,
}

/// One socket's joins that wait or are worked on; the library starts a task for each. As many as a client may have rooms.
#[derive(Clone)]
struct Waiting(Arc<Semaphore>);

/// What becomes of a client that asks for a room it may not enter.
#[derive(Clone, Copy)]
enum OnRefusal {
    /// Nothing.
    Ignore,
    /// It is disconnected.
    Disconnect,
}

/// The layer that answers at `/socket.io/`, and the handle to its sockets.
pub fn build(config: &Config) -> (SocketIoLayer, SocketIo) {
    SocketIo::builder()
        .max_buffer_size(config.queue)
        .max_payload(64 << 10)
        .ws_max_message_size(64 << 10)
        .ws_max_frame_size(64 << 10)
        .connect_timeout(CONNECT_TIMEOUT)
        .build_layer()
}

/// Sets the handlers.
pub fn serve(io: &SocketIo, context: &SocketContext) {
    let authenticating = context.clone();
    let authenticate = move |socket: SocketRef, TryData(auth): TryData<Auth>| {
        let context = authenticating.clone();
        async move {
            let user = sign_in(&context, &socket, auth.unwrap_or_default()).await?;
            take_place(&context, &socket, &user)?;
            welcome(&context, &socket, user);
            Ok::<_, Refused>(())
        }
    };
    // All is set before the client hears that it is connected: what it asks for at once would be lost otherwise.
    io.ns("/", (async || {}).with(authenticate));
}

async fn sign_in(context: &SocketContext, socket: &SocketRef, auth: Auth) -> Result<SignedIn, Refused> {
    let found = match &auth.token {
        Some(token) => auth::by_token(&context.pool, token).await,
        None => auth::by_headers(&context.pool, &socket.req_parts().headers, &context.config.public_url).await,
    };
    match found {
        Ok(user) => user.ok_or(Refused::NotSignedIn),
        Err(error) => {
            tracing::warn!(%error, "nobody can sign in");
            Err(Refused::Unavailable)
        }
    }
}

/// Gives the socket one of the places of its address and of its person, for as long as it is there.
fn take_place(context: &SocketContext, socket: &SocketRef, user: &SignedIn) -> Result<(), Refused> {
    // Everybody is in the rooms of their own, and nobody else is.
    if socket.within(Room::User(user.user_id).to_string()).sockets().len() >= CLIENTS_OF_ONE {
        return Err(Refused::TooMany);
    }
    let client = socket.req_parts().extensions.get::<ClientAddress>().ok_or(Refused::Unavailable)?;
    let place = context.places.take(client.0).map_err(|_| Refused::TooMany)?;
    socket.extensions.insert(Arc::new(place));
    Ok(())
}

/// Puts the socket into its own rooms and registers what it may ask for.
fn welcome(context: &SocketContext, socket: &SocketRef, user: SignedIn) {
    for room in Room::own(user.user_id) {
        socket.join(room.to_string());
    }
    socket.extensions.insert(user);
    socket.extensions.insert(Waiting(Arc::new(Semaphore::new(ROOMS))));
    on_join(context, socket, "join_channel", Room::page, OnRefusal::Disconnect);
    on_join(context, socket, "join_drive", drive, OnRefusal::Ignore);
    // We have no conversations, and so nobody takes part in one.
    on_join(context, socket, "join_dm_conversation", |_| None, OnRefusal::Ignore);
    on_leave(socket, "leave_channel", Room::page);
    on_leave(socket, "leave_drive", drive);
    on_leave(socket, "leave_dm_conversation", |_| None);
}

fn drive(id: &str) -> Option<Room> {
    Room::parse(&format!("drive:{id}"))
}

fn on_join(
    context: &SocketContext,
    socket: &SocketRef,
    event: &'static str,
    room: fn(&str) -> Option<Room>,
    on_refusal: OnRefusal,
) {
    let context = context.clone();
    socket.on(event, move |socket: SocketRef, TryData(id): TryData<String>| {
        let context = context.clone();
        async move {
            let Ok(id) = id else { return invalid(&socket, event) };
            let waiting = socket.extensions.get::<Waiting>().map(|waiting| waiting.0.try_acquire_owned());
            let Some(Ok(_waiting)) = waiting else {
                // More than it could ever be in: no browser of ours asks so.
                if socket.clone().disconnect().is_err() {
                    context.slow.add(socket.id);
                }
                return;
            };
            let joined = match room(&id) {
                Some(room) => join(&context, &socket, room).await,
                None => false,
            };
            if let (false, OnRefusal::Disconnect) = (joined, on_refusal)
                && socket.clone().disconnect().is_err()
            {
                context.slow.add(socket.id);
            }
        }
    });
}

fn on_leave(socket: &SocketRef, event: &'static str, room: fn(&str) -> Option<Room>) {
    socket.on(event, async move |socket: SocketRef, TryData(id): TryData<String>| match id {
        Ok(id) => {
            if let Some(room) = room(&id) {
                socket.leave(room.to_string());
            }
        }
        Err(_) => invalid(&socket, event),
    });
}

/// True when the socket is in the room now.
async fn join(context: &SocketContext, socket: &SocketRef, room: Room) -> bool {
    let Some(user) = socket.extensions.get::<SignedIn>() else { return false };
    if socket.rooms().len() >= ROOMS {
        return false;
    }
    let Ok(_turn) = context.joins.acquire().await else { return false };
    let rights = match context.pool.acquire().await {
        Ok(mut conn) => db::room_rights::allowed(&mut conn, user.user_id, &wanted(std::slice::from_ref(&room))).await,
        Err(error) => Err(error),
    };
    match rights {
        Ok(allowed) if may_enter(&room, user.user_id, &allowed) => {
            socket.join(room.to_string());
            true
        }
        Ok(_) => false,
        Err(error) => {
            tracing::warn!(%error, "nobody can enter a room");
            false
        }
    }
}

fn invalid(socket: &SocketRef, event: &str) {
    // One that does not read need not know.
    let _ = socket.emit("validation_error", &json!({"event": event, "error": "an id is a string"}));
}
