//! Plain WebSockets at `/ws`.

use crate::auth::{self, SignedIn};
use crate::client::ClientAddress;
use crate::connection::ClientId;
use crate::hub::{Hub, Position, Reason};
use crate::messages::{FromClient, FromServer};
use crate::places::Place;
use crate::room::{Room, may_enter, wanted};
use crate::state::AppState;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use db::events::Cursor;
use futures_util::{FutureExt, SinkExt};
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

/// Longest message of a client.
const MESSAGE: usize = 4 << 10;
/// What each connection keeps for reading; clients' messages are short and there are many clients.
const BUFFER: usize = 1 << 10;
/// Longest time until the first message.
const HELLO: Duration = Duration::from_secs(10);
/// Time between pings, and longest time without a sign of life.
const PING: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(75);
/// Longest time for a client to take what it is sent.
const WRITE: Duration = Duration::from_secs(15);
/// Joins this soon after the hello are told what they missed; a later one is a new interest, which begins with a look.
const RESUME: Duration = Duration::from_secs(30);
/// Most events told again; with more it is quicker to look at everything.
const REPLAY: usize = 1000;

/// Opens a socket. Who it is follows from the headers, or else from the first message.
pub async fn open(
    State(state): State<AppState>,
    Extension(ClientAddress(client)): Extension<ClientAddress>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if state.shutdown.has_begun() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    // A place is taken before anybody is known and kept until the socket is closed.
    let mut place = match state.places.take(client) {
        Ok(place) => place,
        Err(status) => return too_many(status),
    };
    let user = match auth::by_headers(&state.pool, &headers, &state.config.public_url).await {
        Ok(user) => user,
        Err(error) => {
            tracing::warn!(%error, "nobody can sign in");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    if user.is_none()
        && let Err(status) = place.is_a_strangers()
    {
        return too_many(status);
    }
    upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE)
        .on_upgrade(async move |mut socket| {
            let End { code, reason } = converse(&mut socket, &state, user, &mut place).await;
            let close = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
            // Whoever is not there any more does not mind.
            let _ = timeout(Duration::from_secs(1), socket.send(close)).await;
        })
}

fn too_many(status: StatusCode) -> Response {
    (status, [(header::RETRY_AFTER, "10")]).into_response()
}

/// How a conversation ended, as its close frame says.
struct End {
    code: u16,
    reason: &'static str,
}

const GONE: End = End { code: 1000, reason: "" };
const LEAVING: End = End { code: 1001, reason: "the service stops" };
const BROKEN: End = End { code: 1011, reason: "something went wrong on our side" };
const TOO_SLOW: End = End { code: 1013, reason: "too slow" };
const MALFORMED: End = End { code: 4400, reason: "not a message" };
const NOT_SIGNED_IN: End = End { code: 4401, reason: "not signed in" };
const TOO_MANY: End = End { code: 4429, reason: "too many sockets of one person" };
const NO_HELLO: End = End { code: 4408, reason: "no hello" };

/// One client, from its hello until it is disconnected.
struct Client<'a> {
    socket: &'a mut WebSocket,
    state: &'a AppState,
    user: SignedIn,
    /// Where in the events table the client's knowledge ends.
    since: Cursor,
    began: Instant,
    waiting: mpsc::Receiver<Utf8Bytes>,
    disconnect: oneshot::Receiver<Reason>,
    registration: Registration,
}

/// A client's registration with the hub, which ends when this is dropped.
struct Registration {
    hub: Arc<Hub>,
    id: ClientId,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.hub.unregister(self.id);
    }
}

async fn converse(socket: &mut WebSocket, state: &AppState, by_headers: Option<SignedIn>, place: &mut Place) -> End {
    match greet(socket, state, by_headers, place).await {
        Ok(mut client) => loop {
            if let Err(end) = client.step().await {
                return end;
            }
        },
        Err(end) => end,
    }
}

/// Receives the hello, signs the client in, finds where its knowledge of events ends, and sends the welcome.
async fn greet<'a>(
    socket: &'a mut WebSocket,
    state: &'a AppState,
    by_headers: Option<SignedIn>,
    place: &mut Place,
) -> Result<Client<'a>, End> {
    let (last_event_id, ticket) = timeout(HELLO, hello(socket)).await.map_err(|_| NO_HELLO)??;
    let user = match (by_headers, ticket) {
        (Some(user), _) => user,
        (None, Some(ticket)) => auth::by_token(&state.pool, &ticket).await.map_err(broken)?.ok_or(NOT_SIGNED_IN)?,
        (None, None) => return Err(NOT_SIGNED_IN),
    };
    let hub = state.publisher.hub.clone();
    let position = hub.position().ok_or(BROKEN)?;
    let since = match last_event_id {
        Some(id) => {
            let mut conn = state.pool.acquire().await.map_err(broken)?;
            db::events::resume(&mut conn, id).await.map_err(broken)?
        }
        None => Some(position.cursor),
    };
    let (queue, waiting) = mpsc::channel(state.config.queue);
    let (disconnect_sender, disconnect) = oneshot::channel();
    let id = hub.register(user.clone(), queue, disconnect_sender).ok_or(TOO_MANY)?;
    place.is_signed_in();
    let registration = Registration { id, hub };
    let mut client = Client {
        socket,
        state,
        user,
        since: since.unwrap_or(position.cursor),
        began: Instant::now(),
        waiting,
        disconnect,
        registration,
    };
    let mut texts = vec![FromServer::Welcome { last_event_id: position.last_id }.text()];
    if since.is_none() {
        texts.push(FromServer::Resync.text());
    }
    client.write(texts).await?;
    Ok(client)
}

