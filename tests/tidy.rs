//! The walls of ARCHITECTURE.md, read from `cargo metadata`.
