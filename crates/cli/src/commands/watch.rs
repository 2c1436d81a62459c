//! What happens to files, as it happens.

use super::socket::{self, Socket};
use crate::api::{Client, all_drives, find_drive};
use crate::error::Error;
use crate::output::{Output, note};
use crate::upload::Patience;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::atomic::AtomicBool;
use tungstenite::Message;
use tungstenite::protocol::frame::coding::CloseCode;

/// Most rooms of one socket.
const ROOMS: usize = 100;
/// What the server closes a socket with whose token is not, or no longer, good.
const NOT_SIGNED_IN: u16 = 4401;
/// And one that is more than a person may have.
const TOO_MANY: u16 = 4429;

/// Tells what happens until it is stopped, or nobody listens. A broken connection is opened again, and what was missed meanwhile told.
pub fn run(client: &Client, drive: Option<&str>, output: &mut Output) -> Result<(), Error> {
    let mut rooms = match drive {
        Some(named) => vec![find_drive(client, named)?.id],
        None => all_drives(client)?.into_iter().map(|(_, drive)| drive.id).collect(),
    };
    if rooms.len() > ROOMS {
        note(&format!("only the first {ROOMS} of your {} drives are watched; name one with --drive", rooms.len()));
        rooms.truncate(ROOMS);
    }
    let never = AtomicBool::new(false);
    let (mut patience, mut last_event_id) = (Patience::new(&never), None);
    loop {
        let ended = socket::open(&client.account).and_then(|mut socket| {
            greet(&mut socket, &rooms, &mut last_event_id)?;
            patience.renew();
            listen(&mut socket, &mut last_event_id, output)
        });
        let Err(error) = ended;
        if error.is_passing() {
            note(&format!("{error}; trying again"));
        }
        patience.wait(error)?;
    }
}

/// Says hello, from where it is to go on and which drives it is about, and waits to be let in.
fn greet(socket: &mut Socket, rooms: &[String], last_event_id: &mut Option<i64>) -> Result<(), Error> {
    let mut hello = json!({"type": "hello"});
    if let Some(id) = *last_event_id {
        hello["lastEventId"] = id.into();
    }
    let joins = rooms.iter().map(|id| json!({"type": "join", "room": format!("drive:{id}")}));
    for message in [hello].into_iter().chain(joins) {
        socket.send(Message::text(message.to_string())).map_err(broken)?;
    }
    loop {
        let message = next(socket)?;
        if message["type"] == "welcome" {
            *last_event_id = last_event_id.or(message["lastEventId"].as_i64());
            return Ok(());
        }
    }
}

fn listen(socket: &mut Socket, last_event_id: &mut Option<i64>, output: &mut Output) -> Result<Infallible, Error> {
    loop {
        let message = next(socket)?;
        match message["type"].as_str() {
            Some("denied") => note(&format!("{} is not heard", message["room"])),
            Some("event") => {
                let event = &message["event"];
                tell(event, output)?;
                // Progress has the number 0: there is nothing to go on from.
                *last_event_id = event["id"].as_i64().filter(|id| *id > 0).or(*last_event_id);
            }
            Some("resync") => tell(&json!({"id": 0, "kind": "resync", "data": {}}), output)?,
            _ => {}
        }
    }
}

/// What the server says next.
fn next(socket: &mut Socket) -> Result<Value, Error> {
    let strange = |error| Error::Unreachable(format!("the server says what this release does not know: {error}"));
    loop {
        match socket.read().map_err(broken)? {
            Message::Text(text) => return serde_json::from_str(&text).map_err(strange),
            Message::Close(frame) => return Err(closed(frame.map(|frame| (frame.code, frame.reason.to_string())))),
            _ => {}
        }
    }
}

fn tell(event: &Value, output: &mut Output) -> Result<(), Error> {
    if output.is_json() {
        output.json(event)?;
    } else {
        let text = |name: &str| event[name].as_str().unwrap_or("-");
        output.line(format!("{:<14}  {:<36}  {}", text("kind"), text("fileId"), event["data"]))?;
    }
    output.flush()
}

fn broken(error: tungstenite::Error) -> Error {
    Error::Unreachable(format!("the connection broke: {error}"))
}

fn closed(frame: Option<(CloseCode, String)>) -> Error {
    match frame.map(|(code, reason)| (u16::from(code), reason)) {
        Some((NOT_SIGNED_IN, _)) => Error::NotSignedIn("the token is not good any more".into()),
        Some((TOO_MANY, _)) => Error::Usage("you have as many sockets open as one person may".into()),
        Some((_, reason)) if !reason.is_empty() => Error::Unreachable(format!("the server ended it: {reason}")),
        _ => Error::Unreachable("the server ended it".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_socket_was_closed_says_whether_to_come_back() {
        let code = |code: u16| closed(Some((CloseCode::from(code), String::new()))).exit_code();
        assert_eq!([1001, 1013, 4401, 4429].map(code), [4, 4, 3, 2]);
        assert!(closed(None).is_passing());
    }
}
