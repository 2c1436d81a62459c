//! Starts the realtime service.

fn main() {}
