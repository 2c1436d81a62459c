//! Lists in pages: a stable order and an opaque cursor that says where the next page begins.

use crate::error::Error;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Items of a page that asks for no number.
const DEFAULT_LIMIT: u32 = 50;
/// Most items of a page.
const MAX_LIMIT: u32 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of up to `limit` items out of `limit + 1` asked for: the one too many says that there is another page.
    pub fn cut(mut items: Vec<T>, limit: usize, cursor_after: impl FnOnce(&T) -> String) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| has_more).map(cursor_after);
        Self { items, next_cursor }
    }

    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

/// Which page of a list that is a plain array.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Where the page begins, from the `Link` of the page before.
    cursor: Option<String>,
    /// Items of a page: 1 to 200, 200 when absent.
    limit: Option<u32>,
}

/// A page of a list that was a plain array before it had pages, and still is: where the next one begins stands in the header `Link`
/// (RFC 8288), relative to the list.
pub struct ArrayPage<T> {
    page: Page<T>,
    limit: usize,
}

/// Where a list by name goes on.
#[derive(Debug, Serialize, Deserialize)]
pub struct NamePosition {
    /// The last item's name.
    pub name: String,
    /// And its id.
    pub id: Uuid,
}

/// Where a list of the newest goes on.
#[derive(Debug, Serialize, Deserialize)]
pub struct TimePosition {
    /// When the last item was made.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// And its id.
    pub id: Uuid,
}

impl PageQuery {
    /// Items of the page.
    pub fn limit(&self) -> usize {
        limit(Some(self.limit.unwrap_or(MAX_LIMIT)))
    }

    /// The item after which the page begins, if it is not the first.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(decode_cursor).transpose()
    }

    /// The page out of the items of one more than the limit.
    pub fn cut<T, P: Serialize>(&self, items: Vec<T>, position: impl FnOnce(&T) -> P) -> ArrayPage<T> {
        let limit = self.limit();
        ArrayPage { page: Page::cut(items, limit, |item| encode_cursor(&position(item))), limit }
    }
}

impl NamePosition {
    /// As the statements take it.
    pub fn key(&self) -> (&str, Uuid) {
        (&self.name, self.id)
    }
}

impl TimePosition {
    /// As the statements take it.
    pub fn key(&self) -> (OffsetDateTime, Uuid) {
        (self.at, self.id)
    }
}

impl<T> ArrayPage<T> {
    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> ArrayPage<U> {
        ArrayPage { page: self.page.map(change), limit: self.limit }
    }
}

impl<T: Serialize> IntoResponse for ArrayPage<T> {
    fn into_response(self) -> Response {
        let Self { page: Page { items, next_cursor }, limit } = self;
        let mut response = Json(items).into_response();
        if let Some(cursor) = next_cursor {
            let link = HeaderValue::try_from(format!("<?limit={limit}&cursor={cursor}>; rel=\"next\""));
            response.headers_mut().insert(header::LINK, link.expect("cursors are base64url"));
        }
        response
    }
}

/// The number of items asked for, within bounds.
pub fn limit(asked: Option<u32>) -> usize {
    asked.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) as usize
}

/// A position in a list, as text for the URL.
pub fn encode_cursor(position: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).expect("cursors are strings and numbers"))
}

/// The position a cursor of ours names.
pub fn decode_cursor<T: DeserializeOwned>(cursor: &str) -> Result<T, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let position = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    position.ok_or_else(|| Error::invalid("invalid-cursor", "that cursor is not one of this list"))
}
