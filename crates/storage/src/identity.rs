//! The store's own id, by which it and its database know each other.
//!
//! It is given in two steps, so that a crash in between is seen for what it is: first the id is proposed (`id.new`), then the
//! database takes it, then the store does (`id`). A proposal that the database has is a bond to be finished; any other is
//! of no consequence.

use crate::durable::{lock_folder, move_into_place, sync_folder};
use crate::store::ID;
use crate::sweep::{entries, hash_of};
use crate::temp::TempFile;
use crate::{Error, Store};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use uuid::Uuid;

const PROPOSED: &str = "id.new";

/// What a store says of itself. While this is held, no other process gives it an id.
#[derive(Debug)]
pub struct Identity {
    /// Its id; none when it was never bonded to a database.
    pub id: Option<Uuid>,
    /// The id that was to become its own when somebody last set out to give it one.
    pub proposed: Option<Uuid>,
    /// Whether it has any blob.
    pub has_blobs: bool,
    store: Store,
    _held: File,
}

impl Store {
    /// Looks at the store's id, once no other process is giving it one.
    pub async fn identity(&self) -> Result<Identity, Error> {
        let store = self.clone();
        self.run(move || {
            let held = lock_folder(store.root())?;
            let id = read_id(&store.root().join(ID))?;
            if id.is_some() {
                store.has_id_now();
            }
            Ok(Identity {
                id,
                proposed: read_id(&store.root().join(PROPOSED))?,
                has_blobs: has_blobs(&store.blobs())?,
                _held: held,
                store,
            })
        })
        .await
    }
}

impl Identity {
    /// Writes down, durably, which id the store is about to have.
    pub async fn propose(&self, id: Uuid) -> Result<(), Error> {
        let store = self.store.clone();
        self.store
            .run(move || {
                let (temp, mut file) = TempFile::create(&store.tmp())?;
                writeln!(file, "{id}")?;
                file.sync_all()?;
                move_into_place(store.root(), vec![(temp, PROPOSED)])
            })
            .await
    }

    /// Makes the proposed id the store's own, durably.
    pub async fn adopt(self) -> Result<(), Error> {
        let store = self.store.clone();
        store
            .run(move || {
                let root = self.store.root();
                std::fs::rename(root.join(PROPOSED), root.join(ID))?;
                self.store.has_id_now();
                sync_folder(root)
            })
            .await
    }
}

/// A damaged id is an error and not none: it is no reason to give the store another.
fn read_id(path: &Path) -> Result<Option<Uuid>, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => match text.trim().parse() {
            Ok(id) => Ok(Some(id)),
            Err(_) => Err(Error::Io(io::Error::other(format!("there is no id in {}", path.display())))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn has_blobs(blobs: &Path) -> Result<bool, Error> {
    for shard in entries(blobs)?.into_iter().flatten() {
        let shard = shard?;
        if !shard.file_type()?.is_dir() {
            continue;
        }
        for blob in entries(&shard.path())?.into_iter().flatten() {
            if hash_of(&blob?).is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
