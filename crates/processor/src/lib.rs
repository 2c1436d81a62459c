//! File storage, images, text and the queue's HTTP endpoints: the service on port 3003.
//!
//! It owns the store and runs the jobs that read people's files, in confined children. It decodes nothing itself, never
//! holds a file in memory, and authorises no person: its callers are services with a token.
#![forbid(unsafe_code)]

mod accept;
mod app;
mod auth;
mod backpressure;
mod blocking_permits;
mod cache_reads;
mod config;
mod error;
mod exports;
mod extract;
mod health;
mod last_value;
mod lost_image;
mod lost_text;
mod move_texts;
mod multipart;
mod ocr;
mod origin;
mod pace;
mod page_artifacts;
mod page_work;
mod ranges;
pub mod reader;
mod receive;
mod resumable;
mod room;
mod routes;
mod run;
mod scrub;
mod search_index;
mod searchable;
mod serve_file;
mod sniff;
mod state;
mod sweep;
mod trim;
mod turns;
mod wait;
mod watched_folder;

pub use app::app;
pub use config::Config;
pub use run::run;
pub use state::AppState;
pub use watched_folder::WatchedFolder;