async fn hello(socket: &mut WebSocket) -> Result<(Option<i64>, Option<String>), End> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => match parse(&text)? {
                FromClient::Hello { last_event_id, ticket } => return Ok((last_event_id, ticket)),
                FromClient::Join { .. } | FromClient::Leave { .. } => return Err(NO_HELLO),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_))) => return Err(MALFORMED),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(GONE),
        }
    }
}

impl Client<'_> {
    /// Waits for the next message from either side, and handles it. Between two calls nothing is lost.
    async fn step(&mut self) -> Result<(), End> {
        // A client's answer to a ping is a message to us, so that quiet clients are heard, too.
        let silence = Instant::now() + SILENCE;
        let mut ping = Instant::now() + PING;
        loop {
            tokio::select! {
                message = self.socket.recv() => return self.receive(message).await,
                text = self.waiting.recv() => {
                    let Some(text) = text else { return Err(self.reason()) };
                    let mut texts = vec![text];
                    while let Ok(text) = self.waiting.try_recv() {
                        texts.push(text);
                    }
                    self.write(texts).await?;
                }
                reason = &mut self.disconnect => return Err(end(reason.unwrap_or(Reason::SignedOut))),
                () = self.state.shutdown.begun() => return Err(LEAVING),
                () = tokio::time::sleep_until(ping.min(silence)) => {
                    if Instant::now() >= silence {
                        return Err(GONE);
                    }
                    ping = Instant::now() + PING;
                    timeout(WRITE, self.socket.send(Message::Ping(Default::default()))).await.map_err(|_| GONE)?.map_err(|_| GONE)?;
                }
            }
        }
    }

    /// Takes a message and all that have arrived with it, so that rooms joined in one breath are replayed as one.
    async fn receive(&mut self, first: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let mut joins: Vec<String> = vec![];
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Some(Ok(Message::Text(text))) => match parse(&text)? {
                    FromClient::Join { room } if joins.len() < crate::hub::ROOMS => joins.push(room),
                    FromClient::Join { .. } => return Err(MALFORMED),
                    FromClient::Leave { room } => {
                        joins.retain(|join| *join != room);
                        if let Some(room) = Room::parse(&room) {
                            self.registration.hub.leave(self.registration.id, &room);
                        }
                    }
                    FromClient::Hello { .. } => return Err(MALFORMED),
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_))) => return Err(MALFORMED),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(GONE),
            }
            next = self.socket.recv().now_or_never();
        }
        if joins.is_empty() { Ok(()) } else { self.join(&joins).await }
    }

    /// Joins the rooms that the person may enter, answers which, and replays the events missed there.
    async fn join(&mut self, names: &[String]) -> Result<(), End> {
        let rooms: Vec<Room> = names.iter().filter_map(|name| Room::parse(name)).collect();
        let mut conn = self.state.pool.acquire().await.map_err(broken)?;
        let allowed = db::room_rights::allowed(&mut conn, self.user.user_id, &wanted(&rooms)).await.map_err(broken)?;
        let rooms: Vec<Room> = rooms.into_iter().filter(|room| may_enter(room, self.user.user_id, &allowed)).collect();
        let position = self.registration.hub.join(self.registration.id, &rooms);
        let has_joined = |name: &str| position.is_some() && Room::parse(name).is_some_and(|room| rooms.contains(&room));
        let mut texts: Vec<Utf8Bytes> = names
            .iter()
            .map(|room| if has_joined(room) { FromServer::Joined { room } } else { FromServer::Denied { room } })
            .map(|message| message.text())
            .collect();
        if let Some(position) =
            position.filter(|position| position.cursor != self.since && self.began.elapsed() < RESUME)
        {
            texts.extend(missed(&mut conn, &rooms, self.since, position).await?);
        }
        drop(conn);
        self.write(texts).await
    }

    /// Sends messages with one flush. A client that takes too long, or that the hub disconnects meanwhile, is given up.
    async fn write(&mut self, texts: Vec<Utf8Bytes>) -> Result<(), End> {
        let socket = &mut *self.socket;
        let sending = async {
            for text in texts {
                socket.feed(Message::Text(text)).await?;
            }
            socket.flush().await
        };
        tokio::select! {
            sent = timeout(WRITE, sending) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(GONE),
                Err(_) => Err(TOO_SLOW),
            },
            reason = &mut self.disconnect => Err(end(reason.unwrap_or(Reason::SignedOut))),
        }
    }

    /// Why the queue has closed.
    fn reason(&mut self) -> End {
        self.disconnect.try_recv().map_or(GONE, end)
    }
}

/// The events of these rooms between two positions in the events table.
async fn missed(
    conn: &mut PgConnection,
    rooms: &[Room],
    since: Cursor,
    until: Position,
) -> Result<Vec<Utf8Bytes>, End> {
    let asked = wanted(rooms);
    let limit = REPLAY as i64 + 1;
    let events = db::events::read_between(conn, since, until.cursor, &asked.drives, &asked.files, limit)
        .await
        .map_err(broken)?;
    if events.len() > REPLAY {
        return Ok(vec![FromServer::Resync.text()]);
    }
    Ok(events.iter().map(|event| FromServer::Event { event }.text()).collect())
}

fn end(reason: Reason) -> End {
    match reason {
        Reason::TooSlow => TOO_SLOW,
        Reason::SignedOut => NOT_SIGNED_IN,
    }
}

fn parse(text: &str) -> Result<FromClient, End> {
    serde_json::from_str(text).map_err(|_| MALFORMED)
}

fn broken(error: sqlx::Error) -> End {
    tracing::warn!(%error, "a socket could not be served");
    BROKEN
}
