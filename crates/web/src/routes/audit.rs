//! The audit log, for administrators: in pages, and as a file.

use crate::audit_entry::{AuditEntry, AuditKindWord};
use crate::audit_file::{Format, stream};
use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Query};
use crate::page::{self, Page};
use crate::parameters::{given, id, time};
use crate::state::AppState;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use db::audit::{After, Entry, Filter};
use model::{AuditKind, Disposition};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_audit)).routes(routes!(export_audit))
}

/// Which entries. An empty value is no restriction.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FilterQuery {
    /// Done by this person, or to them.
    #[param(value_type = Option<uuid::Uuid>)]
    person: Option<String>,
    /// Of this kind.
    #[param(value_type = Option<AuditKindWord>)]
    kind: Option<String>,
    /// In this drive.
    #[param(value_type = Option<uuid::Uuid>)]
    drive: Option<String>,
    /// Not before this time (RFC 3339).
    from: Option<String>,
    /// Before this time (RFC 3339).
    to: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// `nextCursor` of the page before, asked for with the same other parameters.
    cursor: Option<String>,
    /// Items of a page: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    #[param(inline)]
    format: Format,
}

/// Where a list goes on: the entry's time in microseconds since 1970, and its number.
#[derive(Serialize, Deserialize)]
struct Position(i64, i64);

/// List who did what
///
/// Sign-ins, accounts, tokens, members, drives, downloads of originals, exports, and what became of files; the newest first. For
/// administrators.
#[utoipa::path(
    get, path = "/audit", tag = "system", params(FilterQuery, PageQuery),
    responses((status = 200, body = Page<AuditEntry>))
)]
async fn list_audit(
    caller: Caller,
    State(state): State<AppState>,
    Query(filter): Query<FilterQuery>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, Error> {
    caller.require_admin()?;
    let filter = filter.parse()?;
    let after = given(&query.cursor).map(parse_cursor).transpose()?;
    let limit = page::limit(query.limit);
    let mut conn = state.database.acquire().await?;
    let entries = db::audit::list(&mut conn, &filter, after, limit as i64 + 1).await?;
    let cursor = |entry: &Entry| page::encode_cursor(&Position(micros(entry.at), entry.id));
    Ok(Json(Page::cut(entries, limit, cursor).map(AuditEntry::from)))
}

/// Export who did what
///
/// All entries that fit, the newest first, as one file: CSV with a row of names (RFC 4180; what a spreadsheet would take for a formula
/// begins with an apostrophe), or JSON lines. That it was exported is an entry of its own. For administrators.
#[utoipa::path(
    get, path = "/audit/export", tag = "system", params(FilterQuery, ExportQuery),
    responses((status = 200, content(
        (String = "text/csv"),
        (AuditEntry = "application/jsonl")
    )))
)]
async fn export_audit(
    caller: Caller,
    State(state): State<AppState>,
    Query(filter): Query<FilterQuery>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Error> {
    caller.require_admin()?;
    let filter = filter.parse()?;
    let entry = caller.actor.did(AuditKind::AuditExported).detail(query.format.extension());
    entry.write(&mut *state.database.acquire().await?).await?;
    let name = format!("audit-{}.{}", OffsetDateTime::now_utc().date(), query.format.extension());
    let headers = [
        (header::CONTENT_TYPE, query.format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, Disposition::Attachment.with_name(&name)),
    ];
    Ok((headers, stream(state.database.clone(), filter, query.format)).into_response())
}

impl FilterQuery {
    fn parse(&self) -> Result<Filter, Error> {
        let kind = given(&self.kind).map(|word| {
            AuditKind::named(word).ok_or_else(|| Error::invalid("invalid-kind", "there is no such kind of entry"))
        });
        Ok(Filter {
            person: id(&self.person)?,
            kind: kind.transpose()?,
            drive: id(&self.drive)?,
            from: time(&self.from)?,
            to: time(&self.to)?,
        })
    }
}

/// As Postgres keeps times.
fn micros(at: OffsetDateTime) -> i64 {
    (at.unix_timestamp_nanos() / 1000) as i64
}

fn parse_cursor(cursor: &str) -> Result<After, Error> {
    let Position(micros, id) = page::decode_cursor(cursor)?;
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000);
    let at = at.map_err(|_| Error::invalid("invalid-cursor", "that cursor is not one of this list"))?;
    Ok(After { at, id })
}
