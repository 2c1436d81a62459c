//! Starts the processor service.

fn main() {}
