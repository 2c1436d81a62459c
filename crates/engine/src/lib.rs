//! Bytes and a request in, artifacts and warnings out.
