//! Starts the worker service.

fn main() {}
