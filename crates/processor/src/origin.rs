//! Where a file's bytes come from, and what is remembered there of them: so that they become one file, however often that is tried.

use crate::error::Error;
use db::watched_files::WatchedFile;
use sqlx::PgConnection;
use uuid::Uuid;

/// Where they come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// One request, which is told from others by its key alone, if it has one.
    Request,
    /// An upload in pieces that has all of them.
    Pieces {
        /// The upload.
        id: Uuid,
        /// The parts that it was made of, which are forgotten then.
        parts: &'a [Uuid],
    },
    /// A link: an import of that id.
    Link(Uuid),
    /// The watched folder.
    WatchedFolder(&'a WatchedFile),
}

impl Origin<'_> {
    /// The file that the bytes have become already, if they have. What is remembered of them is held until the transaction ends, and
    /// another one that holds it is waited for; of the watched folder there is but one watcher.
    pub(crate) async fn hold(&self, conn: &mut PgConnection) -> Result<Option<Uuid>, Error> {
        match self {
            Self::Request => Ok(None),
            Self::Pieces { id, .. } => db::uploads::hold(conn, *id).await?.ok_or(Error::UploadGone),
            Self::Link(id) => db::imports::hold(conn, *id).await?.ok_or(Error::UploadGone),
            Self::WatchedFolder(file) => Ok(db::watched_files::find(conn, file).await?),
        }
    }

    /// They have become that file, of so many bytes.
    pub(crate) async fn finish(&self, conn: &mut PgConnection, file_id: Uuid, size_bytes: u64) -> Result<(), Error> {
        match self {
            Self::Request => Ok(()),
            Self::Pieces { id, parts } => Ok(db::uploads::finish(conn, *id, file_id, parts).await?),
            Self::Link(id) => Ok(db::imports::finish(conn, *id, file_id, size_bytes).await?),
            Self::WatchedFolder(file) => Ok(db::watched_files::insert(conn, file, file_id).await?),
        }
    }
}
