//! API tokens: for programs that act as a person.

use crate::auth::caller::SignedIn;
use crate::auth::secret;
use crate::error::Error;
use crate::extract::{Json, Path, Query};
use crate::page::{ArrayPage, PageQuery, TimePosition};
use crate::person_limit::{PersonLimit, TOKENS};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::audit::Target;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_tokens, create_token, delete_tokens)).routes(routes!(delete_token))
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    id: Uuid,
    /// What its owner calls it.
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<Scope>)]
    scopes: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
    /// When it ends by itself.
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    /// It was made before its owner's password last changed.
    predates_password: bool,
}

/// Which tokens to revoke.
#[derive(Debug, Deserialize, IntoParams)]
// A word that is written wrong must not mean all of them.
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RevokeQuery {
    /// Only those that were made before one's password last changed.
    #[serde(default)]
    predates_password: bool,
}

/// A token with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct CreatedToken {
    #[serde(flatten)]
    token: ApiToken,
    /// To be sent as `Authorization: Bearer <secret>`.
    secret: String,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Scope {
    /// Look and download.
    Read,
    /// Upload, change and delete.
    Write,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewToken {
    /// What to call it.
    name: String,
    /// What it may do; both when absent.
    #[serde(default = "both")]
    scopes: Vec<Scope>,
    /// When it is to end by itself; never when absent.
    #[serde(default, with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
}

/// List one's tokens
///
/// The newest first.
#[utoipa::path(
    get, path = "/tokens", tag = "accounts", params(PageQuery),
    responses((status = 200, body = Vec<ApiToken>, headers(("link" = String, description = "The next page, if there is one."))))
)]
async fn list_tokens(
    caller: SignedIn,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<ArrayPage<ApiToken>, Error> {
    let after: Option<TimePosition> = query.after()?;
    let after = after.as_ref().map(TimePosition::key);
    let mut conn = state.database.acquire().await?;
    let tokens = db::tokens::list(&mut conn, caller.user.id, after, query.limit() as i64 + 1).await?;
    let page = query.cut(tokens, |token| TimePosition { at: token.created_at, id: token.id });
    Ok(page.map(ApiToken::from))
}

/// Revoke one's tokens
///
/// All of them, or those made before one's password last changed: whoever knew the password before may have made them.
#[utoipa::path(delete, path = "/tokens", tag = "accounts", params(RevokeQuery), responses((status = 204)))]
async fn delete_tokens(
    caller: SignedIn,
    State(state): State<AppState>,
    Query(query): Query<RevokeQuery>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    let which = if query.predates_password {
        db::tokens::delete_predating(&mut tx, caller.user.id).await?;
        "all that are older than the password"
    } else {
        db::tokens::delete_all(&mut tx, caller.user.id).await?;
        "all"
    };
    caller.actor.did(AuditKind::TokenRevoked).detail(which).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, caller.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a token
///
/// The answer has the secret; nobody can show it again. Tokens cannot make tokens.
#[utoipa::path(post, path = "/tokens", tag = "accounts", request_body = NewToken, responses((status = 201, body = CreatedToken)))]
async fn create_token(
    caller: SignedIn,
    State(state): State<AppState>,
    Json(body): Json<NewToken>,
) -> Result<(StatusCode, Json<CreatedToken>), Error> {
    let name = body.name.trim();
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(Error::invalid("invalid-name", "a name has 1 to 200 bytes and no control characters"));
    }
    if body.scopes.is_empty() {
        return Err(Error::invalid("no-scopes", "a token needs a scope: read, write"));
    }
    if body.expires_at.is_some_and(|at| at <= OffsetDateTime::now_utc()) {
        return Err(Error::invalid("already-expired", "a token cannot end in the past"));
    }
    // In this order and each once, however they were sent.
    let ordered = [(Scope::Read, "read"), (Scope::Write, "write")];
    let scopes: Vec<&str> =
        ordered.iter().filter(|(scope, _)| body.scopes.contains(scope)).map(|(_, word)| *word).collect();
    let secret = secret::generate("pgs_");
    let new = db::tokens::NewToken {
        user_id: caller.user.id,
        name,
        token_hash: &secret::hash(&secret),
        scopes: &scopes,
        expires_at: body.expires_at,
    };
    let mut tx = db::begin(&state.database).await?;
    // So that two at once count one after the other.
    db::users::take_turn(&mut tx, caller.user.id).await?;
    if db::tokens::count(&mut tx, caller.user.id).await? >= TOKENS {
        return Err(Error::PersonLimit(PersonLimit::Tokens));
    }
    let token = db::tokens::insert(&mut tx, &new).await?;
    let entry = caller.actor.did(AuditKind::TokenMade).to(Target::token(token.id, name));
    entry.detail(scopes.join(", ")).write(&mut tx).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(CreatedToken { token: token.into(), secret })))
}

/// Revoke a token
#[utoipa::path(delete, path = "/tokens/{id}", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn delete_token(
    caller: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    let name = db::tokens::delete(&mut tx, caller.user.id, id).await?.ok_or(Error::NotFound("token"))?;
    caller.actor.did(AuditKind::TokenRevoked).to(Target::token(id, &name)).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, caller.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn both() -> Vec<Scope> {
    vec![Scope::Read, Scope::Write]
}

impl From<db::tokens::Token> for ApiToken {
    fn from(token: db::tokens::Token) -> Self {
        let db::tokens::Token { id, name, scopes, created_at, last_used_at, expires_at, predates_password } = token;
        Self { id, name, scopes, created_at, last_used_at, expires_at, predates_password }
    }
}
