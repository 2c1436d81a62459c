//! What every binary needs: settings from the environment, tracing, the database, health, metrics, shutdown,
//! serving HTTP, forms in little memory, and answers that reach clients which are still sending.
//! It knows no product word.
#![forbid(unsafe_code)]

mod database;
mod form;
pub mod health;
mod healthcheck;
mod linger;
pub mod metrics;
mod run;
mod serve;
mod settings;
mod shutdown;

pub use database::{Database, DatabaseSettings, connect};
pub use form::{Form, FormError, HEAD_BYTES, Part};
pub use healthcheck::healthcheck;
pub use linger::linger;
pub use run::main;
pub use serve::{ConnectionLimits, PerAddress, client_network, serve, serve_on, without_body_deadline};
pub use settings::{SettingError, Settings};
pub use shutdown::Shutdown;
