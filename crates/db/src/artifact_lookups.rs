//! Which artifacts people may have, many at a time: a library's page asks for fifty thumbnails at once, and a statement for each,
//! with one before it for who asks, costs more than the rest of the answer.

use crate::contents::parse_hash;
use crate::library::Artifact;
use crate::room_rights::Credential;
use model::ContentHash;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What they signed in with.
    pub credential: Credential,
    /// The file.
    pub file_id: Uuid,
    /// The artifact's name, without U+0000: a statement with one fails, and this one is everybody's.
    pub name: String,
}

/// What somebody who is signed in is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whether what they signed in with is good for reading.
    pub may_read: bool,
    /// That it is used was last noted more than a minute ago.
    pub is_stale: bool,
    /// The file's content and the artifact of it; `None` when there is no such file, and when it is in no drive of theirs.
    pub file: Option<(ContentHash, Option<Artifact>)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    may_read: Option<bool>,
    is_stale: Option<bool>,
    content_hash: Option<String>,
    artifact: Option<Json<Artifact>>,
}

/// An answer for each, in their order; `None` for whoever is not signed in, or no longer.
pub async fn find(conn: &mut PgConnection, wanted: &[Wanted]) -> Result<Vec<Option<Found>>, sqlx::Error> {
    let (token_hashes, are_tokens): (Vec<&[u8]>, Vec<bool>) = wanted
        .iter()
        .map(|wanted| match &wanted.credential {
            Credential::Session(hash) => (hash.as_slice(), false),
            Credential::Token(hash) => (hash.as_slice(), true),
        })
        .unzip();
    let file_ids: Vec<Uuid> = wanted.iter().map(|wanted| wanted.file_id).collect();
    let names: Vec<&str> = wanted.iter().map(|wanted| wanted.name.as_str()).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select who.may_read, who.is_stale, f.content_hash,
             (select jsonb_build_object('name', a.name, 'mime', a.mime, 'size_bytes', a.size_bytes, 'width', a.width,
                  'height', a.height) from artifacts a where a.content_hash = f.content_hash and a.name = asked.name) as artifact
         from unnest($1::bytea[], $2::boolean[], $3::uuid[], $4::text[]) with ordinality
             as asked (token_hash, is_token, file_id, name, n)
         left join lateral (
             select t.user_id, 'read' = any (t.scopes) as may_read,
                 t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as is_stale
             from api_tokens t
             where asked.is_token and t.token_hash = asked.token_hash and (t.expires_at is null or t.expires_at > now())
             union all
             select s.user_id, true, s.last_seen_at < now() - interval '1 minute'
             from sessions s
             where not asked.is_token and s.token_hash = asked.token_hash and s.expires_at > now()
         ) who on exists (select from users u where u.id = who.user_id and u.disabled_at is null)
         left join files f on f.id = asked.file_id
             and exists (select from drive_members m where m.drive_id = f.drive_id and m.user_id = who.user_id)
         order by asked.n",
    )
    .bind(token_hashes)
    .bind(are_tokens)
    .bind(file_ids)
    .bind(names)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_found).collect()
}

impl Row {
    fn into_found(self) -> Result<Option<Found>, sqlx::Error> {
        let (Some(may_read), Some(is_stale)) = (self.may_read, self.is_stale) else { return Ok(None) };
        let hash = self.content_hash.map(parse_hash).transpose()?;
        let file = hash.map(|hash| (hash, self.artifact.map(|artifact| artifact.0)));
        Ok(Some(Found { may_read, is_stale, file }))
    }
}
