//! External OCR: text recognised by an API outside, one page, one request, one job. Only the worker does this; the readers have
//! no network.

mod api;
mod cooldown;
mod page;
mod reconcile_pages;
mod response;
mod service;

pub use api::{Api, ApiSettings};
pub use cooldown::Cooldown;
pub use reconcile_pages::reconcile_pages;
pub use response::ApiError;
pub use service::{ExternalOcr, ExternalService};

pub(crate) use page::{leave_to_local_engine, read_page};
