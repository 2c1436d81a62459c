//! Single-use rights to open a socket.
