//! axum's extractors with our errors.

service::extractors!(crate::error::Error);
