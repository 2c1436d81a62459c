//! What every binary needs: settings from the environment, tracing, the database, health, metrics, shutdown,
//! serving HTTP, extractors, request ids, forms in little memory, and answers that reach clients which are still sending.
//! It knows no product word.
#![deny(unsafe_code)]

mod cached;
mod cookie;
mod credit;
mod database;
mod extract;
mod form;
pub mod health;
mod healthcheck;
mod linger;
mod memory;
pub mod metrics;
mod report;
mod request_id;
mod rfc3339;
mod run;
mod serve;
mod settings;
mod shutdown;
mod trusted_proxies;

pub use cached::Cached;
pub use cookie::cookie;
pub use credit::Credit;
pub use database::{Database, DatabaseSettings, connect, own_connection};
pub use form::{Form, FormError, HEAD_BYTES, Part};
pub use healthcheck::healthcheck;
pub use linger::linger;
pub use memory::{Memory, MemorySource};
pub use report::{SelfReport, keep_reported};
pub use request_id::{REQUEST_ID, RequestId, assign_request_id};
pub use rfc3339::rfc3339;
pub use run::main;
pub use serve::{
    BodyDeadline, ConnectionLimits, PerAddress, ReaderLimits, client_network, serve, serve_on, without_body_deadline,
};
pub use settings::{SettingError, Settings};
pub use shutdown::Shutdown;
pub use trusted_proxies::{TrustedProxies, peer};
