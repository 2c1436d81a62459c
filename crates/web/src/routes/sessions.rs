//! One's own sessions: where one is signed in, and how to end that.

use crate::auth::caller::SignedIn;
use crate::error::Error;
use crate::extract::{Path, Query};
use crate::page::{ArrayPage, PageQuery, TimePosition};
use crate::routes::session::{SignedOut, signed_out};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use model::AuditKind;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_sessions, delete_sessions)).routes(routes!(end_session))
}

/// A browser that one is signed in with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenSession {
    id: Uuid,
    /// What the browser called itself at the sign-in, cut at 300 characters.
    user_agent: String,
    /// When one signed in.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    /// When it ends by itself.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// It is the one that asks.
    is_current: bool,
}

/// List one's sessions
///
/// The newest first.
#[utoipa::path(
    get, path = "/sessions", tag = "accounts", params(PageQuery),
    responses((status = 200, body = Vec<OpenSession>, headers(("link" = String, description = "The next page, if there is one."))))
)]
async fn list_sessions(
    caller: SignedIn,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<ArrayPage<OpenSession>, Error> {
    let after: Option<TimePosition> = query.after()?;
    let after = after.as_ref().map(TimePosition::key);
    let mut conn = state.database.acquire().await?;
    let sessions =
        db::sessions::list(&mut conn, caller.user.id, &caller.session, after, query.limit() as i64 + 1).await?;
    let page = query.cut(sessions, |session| TimePosition { at: session.created_at, id: session.id });
    Ok(page.map(OpenSession::from))
}

/// End one of one's sessions
///
/// The browser is signed out and its sockets close. For the one that asks, it is the same as signing out.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn end_session(
    caller: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    if !db::sessions::delete_one(&mut tx, caller.user.id, id).await? {
        return Err(Error::NotFound("session"));
    }
    caller.actor.did(AuditKind::SessionEnded).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, caller.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out everywhere
///
/// Ends every session of the person, this one too. API tokens stay; they are revoked by themselves.
#[utoipa::path(delete, path = "/sessions", tag = "accounts", responses((status = 204)))]
async fn delete_sessions(caller: SignedIn, State(state): State<AppState>) -> Result<(StatusCode, SignedOut), Error> {
    let mut tx = db::begin(&state.database).await?;
    db::sessions::delete_all(&mut tx, caller.user.id).await?;
    caller.actor.did(AuditKind::SignOutEverywhere).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, caller.user.id).await?;
    Ok((StatusCode::NO_CONTENT, signed_out(&state)))
}

impl From<db::sessions::Session> for OpenSession {
    fn from(session: db::sessions::Session) -> Self {
        let db::sessions::Session { id, user_agent, created_at, last_seen_at, expires_at, is_current } = session;
        Self { id, user_agent, created_at, last_seen_at, expires_at, is_current }
    }
}
