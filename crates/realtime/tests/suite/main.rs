//! The service as its clients meet it: a listening socket, a real Postgres, real WebSockets.

mod broadcasts;
mod client;
mod server;
mod socketio;
mod websockets;
