//! Files by their names, and by the titles and authors that their documents say.

use super::Scope;
use sqlx::PgConnection;
use uuid::Uuid;

/// Names that are looked at.
pub const MOST_NAMES: i64 = 1_000;

/// What names and titles are to be like: regular expressions for what `search_fold`, a function of the database, makes of them.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Each of them matches; there is one at least.
    pub all: &'a [String],
    /// This does not.
    pub none: Option<&'a str>,
}

/// A file with the words in its name or title.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundName {
    /// The file.
    pub id: Uuid,
    /// How many characters its name or title has.
    pub length: i32,
}

/// The files with the words in their names, the newest of them first, at most [`MOST_NAMES`].
pub async fn names(
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    names: &Names<'_>,
) -> Result<Vec<FoundName>, sqlx::Error> {
    bind_names(NAMES, conn, scope, names).await
}

/// The same with the words in the title or author that their documents say.
pub async fn titles(
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    names: &Names<'_>,
) -> Result<Vec<FoundName>, sqlx::Error> {
    bind_names(TITLES, conn, scope, names).await
}

macro_rules! named {
    ($column:literal) => {
        concat!(
            "select f.id, length(",
            $column,
            ") as length from files f join contents c on c.hash = f.content_hash ",
            in_scope!(),
            " and ",
            $column,
            " ~ $8 and ",
            $column,
            " ~ all($9) and ($10::text is null or ",
            $column,
            " !~ $10) order by f.created_at desc, f.id limit $11"
        )
    };
}

const NAMES: &str = named!("f.search_name");
const TITLES: &str = named!("c.search_title");

async fn bind_names(
    statement: &'static str,
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    names: &Names<'_>,
) -> Result<Vec<FoundName>, sqlx::Error> {
    // The index is asked for the first alone: it knows nothing of lists.
    let Some((first, others)) = names.all.split_first() else { return Ok(vec![]) };
    bind_scope!(sqlx::query_as(statement), scope)
        .bind(first)
        .bind(others)
        .bind(names.none)
        .bind(MOST_NAMES)
        .fetch_all(conn)
        .await
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn names_are_compared_as_words_are(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let folded = [
            ("MÜLLER Straße ﬁle", "muller strasse file"),
            ("Йод Ёлка ăğ", "йод елка ag"),
            ("الكِتَابُ مكتبة", "الكتاب مكتبه"),
            ("İstanbul Ὀδυσσεύς", "istanbul οδυσσευσ"),
            ("한국어 が 東京 ＡＢ", "한국어 が 東京 ab"),
        ];
        for (name, expected) in folded {
            let found: String =
                sqlx::query_scalar("select search_fold($1)").bind(name).fetch_one(&mut *conn).await.unwrap();
            assert_eq!(found, expected);
        }
    }
}
