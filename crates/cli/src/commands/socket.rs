//! The socket of events, `/ws` of the server: plain TCP, or TLS over it.

use crate::account::Account;
use crate::api::for_sockets;
use crate::error::Error;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;
use tungstenite::{ClientRequestBuilder, WebSocket};
use ureq::http::Uri;

/// Longest time to be let in.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest time without a sign of life: the server pings every half a minute.
const SILENCE: Duration = Duration::from_secs(75);

/// An open socket.
pub type Socket = WebSocket<Stream>;

/// What the socket's bytes go through.
pub enum Stream {
    /// As they are.
    Plain(TcpStream),
    /// Encrypted.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// Opens the socket, signed in by the token.
pub fn open(account: &Account) -> Result<Socket, Error> {
    let url = &account.url;
    let away = |why: String| Error::Unreachable(format!("{url} does not open a socket: {why}"));
    let bad = |_| Error::Usage(format!("{url} is no address"));
    let origin: Uri = url.parse().map_err(bad)?;
    let host = origin.host().unwrap_or_default();
    let port = origin.port_u16().unwrap_or(if account.is_https() { 443 } else { 80 });
    let stream = connect(host, port).map_err(|error| away(error.to_string()))?;
    let stream = match account.is_https() {
        true => Stream::Tls(Box::new(encrypt(host, stream)?)),
        false => Stream::Plain(stream),
    };
    let socket_url = format!("{}/ws", url.replacen("http", "ws", 1));
    let request = ClientRequestBuilder::new(socket_url.parse().map_err(bad)?);
    let request = request.with_header("authorization", format!("Bearer {}", account.token));
    let (socket, _) = tungstenite::client(request, stream).map_err(|error| away(error.to_string()))?;
    Ok(socket)
}

/// To the first of the host's addresses that answers.
fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in (host.trim_matches(['[', ']']), port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(SILENCE))?;
                stream.set_write_timeout(Some(SILENCE))?;
                return Ok(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn encrypt(host: &str, stream: TcpStream) -> Result<StreamOwned<ClientConnection, TcpStream>, Error> {
    let bad = |why: String| Error::Usage(format!("{host} cannot be reached by https: {why}"));
    let name =
        ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|error| bad(error.to_string()))?;
    let connection = ClientConnection::new(for_sockets()?, name).map_err(|error| bad(error.to_string()))?;
    Ok(StreamOwned::new(connection, stream))
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
