//! Looking for files: by the words of their pages, by their names, by their titles. Whose files those are is decided in each of the
//! statements: who left a drive a moment ago finds nothing of it.

use sqlx::{Executor, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

/// Who looks for files, and which files count.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The person; only files of their drives that are not in the trash are found.
    pub user_id: Uuid,
    /// Only this drive.
    pub drive_id: Option<Uuid>,
    /// `image`, `text`, `document`, `other`, or a format's short name.
    pub kind: Option<&'a str>,
    /// Added then or later.
    pub from: Option<OffsetDateTime>,
    /// Added before.
    pub to: Option<OffsetDateTime>,
    /// Added by this person.
    pub owner_id: Option<Uuid>,
    /// Whose text is in this language (BCP 47).
    pub language: Option<&'a str>,
}

macro_rules! in_scope {
    () => {
        concat!(
            "join drive_members m on m.drive_id = f.drive_id and m.user_id = $1
             where f.trashed_at is null and ($2::uuid is null or f.drive_id = $2) and ",
            $crate::contents::of_kind!("$3"),
            " and ($4::timestamptz is null or f.created_at >= $4) and ($5::timestamptz is null or f.created_at < $5)
              and ($6::uuid is null or f.owner_id = $6) and ($7::text is null or c.facts ->> 'language' = $7)"
        )
    };
}

/// Binds the first seven parameters, those of `in_scope`.
macro_rules! bind_scope {
    ($query:expr, $scope:expr) => {
        $query
            .bind($scope.user_id)
            .bind($scope.drive_id)
            .bind($scope.kind)
            .bind($scope.from)
            .bind($scope.to)
            .bind($scope.owner_id)
            .bind($scope.language)
    };
}

mod names;
mod pages;
mod words;

pub use names::{FoundName, MOST_NAMES, Names, names, titles};
pub use pages::{FoundPage, FoundPages, Words, pages, spread};
pub use words::frequent_words;

/// Lets a transaction's statements keep what they find of a frequent word in memory, never look through a whole table instead of
/// asking the index, and be planned for the words at hand. A few searches run at once.
pub async fn prepare(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    conn.execute(
        "set local work_mem = '16MB'; set local enable_seqscan = off; set local plan_cache_mode = force_custom_plan",
    )
    .await?;
    Ok(())
}
