//! The service as its clients meet it: a listening socket, a real Postgres, real WebSockets.

#![expect(clippy::unwrap_used, reason = "test code, which clippy sees only where #[test] stands")]

mod broadcasts;
mod client;
mod server;
mod socketio;
mod websockets;
