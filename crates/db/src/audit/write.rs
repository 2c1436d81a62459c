//! Writing entries of the audit log.

use model::AuditKind;
use sqlx::PgConnection;
use std::net::IpAddr;
use time::OffsetDateTime;
use uuid::Uuid;

/// Who did something, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actor {
    /// The person; nobody where nobody was signed in.
    pub person: Option<(Uuid, String)>,
    /// The client's address, as seen through trusted proxies; none for what is done on the server itself.
    pub address: Option<IpAddr>,
    /// What the person was signed in with.
    pub credential: Option<AuditCredential>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// What somebody was signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditCredential {
    /// A session, by the cookie.
    Session,
    /// An API token of that name.
    Token(String),
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is: `account`, `drive`, `file`, `invitation`, `person` or `token`.
    pub target_type: &'static str,
    /// Its id.
    pub id: String,
    /// Its name at that time; of a person the address they sign in with.
    pub name: Option<String>,
}

/// An entry about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    at: Option<OffsetDateTime>,
    kind: AuditKind,
    actor: Actor,
    target: Option<Target>,
    drive_id: Option<Uuid>,
    detail: Option<String>,
}

impl Actor {
    /// The beginning of an entry.
    pub fn did(&self, kind: AuditKind) -> NewEntry {
        NewEntry { at: None, kind, actor: self.clone(), target: None, drive_id: None, detail: None }
    }
}

impl Target {
    /// A person, by the address they sign in with.
    pub fn person(id: Uuid, email: &str) -> Self {
        Self::new("person", id.to_string(), Some(email))
    }

    /// An account that is not there, by a hash of what was typed.
    pub fn unknown_account(hash: String) -> Self {
        Self::new("account", hash, None)
    }

    /// A drive.
    pub fn drive(id: Uuid, name: &str) -> Self {
        Self::new("drive", id.to_string(), Some(name))
    }

    /// A file.
    pub fn file(id: Uuid, name: &str) -> Self {
        Self::new("file", id.to_string(), Some(name))
    }

    /// An invitation, by the address it went to.
    pub fn invitation(id: Uuid, email: &str) -> Self {
        Self::new("invitation", id.to_string(), Some(email))
    }

    /// An API token.
    pub fn token(id: Uuid, name: &str) -> Self {
        Self::new("token", id.to_string(), Some(name))
    }

    fn new(target_type: &'static str, id: String, name: Option<&str>) -> Self {
        Self { target_type, id, name: name.map(str::to_owned) }
    }
}

impl NewEntry {
    /// To what.
    pub fn to(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// In that drive. It must still be there when this is written, as its name is noted too.
    pub fn in_drive(mut self, id: Uuid) -> Self {
        self.drive_id = Some(id);
        self
    }

    /// With something else to say.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// At that time instead of when it is written.
    pub fn at(mut self, at: OffsetDateTime) -> Self {
        self.at = Some(at);
        self
    }

    /// What kind it is of.
    pub fn kind(&self) -> AuditKind {
        self.kind
    }

    /// What two entries have in common that say the same at two times.
    pub fn sameness(&self) -> impl std::hash::Hash + '_ {
        let Actor { person, address, credential, .. } = &self.actor;
        let token = matches!(credential, Some(AuditCredential::Token(_)));
        let target = self.target.as_ref().map(|target| (target.target_type, &target.id));
        (self.kind, person.as_ref().map(|(id, _)| *id), *address, token, target, &self.detail)
    }

    /// Writes it, on the transaction of what it is about where there is one.
    pub async fn write(self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        insert(conn, &[self]).await
    }
}

/// Writes entries, all or none.
pub async fn insert(conn: &mut PgConnection, entries: &[NewEntry]) -> Result<(), sqlx::Error> {
    let targets = || entries.iter().map(|entry| entry.target.as_ref());
    let people = || entries.iter().map(|entry| entry.actor.person.as_ref());
    let credentials = || entries.iter().map(|entry| entry.actor.credential.as_ref());
    sqlx::query(
        "insert into audit_entries (at, kind, actor_id, actor_name, address, credential, token_name,
             target_type, target_id, target_name, drive_id, drive_name, detail, request_id)
         select coalesce(e.at, now()), e.kind, e.actor_id, e.actor_name, e.address, e.credential, e.token_name,
             e.target_type, e.target_id, e.target_name, e.drive_id, d.name, e.detail, e.request_id
         from unnest($1::timestamptz[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                  $8::text[], $9::text[], $10::text[], $11::uuid[], $12::text[], $13::text[]) with ordinality
             e (at, kind, actor_id, actor_name, address, credential, token_name,
                  target_type, target_id, target_name, drive_id, detail, request_id, place)
             left join drives d on d.id = e.drive_id
         order by e.place",
    )
    .bind(entries.iter().map(|entry| entry.at).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>())
    .bind(people().map(|person| Some(person?.0)).collect::<Vec<_>>())
    .bind(people().map(|person| Some(person?.1.as_str())).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| Some(entry.actor.address?.to_string())).collect::<Vec<_>>())
    .bind(credentials().map(|credential| credential.map(AuditCredential::as_str)).collect::<Vec<_>>())
    .bind(credentials().map(|credential| credential.and_then(AuditCredential::token_name)).collect::<Vec<_>>())
    .bind(targets().map(|target| Some(target?.target_type)).collect::<Vec<_>>())
    .bind(targets().map(|target| Some(target?.id.as_str())).collect::<Vec<_>>())
    .bind(targets().map(|target| target?.name.as_deref()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.drive_id).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.detail.as_deref()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.actor.request_id.as_deref()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the entry for each of these files, which are still there, in the drive that it is in.
pub async fn insert_for_files(conn: &mut PgConnection, entry: &NewEntry, files: &[Uuid]) -> Result<(), sqlx::Error> {
    let NewEntry { actor, kind, detail, .. } = entry;
    sqlx::query(
        "insert into audit_entries (at, kind, actor_id, actor_name, address, credential, token_name,
             target_type, target_id, target_name, drive_id, drive_name, detail, request_id)
         select now(), $1, $2, $3, $4, $5, $6, 'file', f.id::text, f.name, d.id, d.name, $7, $8
         from files f left join drives d on d.id = f.drive_id where f.id = any($9) order by f.name, f.id",
    )
    .bind(kind.as_str())
    .bind(actor.person.as_ref().map(|(id, _)| *id))
    .bind(actor.person.as_ref().map(|(_, name)| name.as_str()))
    .bind(actor.address.map(|address| address.to_string()))
    .bind(actor.credential.as_ref().map(AuditCredential::as_str))
    .bind(actor.credential.as_ref().and_then(AuditCredential::token_name))
    .bind(detail.as_deref())
    .bind(actor.request_id.as_deref())
    .bind(files)
    .execute(conn)
    .await?;
    Ok(())
}

impl AuditCredential {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token(_) => "token",
        }
    }

    fn token_name(&self) -> Option<&str> {
        match self {
            Self::Session => None,
            Self::Token(name) => Some(name),
        }
    }
}
