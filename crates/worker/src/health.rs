//! What the worker looks at when it is asked how it is.

use service::Shutdown;
use service::health::{CheckResult, Health};
use sqlx::PgPool;

/// The checks: database, and the external service that recognises text. `no_service` says why there is none although one is
/// wanted; that is worth a look and no reason to be restarted, as nothing else depends on it.
pub(crate) fn health(shutdown: Shutdown, pool: PgPool, no_service: Option<String>) -> Health {
    Health::new("worker", shutdown).database(pool).check("ocr", move || {
        std::future::ready(match &no_service {
            None => CheckResult::healthy(),
            Some(sentence) => CheckResult::degraded(sentence),
        })
    })
}
