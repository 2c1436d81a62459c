//! An entry of the audit log as the API shows it.

use db::audit::Entry;
use model::AuditKind;
use serde::Serialize;
use std::borrow::Cow;
use time::OffsetDateTime;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// What somebody did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its number.
    id: i64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    #[schema(value_type = AuditKindWord)]
    kind: String,
    /// Whose doing it was; none where nobody was signed in, and for what was done on the server itself.
    actor: Option<AuditActor>,
    /// The client's network address; none for what was done on the server itself.
    address: Option<String>,
    /// What they were signed in with: `session` or `token`.
    credential: Option<String>,
    /// The token's name at that time.
    token_name: Option<String>,
    target: Option<AuditTarget>,
    drive: Option<AuditDrive>,
    /// What else there is to say: a role, a reason, a format.
    detail: Option<String>,
    /// The id of the request, as the programs' logs have it.
    request_id: Option<String>,
}

/// Whose doing something was.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    id: Uuid,
    /// Their name at that time.
    name: String,
}

/// What something was done to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditTarget {
    /// `account` (one that is not there), `drive`, `file`, `invitation`, `person` or `token`.
    #[serde(rename = "type")]
    target_type: String,
    /// Its id; of an account that is not there, a hash of what was typed.
    id: String,
    /// Its name at that time; of a person the address they sign in with.
    name: Option<String>,
}

/// The drive something happened in.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditDrive {
    id: Uuid,
    /// Its name at that time.
    name: Option<String>,
}

/// The words for what somebody did, as the model has them.
pub struct AuditKindWord;

impl PartialSchema for AuditKindWord {
    fn schema() -> RefOr<Schema> {
        let words = AuditKind::ALL.map(AuditKind::as_str);
        let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(words));
        RefOr::T(Schema::Object(object.description(Some("What somebody did.")).build()))
    }
}

impl ToSchema for AuditKindWord {
    fn name() -> Cow<'static, str> {
        "AuditKind".into()
    }
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        let target = entry.target_type.zip(entry.target_id);
        Self {
            id: entry.id,
            at: entry.at,
            kind: entry.kind,
            actor: entry.actor_id.map(|id| AuditActor { id, name: entry.actor_name.unwrap_or_default() }),
            address: entry.address,
            credential: entry.credential,
            token_name: entry.token_name,
            target: target.map(|(target_type, id)| AuditTarget { target_type, id, name: entry.target_name }),
            drive: entry.drive_id.map(|id| AuditDrive { id, name: entry.drive_name }),
            detail: entry.detail,
            request_id: entry.request_id,
        }
    }
}
