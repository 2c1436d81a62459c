//! The bond between a store of files and its database: a random id that both have.
//!
//! Without it, an empty or foreign database says of every file in the store that nothing points at it, and the sweep believes it.
//! So nobody works on a store and a database that do not belong together: the processor does not start, and a sweep refuses.
//!
//! | store | database | what it is | what happens |
//! | --- | --- | --- | --- |
//! | id A | id A | a suite | it starts |
//! | no id, no files | no id, no contents | a new suite | it is bonded |
//! | no id, files | no id, contents | a suite from before there were ids | it is bonded |
//! | no id, files | no id, no contents | the same, its database lost | refused |
//! | no id, no files | no id, contents | the same, its store lost | refused |
//! | id A | no id, with or without contents | the database lost, another's, or older than the bond | refused |
//! | no id, with or without files | id A | the store lost, another's, or older than the bond | refused |
//! | id A | id B | two suites | refused |
//! | A proposed | id A | bonding broke off half-way | it is finished |
//! | A proposed | no id, or id B | bonding broke off at its beginning | as if nothing were proposed |
//!
//! "No id" of a store is also that of a proposal that the database does not have. Two processes that start at once take turns, as the
//! store is locked meanwhile; two stores that want the same database do not both get it, as its row is only made once.
//!
//! The way out of a refusal is the other half, restored or mounted. Who has lost it for good says so by `STORAGE_BOND`, which
//! names the ids as they are: that fits this one pair, and as bonding makes a new id, it fits nothing afterwards, should it
//! stay set.

use sqlx::{PgConnection, PgPool};
use std::fmt;
use storage::{Identity, Store};
use uuid::Uuid;

/// Why a store and a database are not, or cannot be, bonded.
#[derive(Debug, thiserror::Error)]
pub enum BondError {
    /// They do not belong together.
    #[error("{0}")]
    Mismatch(Mismatch),
    /// The store did not answer.
    #[error("reading the store's id")]
    Store(#[from] storage::Error),
    /// The database did not answer.
    #[error("reading the database's id")]
    Database(#[from] sqlx::Error),
}

/// A store and a database that do not belong together, as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch(Sides);

/// What both say of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sides {
    store: Option<Uuid>,
    proposed: Option<Uuid>,
    has_blobs: bool,
    database: Option<Uuid>,
    has_contents: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum BondState {
    Bonded,
    HalfWay,
    Unbonded,
    Mismatch,
}

/// Bonds the two if neither has ever been bonded, and refuses what does not belong together, unless `anew` names just this pair.
pub async fn bond(store: &Store, pool: &PgPool, anew: Option<&str>) -> Result<(), BondError> {
    let identity = store.identity().await?;
    let mut conn = pool.acquire().await?;
    let sides = Sides::read(&identity, &mut conn).await?;
    let is_wanted_anew = anew == Some(&*sides.pair());
    match sides.state() {
        BondState::Bonded => return Ok(()),
        BondState::HalfWay => {}
        BondState::Mismatch if !is_wanted_anew => return Err(BondError::Mismatch(Mismatch(sides))),
        BondState::Mismatch | BondState::Unbonded => {
            let id = Uuid::new_v4();
            identity.propose(id).await?;
            if !db::store_identity::replace(&mut conn, sides.database, id).await? {
                // Another store was bonded to this database just now.
                return Err(BondError::Mismatch(Mismatch(Sides::read(&identity, &mut conn).await?)));
            }
        }
    }
    identity.adopt().await?;
    tracing::info!(anew = is_wanted_anew, "the store and the database have an id in common now");
    Ok(())
}

/// Refuses unless the two are bonded now: a volume may be mounted, or a dump restored, under a running suite.
pub(crate) async fn require_bond(store: &Store, pool: &PgPool) -> Result<(), BondError> {
    let identity = store.identity().await?;
    let sides = Sides::read(&identity, &mut *pool.acquire().await?).await?;
    match sides.state() {
        BondState::Bonded => Ok(()),
        _ => Err(BondError::Mismatch(Mismatch(sides))),
    }
}

impl Sides {
    async fn read(identity: &Identity, conn: &mut PgConnection) -> Result<Self, sqlx::Error> {
        Ok(Self {
            store: identity.id,
            proposed: identity.proposed,
            has_blobs: identity.has_blobs,
            database: db::store_identity::find(conn).await?,
            has_contents: db::contents::any(conn).await?,
        })
    }

    /// The table above.
    fn state(&self) -> BondState {
        match (self.store, self.database) {
            (Some(store), Some(database)) if store == database => BondState::Bonded,
            (_, Some(database)) if self.proposed == Some(database) => BondState::HalfWay,
            (None, None) if self.has_blobs == self.has_contents => BondState::Unbonded,
            _ => BondState::Mismatch,
        }
    }

    /// The value of `STORAGE_BOND` for this pair.
    fn pair(&self) -> String {
        format!("{}-{}", short(self.store), short(self.database))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(sides) = self;
        let (store, database) = (short(sides.store), short(sides.database));
        let found = match (sides.store, sides.database) {
            (Some(_), Some(_)) => {
                format!("the store has the id {store} and the database the id {database}, so they are two suites'")
            }
            (Some(_), None) => format!(
                "the store has the id {store} and the database has none, so the database is an empty, older or foreign one"
            ),
            (None, Some(_)) => format!(
                "the database has the id {database} and the store has none, so the store is an empty, older or foreign one"
            ),
            (None, None) if sides.has_blobs && !sides.has_contents => {
                "the store has files and the database knows of none, so the database is an empty or foreign one".into()
            }
            (None, None) if sides.has_contents && !sides.has_blobs => {
                "the database knows of files and the store has none, so the store is an empty or foreign one".into()
            }
            (None, None) => {
                return f.write_str("neither the store nor the database has an id; start the processor again");
            }
        };
        let pair = sides.pair();
        write!(
            f,
            "{found}: restore or mount the right one, or, to keep the two as they are, start with STORAGE_BOND={pair} set"
        )
    }
}

fn short(id: Option<Uuid>) -> String {
    id.map_or("none".into(), |id| id.simple().to_string()[..8].to_owned())
}
