//! Tickets for the socket, for clients that cannot send the cookie.

use crate::auth::caller::{Caller, OUT_OF_SCOPE};
use crate::auth::secret;
use crate::error::Error;
use crate::extract::Json;
use crate::person_limit::{PersonLimit, TICKETS};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create_ticket))
}

/// A right to open one socket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    /// To be sent in the socket's first message. Works once.
    ticket: String,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// How long a ticket waits to be used.
const LIFETIME: Duration = Duration::seconds(60);

/// Get a ticket for the socket at `/ws`
#[utoipa::path(post, path = "/realtime/ticket", tag = "system", responses((status = 201, body = Ticket)))]
async fn create_ticket(caller: Caller, State(state): State<AppState>) -> Result<(StatusCode, Json<Ticket>), Error> {
    if !caller.may_read {
        return Err(OUT_OF_SCOPE);
    }
    let ticket = secret::generate("");
    let hash = secret::hash(&ticket);
    let mut tx = db::begin(&state.database).await?;
    // So that two at once count one after the other.
    db::users::take_turn(&mut tx, caller.user.id).await?;
    db::tickets::delete_ended(&mut tx, caller.user.id).await?;
    if db::tickets::count(&mut tx, caller.user.id).await? >= TICKETS {
        return Err(Error::PersonLimit(PersonLimit::Tickets));
    }
    let expires_at = db::tickets::insert(&mut tx, &hash, caller.user.id, &caller.credential, LIFETIME).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Ticket { ticket, expires_at })))
}
