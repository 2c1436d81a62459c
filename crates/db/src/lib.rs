//! Every SQL statement about product tables, one file per table. Functions take `&mut PgConnection`, so that the
//! caller composes the transaction.
#![forbid(unsafe_code)]

pub mod alerts;
pub mod announcer;
pub mod artifact_lookups;
pub mod artifacts;
pub mod attachments;
pub mod audit;
mod away;
pub mod backups;
pub mod bulk;
pub mod contents;
pub mod damage;
pub mod drives;
pub mod events;
pub mod expiry;
pub mod files;
pub mod imports;
pub mod invitations;
pub mod known_browsers;
pub mod library;
pub mod migrations;
pub mod ocr;
pub mod ocr_budget;
pub mod originals;
pub mod readings;
pub mod retries;
pub mod roles;
pub mod room_rights;
pub mod schedules;
pub mod search;
pub mod search_pages;
pub mod service_status;
pub mod sessions;
pub mod setup;
pub mod similar;
pub mod size;
pub mod store_identity;
pub mod system_samples;
pub mod tickets;
pub mod tokens;
mod transaction;
pub mod upload_keys;
pub mod uploads;
pub mod users;
pub mod visible_jobs;
pub mod watched_files;

pub use away::{is_away, took_too_long};
pub use transaction::{allow_minutes, begin};
