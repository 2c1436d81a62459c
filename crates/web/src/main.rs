//! Starts the web service.

fn main() {}
