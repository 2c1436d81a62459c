//! Who a request is from, as the audit log writes it down.

use super::client::ClientAddress;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use db::audit::{Actor, AuditCredential};
use db::users::User;
use service::RequestId;
use std::convert::Infallible;

/// Where a request comes from that nobody is signed in for, or not yet.
#[derive(Debug, Clone)]
pub struct Unknown(pub Actor);

impl FromRequestParts<AppState> for Unknown {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, state).await?;
        let request_id = RequestId::from_request_parts(parts, state).await?;
        let request_id = Some(request_id.as_str().to_owned());
        Ok(Self(Actor { person: None, address: Some(address), credential: None, request_id }))
    }
}

impl Unknown {
    /// The same when it has turned out who it is.
    pub fn is(self, user: &User, credential: AuditCredential) -> Actor {
        Actor { person: Some((user.id, user.name.clone())), credential: Some(credential), ..self.0 }
    }
}
