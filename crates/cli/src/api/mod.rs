//! The public API of the suite's web service, as far as it is spoken here.

mod client;
mod drives;
mod files;
mod tls;

pub use client::{Client, encoded, read_item};
pub use drives::{Drive, all_drives, find_drive};
pub use files::{File, find_file};
pub use tls::for_sockets;
